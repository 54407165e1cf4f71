"""Warnings and breaches: told once, in time, whoever sweeps, and heard by rules that ask."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.tickets.sla.conftest import Make
from tests.tickets.sla.test_pages import opened
from tickets import revisions, services
from tickets.automation.rules import create_rule
from tickets.conditions import check
from tickets.models import Inbox, SlaEvent, SlaTarget, Ticket, TicketEvent
from tickets.sla import sweep as sweeping
from tickets.sla.sweep import sweep

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def events(ticket: Ticket) -> list[str]:
    return [kind for kind in ticket.events.values_list("kind", flat=True) if kind.startswith("sla.")]


def test_a_clock_warns_and_breaches_once(ada: Customer, support: Inbox, policy: Make) -> None:
    policy(first_reply_time=7200)
    start = timezone.now() - 3 * HOUR
    ticket = opened(ada, support, start)
    assert sweep(now=start + HOUR) == 0
    assert sweep(now=start + 1.6 * HOUR) == 1
    ticket.refresh_from_db()
    assert (ticket.sla_state, events(ticket)) == ("warned", ["sla.applied", "sla.warned"])
    updated_at = ticket.updated_at
    assert sweep(now=start + 3 * HOUR) == 1
    assert sweep(now=start + 4 * HOUR) == 0
    ticket.refresh_from_db()
    assert (ticket.sla_state, events(ticket)) == ("breached", ["sla.applied", "sla.warned", "sla.breached"])
    assert ticket.updated_at == updated_at  # a clock is no update
    target = SlaTarget.objects.get()
    assert (target.breached_at, target.told, target.wake_at) == (start + 2 * HOUR, "breached", None)
    kinds = list(SlaEvent.objects.values_list("kind", flat=True))
    assert kinds == ["activate", "apply_sla", "warn", "breach"]


def test_a_breach_that_a_reply_was_the_first_to_see_is_told_all_the_same(
    ada: Customer, support: Inbox, grace: User, policy: Make
) -> None:
    policy(first_reply_time=3600)
    start = timezone.now() - 3 * HOUR
    ticket = opened(ada, support, start)
    with services.gesture(ticket, actor=Actor.agent(grace), now=start + 2 * HOUR):
        services.add_reply(ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    target = SlaTarget.objects.get()
    assert (target.state, target.breached_at) == ("fulfilled", start + HOUR)
    assert sweep(now=start + 2.1 * HOUR) == 1
    assert events(ticket)[-1] == "sla.breached"
    assert sweep(now=start + 3 * HOUR) == 0


def test_rules_that_ask_hear_of_a_breach_and_others_do_not(
    ada: Customer, support: Inbox, radia: User, policy: Make
) -> None:
    policy(first_reply_time=3600)
    start = timezone.now() - 2 * HOUR
    ticket = opened(ada, support, start)
    heard = check({"all": [{"field": "sla_event", "operator": "is", "value": "breached"}]}, "trigger")
    late = check({"all": [{"field": "sla_state", "operator": "is", "value": "breached"}]}, "trigger")
    create_rule("trigger", radia, "Hears", conditions=heard, actions=[{"field": "current_tags", "value": "late"}])
    create_rule("trigger", radia, "Any", conditions=late, actions=[{"field": "current_tags", "value": "any"}])
    assert sweep(now=timezone.now()) == 1
    ticket.refresh_from_db()
    assert ticket.tags == ["late"]


def test_a_ticket_whose_gesture_fails_does_not_keep_others_waiting(ada: Customer, support: Inbox, policy: Make) -> None:
    policy(first_reply_time=3600)
    start = timezone.now() - 2 * HOUR
    broken, fine = opened(ada, support, start), opened(ada, support, start)
    tell = sweeping._event

    def fail_on_one(row: SlaTarget, now: object) -> object:
        if row.ticket_id == broken.pk:
            raise ValueError("a rule that nobody thought of")
        return tell(row, timezone.now())

    with patch.object(sweeping, "_event", fail_on_one):
        assert sweep(now=timezone.now()) == 2
        assert sweep(now=timezone.now()) == 0
    assert "sla.breached" in events(fine)
    assert "sla.breached" not in events(broken)
    assert sweep(now=timezone.now() + timedelta(minutes=6)) == 1


def test_a_gesture_pays_one_statement_without_policies_and_two_with(
    ada: Customer, support: Inbox, grace: User, policy: Make
) -> None:
    agent = Actor.agent(grace)

    def cost(ticket: Ticket) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            services.add_note(ticket, "<p>Hm.</p>", actor=agent)
        return len([it for it in seen.captured_queries if "slamemory" in it["sql"]])

    plain = opened(ada, support, timezone.now())
    services.add_note(plain, "<p>Hm.</p>", actor=agent)
    assert cost(plain) == 1
    policy(first_reply_time=3600)
    ticket = opened(ada, support, timezone.now())
    services.add_note(ticket, "<p>Hm.</p>", actor=agent)
    assert cost(ticket) == 2


def test_no_event_without_a_reason(ada: Customer, support: Inbox, grace: User, policy: Make) -> None:
    """An edited policy re-times at the next update, and says so once."""
    made = policy(first_reply_time=3600)
    revisions.begin(made)
    ticket = opened(ada, support, timezone.now())
    for row in made.targets:
        row["target"] = 7200
    made.save()
    revisions.keep(made, None)
    due = SlaTarget.objects.get().due_at
    assert sweep(now=timezone.now()) == 0
    assert SlaTarget.objects.get().due_at == due
    services.add_note(ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    services.add_note(ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    assert TicketEvent.objects.filter(kind="sla.applied").count() == 2
    assert due and SlaTarget.objects.get().due_at == due + HOUR
