"""Clocks as gestures move them: rules-sla-metrics §4, one row of its table after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.tickets.sla.conftest import Make
from tickets import services
from tickets.calls.course import Moment
from tickets.calls.life import NewCall, begin_call, tell
from tickets.calls.writing_up import LoggedCall, WriteUp, log_call
from tickets.events import TagsChanged
from tickets.models import CallDirection, Channel, Inbox, MomentKind, Priority, SlaTarget, Ticket
from tickets.services import Incoming, gesture
from tickets.services.sending import recount
from tickets.sla.targets import recompute

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return NINE + HOUR * hours


def opened(ada: Customer, inbox: Inbox, priority: str = Priority.NORMAL) -> Ticket:
    """Ada wrote at nine."""
    actor = Actor.of_customer(ada)
    with services.opening_ticket(ada, "Rattles", inbox=inbox, channel=Channel.EMAIL, actor=actor, now=NINE) as ticket:
        services.receive_message(ticket, Incoming("It rattles."), customer=ada, channel="email", actor=actor)
        services.change_priority(ticket, priority, actor=actor)
    return ticket


def test_a_call_that_is_answered_is_a_reply(policy: Make, ada: Customer, support: Inbox, grace: User) -> None:
    policy(first_reply_time=3600, next_reply_time=7200)
    ticket = opened(ada, support)
    new = NewCall(support, CallDirection.IN, "+493012345678")
    call = begin_call(new, Moment(MomentKind.STARTED, at(0.4), "started"), ticket=ticket)
    assert SlaTarget.objects.get().state == "active"  # it rings, that is all
    tell(call.pk, Moment(MomentKind.ANSWERED, at(0.5), "answered", agent_id=grace.pk))
    target = SlaTarget.objects.get()
    assert (target.state, round(target.elapsed)) == ("fulfilled", 1800)
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    book = recompute(ticket)  # worked out again it is the same
    assert book and book.clocks["first_reply_time"].state == "fulfilled"
    with gesture(ticket, actor=SYSTEM, now=at(1)) as g:
        recount(g)
        g.record(TagsChanged(["counted"]))
    assert Ticket.objects.get().waiting_since is None


def test_a_call_of_ours_is_a_reply_once_somebody_says_that_they_spoke(
    policy: Make, ada: Customer, support: Inbox, grace: User
) -> None:
    policy(first_reply_time=3600)
    ticket = opened(ada, support)
    for outcome, state in (("no_answer", "active"), ("resolved", "fulfilled")):
        logged = LoggedCall(uuid4(), CallDirection.OUT, "+493012345678", 60)
        log_call(ticket, logged, WriteUp(outcome), user=grace, now=at(0.5))
        assert SlaTarget.objects.get().state == state


def test_a_first_reply_is_due_and_given(policy: Make, ada: Customer, support: Inbox, grace: User) -> None:
    policy(first_reply_time=3600)
    ticket = opened(ada, support)
    target = SlaTarget.objects.get()
    assert (target.state, target.due_at, target.breached_at) == ("active", at(1), None)
    assert (ticket.sla_due_at, ticket.sla_metric, ticket.sla_state) == (at(1), "first_reply_time", "running")
    with gesture(ticket, actor=Actor.agent(grace), now=at(0.5)) as g:
        services.add_reply(g.ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    target.refresh_from_db()
    assert (target.state, target.elapsed, target.settled_at, target.breached_at) == ("fulfilled", 1800, at(0.5), None)
    ticket.refresh_from_db()
    assert (ticket.sla_due_at, ticket.sla_state) == (None, "")
