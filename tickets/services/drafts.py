"""Words not sent yet. They are rows, so that a reload, a crash or another device finds them, and none is ever lost.

What a draft said before is kept as a `DraftRevision`: when it is sent or discarded, when another device's words take
its place, and otherwise at most every thirty seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.html import clean_composer_html, clean_note_html
from tickets.models import Attachment, Draft, DraftMode, DraftRevision, Ticket
from tickets.services.errors import TooLong

MAX_DRAFT = 400_000  # characters of HTML: twice what a message may have, since drafts are put behind each other
REVISION_EVERY = timedelta(seconds=30)
BIG_CHANGE = 200  # characters of HTML that a save takes away
REVISIONS_KEPT = 30
REVISIONS_KEPT_FOR = timedelta(days=30)


class DraftConflict(Exception):
    """Another tab or device saved since: `draft` is what is stored. What was refused is kept as a revision."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("the stored draft is newer")
        self.draft = draft


def save_draft(
    ticket: Ticket,
    mode: str,
    html: str,
    *,
    user: User,
    version: int,
    attachment_ids: Sequence[int] = (),
    recipients: dict[str, list[str]] | None = None,
    keeps_old: bool = False,
    now: datetime | None = None,
) -> Draft:
    """Store the words over the `version` the writer last saw (0: none); raises `DraftConflict` if another is newer.

    Saving what is stored already is no conflict: a retry after a lost answer must not frighten anybody. With
    `keeps_old` (an earlier version put back, another device's words replaced) what stood there becomes a revision.
    Raises `TooLong` above `MAX_DRAFT`; what was stored before stays.
    """
    if len(html) > MAX_DRAFT:
        raise TooLong(
            _("A draft has at most %(limit)s characters. Shorten it to have it saved.") % {"limit": MAX_DRAFT}
        )
    now = now or timezone.now()
    words: dict[str, Any] = {
        "html": clean_note_html(html) if mode == DraftMode.NOTE else clean_composer_html(html),
        "attachment_ids": list(attachment_ids),
        "recipients": recipients,
    }
    with transaction.atomic():
        draft, is_newer = _store(ticket, mode, words, user, version, now, keeps_old)
        if is_newer:
            _keep(ticket, user, mode, words["html"], words["attachment_ids"], version=version, now=now)
    if is_newer:
        raise DraftConflict(draft)
    return draft


def _store(
    ticket: Ticket, mode: str, words: dict[str, Any], user: User, version: int, now: datetime, keeps_old: bool
) -> tuple[Draft, bool]:
    """The row, and whether it says something newer than the writer has seen."""
    defaults = {**words, "updated_at": now, "version": lambda: max(next_version(ticket, user, mode), version + 1)}
    draft, created = Draft.objects.select_for_update().get_or_create(
        ticket=ticket, user=user, mode=mode, defaults=defaults
    )
    if created or all(getattr(draft, name) == value for name, value in words.items()):
        return draft, False
    if draft.version != version:
        return draft, True
    if keeps_old or _is_due(draft, words["html"], now):
        keep_revision(draft, now=now)
    for name, value in words.items():
        setattr(draft, name, value)
    draft.version, draft.updated_at = draft.version + 1, now
    draft.save()
    return draft, False


def discard_draft(
    ticket: Ticket, mode: str, *, user: User, version: int | None = None, now: datetime | None = None
) -> None:
    """Sent, or emptied by its writer: the last words stay as a revision.

    With `version` (the one that was emptied) raises `DraftConflict` when another device has saved words since.
    """
    with transaction.atomic(savepoint=False):  # who sends has a transaction already, and most have no draft
        draft = _locked(ticket, mode, user)
        is_old = draft is not None and version not in (None, draft.version)
        if draft and not is_old:
            keep_revision(draft, now=now or timezone.now())
            draft.delete()
    if draft and is_old:
        raise DraftConflict(draft)


def _locked(ticket: Ticket, mode: str, user: User) -> Draft | None:
    """Nearly always there is none, which a hand-written statement finds out sooner than a queryset is compiled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM tickets_draft WHERE ticket_id = %s AND user_id = %s AND mode = %s FOR UPDATE",
            [ticket.pk, user.pk, mode],
        )
        row = cursor.fetchone()
    return Draft.objects.get(pk=row[0]) if row else None


def share_draft(ticket: Ticket, mode: str, *, user: User, shared: bool, now: datetime | None = None) -> Draft | None:
    """Let colleagues read along, or no longer. None when there is no draft."""
    draft = Draft.objects.filter(ticket=ticket, user=user, mode=mode).first()
    if draft and bool(draft.shared_at) != shared:
        draft.shared_at = (now or timezone.now()) if shared else None
        draft.save(update_fields=["shared_at"])
    return draft


@transaction.atomic
def copy_draft(shared: Draft, *, user: User, now: datetime | None = None) -> Draft:
    """A colleague's shared words, files included, behind one's own; theirs stay as they are. Words are copied once."""
    now = now or timezone.now()
    Draft.objects.select_for_update().filter(pk=shared.pk).first()  # a second click waits here, and finds the copy
    own = Draft.objects.select_for_update().filter(ticket=shared.ticket, user=user, mode=shared.mode).first()
    if own and shared.html and shared.html in own.html:
        return own
    theirs = Attachment.objects.filter(pk__in=shared.attachment_ids, message=None, uploaded_by=shared.user)
    files = [_copied(file, user, now) for file in theirs]
    if own is None:
        version = next_version(shared.ticket, user, shared.mode)
        own = Draft(ticket=shared.ticket, user=user, mode=shared.mode, version=version - 1)
    else:
        keep_revision(own, now=now)
    own.html += shared.html
    own.attachment_ids = [*own.attachment_ids, *files]
    own.recipients = own.recipients or shared.recipients
    own.version, own.updated_at = own.version + 1, now
    own.save()
    return own


def _copied(file: Attachment, user: User, now: datetime) -> int:
    """Another row over the same bytes: an upload belongs to one person."""
    file.pk, file.uploaded_by, file.created_at = None, user, now
    file._state.adding = True
    file.save()
    return int(file.pk or 0)


def keep_revision(draft: Draft, *, now: datetime) -> None:
    """Write down what `draft` says, unless the newest revision says it already."""
    _keep(draft.ticket, draft.user, draft.mode, draft.html, draft.attachment_ids, version=draft.version, now=now)


def next_version(ticket: Ticket, user: User, mode: str) -> int:
    """Above every version that was there: a tab that still holds an old draft must notice that it is another one."""
    past = DraftRevision.objects.filter(ticket=ticket, user=user, mode=mode)
    return int(past.aggregate(newest=Max("version"))["newest"] or 0) + 1


def delete_old_revisions(*, now: datetime, limit: int = 2000) -> int:
    """Forget what drafts said more than a month ago; how many, at most `limit`."""
    old = DraftRevision.objects.filter(saved_at__lt=now - REVISIONS_KEPT_FOR).order_by("pk")
    return DraftRevision.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]


def _is_due(draft: Draft, html: str, now: datetime) -> bool:
    if len(draft.html) - len(html) >= BIG_CHANGE:
        return True
    past = DraftRevision.objects.filter(ticket=draft.ticket, user=draft.user, mode=draft.mode)
    newest = past.values_list("saved_at", flat=True).first()
    return newest is None or now - newest >= REVISION_EVERY


def _keep(
    ticket: Ticket, user: User, mode: str, html: str, files: Sequence[int], *, version: int, now: datetime
) -> None:
    if not html.strip() and not files:
        return
    past = DraftRevision.objects.filter(ticket=ticket, user=user, mode=mode)
    newest = past.first()
    if newest and (newest.html, newest.attachment_ids) == (html, list(files)):
        return
    DraftRevision.objects.create(
        ticket=ticket, user=user, mode=mode, html=html, attachment_ids=list(files), version=version, saved_at=now
    )
    too_old = list(past.values_list("pk", flat=True)[REVISIONS_KEPT : REVISIONS_KEPT + 100])
    if too_old:
        DraftRevision.objects.filter(pk__in=too_old).delete()
