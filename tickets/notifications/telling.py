"""Writing down what somebody should hear of, and ringing their bell once it is committed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from helpdesk.accounts.models import User
from tickets.models import Notification, Ticket, TicketEvent
from tickets.notifications.listeners import listener_for
from tickets.realtime import publish


def tell(
    user: User,
    kind: str,
    *,
    ticket: Ticket | None = None,
    event: TicketEvent | None = None,
    article_id: int | None = None,
    language: str = "",
    detail: str = "",
    actor_name: str = "",
    now: datetime | None = None,
) -> Notification | None:
    """Tell `user` one thing of a NotificationKind, in the ways they chose for it; None when they chose none.

    For what no event of a ticket brings about by itself (see `hearing.notify`), such as a bulk job that is done, or an
    article, in one of its languages.
    """
    listener = listener_for(user.pk, user.time_zone)
    if not user.is_active or not listener.ways_for(kind):
        return None
    words = {"detail": detail[:300], "actor_name": actor_name[:200]}
    row = listener.row(kind, now=now or timezone.now(), ticket=ticket, event=event, **words)
    row.article_id, row.article_language = article_id, language
    write_down([row])
    return row


def write_down(rows: Sequence[Notification]) -> None:
    """Store `rows`, none of them twice, and ring once the transaction is committed."""
    Notification.objects.bulk_create(rows, ignore_conflicts=any(row.event_id for row in rows))
    ring({row.user_id for row in rows if row.rings})


def ring(user_ids: set[int]) -> None:
    """Open pages of these people fetch their bell anew after the commit."""
    if user_ids:
        topics = [user_topic(user_id) for user_id in sorted(user_ids)]
        transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))


def user_topic(user_id: int) -> str:
    return f"user:{user_id}"
