"""Words not sent yet. They are rows, so that a reload, a crash or another device finds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from helpdesk.accounts.models import User
from helpdesk.lib.html import clean_composer_html
from tickets.models import Draft, Ticket


class DraftConflict(Exception):
    """Another tab or device saved since: `draft` is what is stored."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("the stored draft is newer")
        self.draft = draft


@transaction.atomic
def save_draft(
    ticket: Ticket,
    mode: str,
    html: str,
    *,
    user: User,
    version: int,
    attachment_ids: Sequence[int] = (),
    now: datetime | None = None,
) -> Draft:
    """Store the words over the `version` the writer last saw (0: none); raises `DraftConflict` if another is newer.

    Saving what is stored already is no conflict: a retry after a lost answer must not frighten anybody.
    """
    now = now or timezone.now()
    html = clean_composer_html(html)
    fields = {"html": html, "attachment_ids": list(attachment_ids), "updated_at": now}
    draft, created = Draft.objects.select_for_update().get_or_create(
        ticket=ticket, user=user, mode=mode, defaults=fields
    )
    if created or (draft.html == html and draft.attachment_ids == list(attachment_ids)):
        return draft
    if draft.version != version:
        raise DraftConflict(draft)
    draft.html, draft.attachment_ids, draft.updated_at = html, list(attachment_ids), now
    draft.version += 1
    draft.save()
    return draft


def discard_draft(ticket: Ticket, mode: str, *, user: User) -> None:
    Draft.objects.filter(ticket=ticket, user=user, mode=mode).delete()
