"""What the rules saw in a gesture can be told later, also when rule and ticket have moved on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from helpdesk.accounts.models import User
from tests.tickets.automation.rules import asks, does, trigger
from tickets import revisions, services
from tickets.automation.tracing import FIRED, NOT_MET, forget_old, steps_of
from tickets.models import Rule, RuleTrace, Ticket, TicketEvent
from tickets.services import gesture

pytestmark = pytest.mark.django_db


def test_each_condition_is_told_with_what_it_saw(adas_ticket: Ticket, grace: User) -> None:
    raises = trigger("Raise", [asks("priority", "value", "low")], does("priority", "high"))
    asked = [
        asks("priority", "is", "high"),
        asks("comment_includes_word", "includes", "oil"),
        asks("type", "is", "task"),
    ]
    never = trigger("Never", [*asked, asks("requester_address", "includes", "ada")], does("type", "task"))
    actor = Actor.agent(grace)
    with gesture(adas_ticket, actor=actor):
        services.add_note(adas_ticket, "<p>It needs SECRET oil</p>", actor=actor)
        services.change_priority(adas_ticket, "low", actor=actor)
    trace = RuleTrace.objects.get()
    first, second = steps_of(trace)
    assert (first.rule, first.outcome, first.title) == (raises, FIRED, "Raise")
    assert [(it.answer, it.values, it.before) for it in first.seen or ()] == [(True, ["low"], [""])]
    assert [event.kind for event in first.events] == ["rule.fired", "priority.changed"]
    assert (second.rule, second.outcome, second.events) == (never, NOT_MET, [])
    told = [(it.answer, it.values) for it in second.seen or ()]
    assert told == [(True, ["high"]), (True, None), (False, [""]), (None, None)]
    assert "SECRET" not in str(trace.steps)


def test_it_knows_the_conditions_of_then(adas_ticket: Ticket, grace: User) -> None:
    rule = trigger("It", [asks("priority", "value", "low")], does("type", "task"))
    revisions.keep(rule, grace)
    services.change_priority(adas_ticket, "low", actor=Actor.agent(grace))
    rule.refresh_from_db()
    rule.conditions = {"all": [asks("status", "is", "new"), asks("status", "is", "open")]}
    rule.save()
    revisions.keep(rule, grace)
    (step,) = steps_of(RuleTrace.objects.get())
    assert [it.condition.field.key for it in step.seen or ()] == ["priority"]
    Rule.objects.all().delete()
    (step,) = steps_of(RuleTrace.objects.get())
    assert (step.rule, step.seen) == (None, None)


def test_traces_are_forgotten(adas_ticket: Ticket, grace: User) -> None:
    trigger("It", [], does("type", "task"))
    services.change_priority(adas_ticket, "low", actor=Actor.agent(grace))
    assert forget_old(now=timezone.now() + timedelta(days=29)) == 0
    assert forget_old(now=timezone.now() + timedelta(days=31)) == 1


def test_the_timeline_names_the_rule_and_links_it(adas_ticket: Ticket, grace: User, client: Client) -> None:
    rule = trigger(
        "Hot <b>one</b>", [asks("priority", "changed")], does("reply_internal", "Look!"), does("type", "task")
    )
    services.change_priority(adas_ticket, "low", actor=Actor.agent(grace))
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    assert (
        f'href="/agent/rules/{rule.pk}/"' in page and "Hot &lt;b&gt;one&lt;/b&gt;" in page and "<b>one</b>" not in page
    )
    assert TicketEvent.objects.get(kind="rule.fired").payload["changes"] == ["note.added", "type.changed"]
