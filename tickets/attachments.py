"""Files: stored under their content's hash, so storing the same bytes twice is one file and never half a file."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Func
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.file_types import HEAD_BYTES, REFUSED_SUFFIXES, is_program, is_refused_name, true_type
from tickets.models import Attachment, Draft, Message, ScanState
from tickets.models.message import attachment_path
from tickets.services.errors import Refused
from tickets.unused_files import hold

__all__ = ["REFUSED_SUFFIXES", "File", "is_refused_type", "kept", "refuse_unfit", "safe_filename", "store", "upload"]

logger = logging.getLogger(__name__)

UNSENT_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class File:
    filename: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


class TooLarge(Refused):
    """More bytes than a file may have."""


class IsProgram(Refused):
    """By its name or by what it contains."""


class NotStored(Refused):
    """The storage did not take it: it is away, or set up wrongly."""


@contextmanager
def refused_if_lost(whose: str) -> Iterator[None]:
    """A storage that does not answer is `NotStored`, in words for the customer who sent the files."""
    try:
        yield
    except OSError as error:
        logger.exception("files of %s could not be stored", whose)
        reason = _("Your files could not be stored. Your words are kept: try again in a few minutes.")
        raise NotStored(reason, field="files") from error


def safe_filename(name: str) -> str:
    """The name as a person may see it and a disk may take it: no path, no control characters, ≤ 200 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(char for char in name if char.isprintable())
    stem, dot, suffix = name.rpartition(".")
    name = f"{stem[: 198 - len(suffix)]}.{suffix}" if dot and len(suffix) < 20 else name[:199]
    return name.strip(" .") or "attachment"


def is_refused_type(filename: str, content: bytes = b"") -> bool:
    """Whether it is a program, by its name or, where its content is at hand, under another name."""
    return is_refused_name(filename) or is_program(content[:HEAD_BYTES])


def store(file: File, *, message: Message | None = None, uploaded_by: User | None = None) -> Attachment:
    """The row for `file`, its bytes in the storage. The bytes go first: a row never points at nothing."""
    more = {"content_id": file.content_id[:998], "inline": file.inline}
    return _store(
        ContentFile(file.content), file.filename, file.content_type, message=message, uploaded_by=uploaded_by, **more
    )


def upload(user: User, filename: str, content: bytes | DjangoFile[bytes]) -> Attachment:
    """An agent's file for a message not sent yet.

    Raises `Refused` when it is empty, too large or a program, and when the storage does not take it.
    """
    file = ContentFile(content) if isinstance(content, bytes) else content
    refuse_unfit(filename, file)
    try:
        return _store(file, filename, uploaded_by=user)
    except OSError as error:
        logger.exception("an upload of user %s could not be stored", user.pk)
        reason = _("“%(name)s” could not be stored. Your words are kept: try again in a few minutes.")
        raise NotStored(reason % {"name": filename}) from error


def refuse_unfit(filename: str, file: DjangoFile[bytes], *, most: int = 0) -> None:
    """Raises `Refused` when it is empty, larger than `most` bytes (0: what an attachment may have) or a program."""
    most = most or settings.MAX_ATTACHMENT_BYTES
    if not file.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": filename})
    if file.size > most:
        limit = most // 1024 // 1024
        raise TooLarge(_("“%(name)s” is larger than %(limit)s MB.") % {"name": filename, "limit": limit})
    if is_refused_type(filename, _head(file)):
        raise IsProgram(_("“%(name)s” is a program; such files are not sent by mail.") % {"name": filename})


def _store(file: DjangoFile[bytes], filename: str, content_type: str = "", **fields: Any) -> Attachment:
    with transaction.atomic():
        attachment = kept(file, filename, content_type, **fields)
        attachment.save()
    return attachment


def kept(file: DjangoFile[bytes], filename: str, content_type: str = "", **fields: Any) -> Attachment:
    """A row over `file` that is not saved, its bytes in the storage.

    Inside the transaction that points at them: until its end nobody deletes what is there.
    """
    filename = safe_filename(filename)
    attachment = Attachment(
        filename=filename,
        content_type=true_type(_head(file), filename, content_type),
        size=file.size,
        sha256=_sha256(file),
        scan_state=ScanState.PENDING if settings.CLAMD_URL else ScanState.NONE,
        **fields,
    )
    path = attachment_path(attachment, filename)
    hold(path)
    attachment.file.name = _kept(file, path)
    return attachment


def _kept(file: DjangoFile[bytes], path: str) -> str:
    """Where the bytes are now. What a process that was killed left half written is written again."""
    if default_storage.exists(path):
        if default_storage.size(path) == file.size:
            return path
        default_storage.delete(path)
    file.seek(0)
    return default_storage.save(path, file)


def _head(file: DjangoFile[bytes]) -> bytes:
    file.seek(0)
    return bytes(file.read(HEAD_BYTES))


def _sha256(file: DjangoFile[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def copy_for(user: User | None, file: Attachment, *, now: datetime) -> Attachment:
    """Another row over the same bytes, for a message of `user` that is not sent yet; None: for what nobody sends."""
    copy = Attachment(
        uploaded_by=user,
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        scan_state=file.scan_state,
        scan_detail=file.scan_detail,
        created_at=now,
    )
    copy.file.name = file.file.name
    copy.save()
    return copy


def delete_unsent(*, now: datetime, limit: int = 500) -> int:
    """Forget uploads that nothing took within a week; how many. The bytes stay: another row may share them."""
    in_drafts = Draft.objects.annotate(upload=Func(F("attachment_ids"), function="unnest")).values("upload")
    old = Attachment.objects.filter(message=None, macros=None, created_at__lt=now - UNSENT_KEPT_FOR)
    old = old.exclude(pk__in=in_drafts)
    ids = list(old.values_list("pk", flat=True)[:limit])
    return Attachment.objects.filter(pk__in=ids).delete()[0]
