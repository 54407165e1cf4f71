"""Reading notifications: a page of them grouped by ticket, what the bell shows, and marking them read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Left
from django.utils import timezone

from helpdesk.accounts.models import User
from tickets.models import DeliveryState, Mention, Notification, NotificationKind, Ticket
from tickets.notifications.telling import ring
from tickets.notifications.words import Told, tell_of

PAGE_SIZE = 40
COUNT_CAP = 99
KEPT_FOR = timedelta(days=180)
PREVIEW = 200  # characters read of a message


@dataclass
class Group:
    """What happened on one ticket (or on none), newest first."""

    ticket: Ticket | None
    told: list[Told] = field(default_factory=list)

    @property
    def unread(self) -> int:
        return sum(one.is_unread for one in self.told)


@dataclass(frozen=True)
class Page:
    groups: list[Group]
    newest: int  # id of the newest notification shown, 0 for none
    after: str  # cursor of the next page, empty on the last one


@dataclass(frozen=True)
class Bell:
    """`tickets` have something unread, so that a page that shows one of them can say it was read."""

    unread: int
    tickets: list[int]
    newest: Told | None

    @property
    def is_capped(self) -> bool:
        return self.unread > COUNT_CAP


def page_of(user: User, *, after: str = "", size: int = PAGE_SIZE) -> Page:
    """The newest notifications that come after the cursor, those of one ticket together where its newest stands."""
    rows = Notification.objects.visible_to(user).in_bell().order_by("-pk")
    if after.isdecimal() and len(after) <= 18:
        rows = rows.filter(pk__lt=int(after))
    shown = with_words(rows[: size + 1], user)
    groups: dict[int | None, Group] = {}
    for one in shown[:size]:
        groups.setdefault(one.row.ticket_id, Group(one.row.ticket)).told.append(one)
    more = str(shown[size - 1].row.pk) if len(shown) > size else ""
    return Page(list(groups.values()), shown[0].row.pk if shown else 0, more)


def bell_of(user: User) -> Bell:
    """How many are unread (counted to a limit), where, and the newest of them."""
    unread = Notification.objects.visible_to(user).unread().order_by("-pk")
    rows = list(unread.values_list("pk", "ticket_id")[: COUNT_CAP + 1])
    tickets = list(dict.fromkeys(ticket for _pk, ticket in rows if ticket))
    newest = with_words(unread.filter(pk=rows[0][0]), user) if rows else []
    return Bell(len(rows), tickets, newest[0] if newest else None)


def with_words(rows: QuerySet[Notification], user: User) -> list[Told]:
    """The rows with what they say; what a message said that was taken back is not repeated."""
    preview = Left("event__message__text", PREVIEW)
    read = list(
        rows.select_related("ticket__requester", "event").annotate(
            preview=preview, message_state=F("event__message__delivery_state")
        )
    )
    by_name = _named_in(user, [row for row in read if row.kind == NotificationKind.MENTION])
    return [
        tell_of(
            row,
            preview="" if row.message_state == DeliveryState.CANCELLED else row.preview or "",
            by_name=bool(row.event and row.event.message_id in by_name),
        )
        for row in read
    ]


def _named_in(user: User, rows: Sequence[Notification]) -> set[int]:
    """The notes that name the person and not only a team of theirs."""
    notes = [row.event.message_id for row in rows if row.event and row.event.message_id]
    if not notes:
        return set()
    return set(Mention.objects.filter(message_id__in=notes, user=user).values_list("message_id", flat=True))


def mark_read(
    user: User,
    *,
    ticket: int | None = None,
    notification: int | None = None,
    until: int | None = None,
    now: datetime | None = None,
) -> int:
    """Mark those of a ticket, one, or all up to the id `until`, which is what the reader has seen. How many."""
    rows = Notification.objects.filter(user=user, read_at=None)
    for condition, value in (("ticket_id", ticket), ("pk", notification), ("pk__lte", until)):
        if value is not None:
            rows = rows.filter(**{condition: value})
    done = rows.update(read_at=now or timezone.now(), email_due_at=None, push_due_at=None)
    if done:
        ring({user.pk})
    return done


def forget_old(*, now: datetime) -> int:
    """Delete what was told long ago; bounded."""
    old = Notification.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return Notification.objects.filter(pk__in=list(old[:5000])).delete()[0]
