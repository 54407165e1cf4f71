"""Statuses: every move in the table, every move that is not, and the closing of what was solved long ago."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import User
from tickets.models import ForbiddenMove, Status, Ticket, TicketEvent
from tickets.models.ticket import MOVES, UNSOLVED
from tickets.services import change_status, close_long_solved


def put(ticket: Ticket, status: Status) -> Ticket:
    """A shortcut to any status, past the services on purpose: the moves themselves are under test."""
    now = timezone.now()
    Ticket.objects.filter(pk=ticket.pk).update(status=status, solved_at=None if status in UNSOLVED else now)
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(("old", "new"), [pair for pair in product(Status, Status) if pair[0] != pair[1]])
def test_a_status_moves_only_as_the_table_says(adas_ticket: Ticket, grace: User, old: Status, new: Status) -> None:
    ticket = put(adas_ticket, old)
    before = TicketEvent.objects.count()
    if new in MOVES[old]:
        ticket = change_status(ticket, new, actor=Actor.agent(grace))
        event = TicketEvent.objects.latest("pk")
        assert (event.kind, event.payload, event.actor_user) == ("status.changed", {"old": old, "new": new}, grace)
        assert ticket.last_event_id == event.pk
    else:
        with pytest.raises(ForbiddenMove, match=str(Status(new).label.lower())):
            change_status(ticket, new, actor=Actor.agent(grace))
        assert TicketEvent.objects.count() == before
    assert Ticket.objects.get(pk=ticket.pk).status == (new if new in MOVES[old] else old)


def test_the_same_status_again_is_no_event(adas_ticket: Ticket, grace: User) -> None:
    change_status(adas_ticket, Status.PENDING, actor=Actor.agent(grace))
    before = TicketEvent.objects.count()
    change_status(adas_ticket, Status.PENDING, actor=Actor.agent(grace))
    assert TicketEvent.objects.count() == before


def test_solving_and_reopening_keep_solved_at(adas_ticket: Ticket, grace: User) -> None:
    solved = change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    assert solved.solved_at is not None
    reopened = change_status(solved, Status.OPEN, actor=Actor.agent(grace))
    assert reopened.solved_at is None


def test_only_what_was_solved_long_ago_is_closed(adas_ticket: Ticket, grace: User, settings: object) -> None:
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    now = timezone.now()
    assert close_long_solved(now=now + timedelta(days=27)) == 0
    assert close_long_solved(now=now + timedelta(days=29)) == 1
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert ticket.status == Status.CLOSED
    assert ticket.closed_at
    event = TicketEvent.objects.latest("pk")
    assert (event.kind, event.actor_kind, event.actor_name) == ("status.changed", "system", SYSTEM.name)
    assert close_long_solved(now=now + timedelta(days=29)) == 0
