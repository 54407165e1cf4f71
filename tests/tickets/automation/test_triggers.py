"""Triggers look at every gesture: in order, once each, seeing what the ones before them did."""

from __future__ import annotations

from typing import Any

import pytest

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tests.tickets.automation.rules import asks, does, trigger
from tickets import services
from tickets.actors import SYSTEM, Actor
from tickets.models import Inbox, Message, Rule, RuleTrace, Status, Ticket, TicketEvent
from tickets.services import gesture, gestures

pytestmark = pytest.mark.django_db


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))


def last_gesture(ticket: Ticket) -> list[TicketEvent]:
    events = list(TicketEvent.objects.filter(ticket=ticket))
    return [event for event in events if event.gesture_id == events[-1].gesture_id]


def test_a_trigger_acts_on_what_opens_a_ticket(ada: Customer, support: Inbox) -> None:
    rule = trigger("Hot", [asks("update_type", "is", "Create")], does("priority", "urgent"), does("current_tags", "hot"))
    ticket = open_for(ada, support, "It burns")
    assert (ticket.priority, ticket.tags) == ("urgent", ["hot"])
    fired = TicketEvent.objects.get(ticket=ticket, kind="rule.fired")
    assert (fired.rule_id, fired.actor_kind, fired.actor_name) == (rule.pk, "rule", "Hot")
    assert fired.payload == {
        "rule": "Hot", "rule_kind": "trigger", "revision": 1, "changes": ["priority.changed", "tags.changed"]
    }  # fmt: skip
    changed = TicketEvent.objects.get(ticket=ticket, kind="priority.changed")
    assert changed.rule_id == rule.pk and changed.cause_depth == 1 and changed.pk > fired.pk
    assert changed.gesture_id == fired.gesture_id


def test_each_sees_what_those_before_it_did_and_none_looks_twice(adas_ticket: Ticket, grace: User) -> None:
    trigger("Second", [asks("priority", "value", "high")], does("current_tags", "second"), position=2)
    trigger("First", [asks("status", "value", "pending")], does("priority", "high"), position=1)
    trigger("Third", [asks("current_tags", "includes", "second")], does("type", "problem"), position=3)
    trigger("Early", [asks("type", "is", "problem")], does("current_tags", "never"), position=0)
    Rule.objects.filter(title="Early").update(position=0)
    services.change_status(adas_ticket, Status.PENDING, actor=Actor.agent(grace))
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert (ticket.priority, ticket.tags, ticket.type) == ("high", ["second"], "problem")
    services.change_subject(adas_ticket, "Another", actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == ["second", "never"]
