"""Files of messages that came in: fetched by a worker soon after the words, and again when that fails for a while."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from channels_app.base import Fetched, MediaRef, NotThere
from channels_app.messaging.text import storable, storable_json
from channels_app.messaging.threads import lock_talk
from channels_app.models import MediaState, ProviderMedia, ProviderMessage
from channels_app.registry import adapter_of
from channels_app.tasks_hooks import hand_to_fetcher
from helpdesk.lib.leases import take_overdue
from tickets.attachments import File, refuse_unfit
from tickets.models import Message
from tickets.services import Refused, add_fetched_file, note_missing_files

MOST = 30  # files of one message
LEASE = timedelta(minutes=3)  # longer than fetching a large one takes
PAUSES = [timedelta(seconds=seconds) for seconds in (20, 120, 600, 3600, 6 * 3600)]

logger = logging.getLogger(__name__)


def note(part: ProviderMessage, files: Sequence[MediaRef], *, now: datetime) -> None:
    """Write down which files belong to `part`, and have them fetched once that is committed."""
    rows = [
        ProviderMedia(
            part=part,
            number=number,
            ref=storable_json(dict(file.ref)),
            filename=storable(file.filename, 255),
            content_type=storable(file.content_type, 127),
            size=file.size if file.size is not None and 0 <= file.size < 2**62 else None,
            state=MediaState.WAITING if file.may_be_stored else MediaState.LINKED,
            reason="" if file.may_be_stored else _("Its network allows to look at it there only."),
            due_at=now,
        )
        for number, file in enumerate(files[:MOST])
    ]
    for row in ProviderMedia.objects.bulk_create(rows):
        if row.state == MediaState.WAITING:
            hand_to_fetcher(row)


def missing_of(message: Message) -> list[dict[str, str]]:
    """For `Message.facts`: which files of `message` are not there, and why."""
    rows = ProviderMedia.objects.filter(part__message=message).exclude(state=MediaState.STORED)
    return [
        {
            "filename": row.filename or _named(row.content_type),
            "reason": row.reason,
            "state": row.state,
            **({"url": url} if row.state == MediaState.LINKED and (url := _address(row)) else {}),
        }
        for row in rows.order_by("part__said_at", "part__external_id", "number")
    ]


def fetch(pk: int, *, now: datetime) -> bool:
    """Fetch the file and put it on its message; False where it is not its turn. Doing it twice does it once."""
    if not take_overdue(_due(now).filter(pk=pk), limit=1, leased_until=now + LEASE):
        return False
    ProviderMedia.objects.filter(pk=pk).update(attempt=F("attempt") + 1)
    media = ProviderMedia.objects.select_related("part__account", "part__message").get(pk=pk)
    try:
        found = adapter_of(media.part.account.kind).fetch(media.part.account, media)
        file = _file_of(media, found)
    except NotThere as error:
        _put_off(media, error.words, may_come_back=error.may_come_back, now=now)
    except Refused as refusal:
        _put_off(media, str(refusal), may_come_back=False, now=now)
    except Exception:  # what an adapter did not foresee is no reason to ask for ever
        logger.exception("file %s of a message could not be fetched", pk)
        _put_off(media, _("It could not be fetched."), may_come_back=True, now=now)
    else:
        _store(media, file, now=now)
    return True


def sweep(*, now: datetime, limit: int = 50) -> int:
    """Fetch what a lost hand-over, a dead worker or an earlier failure has left; how many were tried."""
    tried = 0
    for pk in list(_due(now).order_by("due_at").values_list("pk", flat=True)[:limit]):
        try:
            tried += fetch(pk, now=now)
        except Exception:  # one that breaks something does not stop the others; its lease ends and it is tried again
            logger.exception("file %s of a message could not be fetched", pk)
    return tried


def fetch_again(message: Message, *, now: datetime) -> int:
    """Let those files of `message` be tried once more that could not be had; how many."""
    failed = ProviderMedia.objects.filter(part__message=message, state=MediaState.FAILED)
    with transaction.atomic():
        rows = list(failed.select_for_update(of=("self",)))
        again = ProviderMedia.objects.filter(pk__in=[row.pk for row in rows])
        count = again.update(state=MediaState.WAITING, reason="", attempt=0, due_at=now, leased_until=None)
        if count:
            note_missing_files(message, missing_of(message), now=now)
        for row in rows:
            hand_to_fetcher(row)
    return count


def _due(now: datetime) -> QuerySet[ProviderMedia]:
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return ProviderMedia.objects.filter(free, state=MediaState.WAITING, due_at__lte=now, part__message__isnull=False)


def _file_of(media: ProviderMedia, found: Fetched) -> File:
    """What may be kept. Raises `Refused`."""
    claimed = found.content_type or media.content_type
    name = found.filename or media.filename or _named(claimed)
    refuse_unfit(name, ContentFile(found.content))
    return File(filename=storable(name), content_type=storable(claimed, 127), content=found.content)


def _store(media: ProviderMedia, file: File, *, now: datetime) -> None:
    with transaction.atomic():
        if (message := _held(media)) is None:
            return
        ProviderMedia.objects.filter(pk=media.pk).update(state=MediaState.STORED, reason="", leased_until=None)
        attachment = add_fetched_file(message, file, missing=missing_of(message), now=now)
        ProviderMedia.objects.filter(pk=media.pk).update(attachment=attachment)


def _put_off(media: ProviderMedia, reason: str, *, may_come_back: bool, now: datetime) -> None:
    """Another try after a while, or none: then the message says why the file is not there."""
    again = may_come_back and media.attempt <= len(PAUSES)
    with transaction.atomic():
        if (message := _held(media)) is None:
            return
        ProviderMedia.objects.filter(pk=media.pk).update(
            state=MediaState.WAITING if again else MediaState.FAILED,
            reason=reason[:300],
            leased_until=None,
            due_at=now + PAUSES[media.attempt - 1] if again else now,
        )
        note_missing_files(message, missing_of(message), now=now)


def _held(media: ProviderMedia) -> Message | None:
    """Its message, with what has to be locked; None where another worker was faster or the words were erased."""
    if media.part.conversation_id:
        lock_talk(media.part.conversation_id)
    locked = (
        ProviderMedia.objects.select_for_update(of=("self",)).select_related("part__message__ticket").get(pk=media.pk)
    )
    message = locked.part.message
    return message if message and not message.erased_at and locked.state == MediaState.WAITING else None


def _address(media: ProviderMedia) -> str:
    url = media.ref.get("url", "") if isinstance(media.ref, dict) else ""
    return url if isinstance(url, str) and url.startswith("https://") else ""


def _named(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    stem = {"image": _("Photo"), "video": _("Video"), "audio": _("Voice message")}.get(
        kind.partition("/")[0], _("File")
    )
    return stem + (mimetypes.guess_extension(kind) or "")
