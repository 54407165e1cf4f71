"""Opening tickets and moving them through the status table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.events import FollowUpOpened, StatusChanged, TicketOpened
from tickets.models import Inbox, Status, Ticket
from tickets.services.gesture import gesture


def open_ticket(
    requester: Customer,
    subject: str,
    *,
    inbox: Inbox,
    channel: str,
    actor: Actor,
    assignee: User | None = None,
    follow_up_of: Ticket | None = None,
    now: datetime | None = None,
) -> Ticket:
    """A new ticket in the inbox's team. Its first message follows by `receive_message` or `add_reply`."""
    with opening_ticket(
        requester,
        subject,
        inbox=inbox,
        channel=channel,
        actor=actor,
        assignee=assignee,
        follow_up_of=follow_up_of,
        now=now,
    ) as ticket:
        return ticket


@contextmanager
def opening_ticket(
    requester: Customer,
    subject: str,
    *,
    inbox: Inbox,
    channel: str,
    actor: Actor,
    assignee: User | None = None,
    follow_up_of: Ticket | None = None,
    now: datetime | None = None,
) -> Iterator[Ticket]:
    """`open_ticket` as a gesture that goes on: what is done to the ticket inside the block belongs to it."""
    now = now or timezone.now()
    with transaction.atomic():
        ticket = Ticket.objects.create(
            requester=requester,
            subject=" ".join(subject.split())[:300],
            inbox=inbox,
            team=inbox.team,
            assignee=assignee,
            status=Status.OPEN if assignee else Status.NEW,
            channel=channel,
            follow_up_of=follow_up_of,
            created_at=now,
            updated_at=now,
            status_changed_at=now,
            assigned_at=now if assignee else None,
            assignee_stations=1 if assignee else 0,
            team_stations=1 if inbox.team_id else 0,
        )
        with gesture(ticket, actor=actor, now=now, is_locked=True) as g:
            g.record(TicketOpened(ticket.subject, channel, follow_up_of.number if follow_up_of else None))
            yield ticket
        if follow_up_of:
            with gesture(follow_up_of, actor=actor, now=now) as g:
                g.record(FollowUpOpened(ticket.number))


def change_status(ticket: Ticket, status: str, *, actor: Actor) -> Ticket:
    """Move `ticket` to `status`; raises `ForbiddenMove` where the status table has no such move."""
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.status == status:
            return ticket
        ticket.ensure_can_become(status)
        old = ticket.status
        g.change(status=status, status_changed_at=g.now)
        if status == Status.SOLVED:
            g.change(solved_at=g.now)
        elif status == Status.CLOSED:
            g.change(closed_at=g.now)
        elif old == Status.SOLVED:
            g.change(solved_at=None, reopen_count=ticket.reopen_count + 1)
        g.record(StatusChanged(old, status))
        return ticket


def close_long_solved(*, now: datetime, limit: int = 200) -> int:
    """Close what has been solved for settings.CLOSE_SOLVED_AFTER_DAYS; how many were closed, at most `limit`."""
    solved_before = now - timedelta(days=settings.CLOSE_SOLVED_AFTER_DAYS)
    due = Ticket.objects.filter(status=Status.SOLVED, solved_at__lt=solved_before).order_by("solved_at")
    closed = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            ticket = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if ticket:
                change_status(ticket, Status.CLOSED, actor=SYSTEM)
                closed += 1
    return closed
