"""Clocks as gestures move them: rules-sla-metrics §4, one row of its table after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.tickets.sla.conftest import Make
from tickets import services
from tickets.models import Channel, Inbox, Priority, SlaTarget, Ticket
from tickets.services import Incoming, gesture

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
