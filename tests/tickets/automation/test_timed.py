"""Automations: when they fire, what stops them, and that they do so once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.calendar_changes import change_calendar, create_calendar
from helpdesk.accounts.models import User
from tests.stack import wait_until
from tickets import services
from tickets.automation import planning, timed
from tickets.conditions import check
from tickets.models import DuePlan, DueRule, DueState, Priority, Rule, RuleTrace, Status, Ticket

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
Automation = Callable[..., Rule]


@pytest.fixture
def automation() -> Automation:
    def make(*conditions: Any, title: str = "Remind", actions: Any = None, **fields: Any) -> Rule:
        tree = {"all": [dict(zip(("field", "operator", "value"), one, strict=True)) for one in conditions]}
        actions = actions or [{"field": "comment_value", "value": "Still there?"}]
        return Rule.objects.create(
            kind="automation", title=title, conditions=check(tree, "automation"), actions=actions, **fields
        )

    return make


def at(now: datetime) -> int:
    return timed.sweep(clock=lambda: now, seconds=60)


def plan(now: datetime) -> None:
    """To the end; transactions of other tests that run beside this one may be waited for."""
    planning.plan_all(now=now, seconds=60)
    wait_until(lambda: not planning.unplanned(now=now) or planning.plan_all(now=now, seconds=60), what="all planned")
    assert not planning.unplanned(now=now)


def notes(ticket: Ticket) -> int:
    return ticket.messages.filter(kind="note").count()


def pend(ticket: Ticket, user: User, now: datetime = NOW) -> None:
    with services.gesture(ticket, actor=Actor.agent(user), now=now):
        services.change_status(ticket, Status.PENDING, actor=Actor.agent(user))


def test_it_fires_to_the_minute_and_once(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    rule = automation(("PENDING", "greater_than", 4))
    pend(adas_ticket, grace)
    (waits,) = DueRule.objects.all()
    assert (waits.state, waits.due_at) == (DueState.WAITING, NOW + timedelta(hours=4, microseconds=1))
    assert at(NOW + timedelta(hours=4)) == 0
    assert at(NOW + timedelta(hours=4, minutes=1)) == 1
    assert [at(NOW + timedelta(hours=hours)) for hours in (5, 30, 900)] == [0, 0, 0]
    assert notes(adas_ticket) == 1
    event = adas_ticket.events.get(kind="note.added")
    assert (event.actor_kind, event.actor_name, event.rule_id, event.cause_depth) == ("rule", "Remind", rule.pk, 1)


def test_what_was_so_already_is_in_the_debugger_alone_and_not_done_again(
    adas_ticket: Ticket, grace: User, automation: Automation
) -> None:
    rule = automation(("PENDING", "greater_than", 4))
    Rule.objects.filter(pk=rule.pk).update(actions=[{"field": "status", "value": "pending"}])
    pend(adas_ticket, grace)
    assert [at(NOW + timedelta(hours=hours)) for hours in (5, 6, 30)] == [1, 0, 0]
    assert not adas_ticket.events.filter(kind="rule.fired").exists()
    ((pk, _revision, outcome, *_rest),) = RuleTrace.objects.get().steps["rules"]
    assert (pk, outcome) == (rule.pk, "=")


def test_what_makes_it_untrue_cancels_it(
    adas_ticket: Ticket, grace: User, ada: Customer, automation: Automation
) -> None:
    automation(("PENDING", "greater_than", 4), ("priority", "is", "high"))
    services.change_priority(adas_ticket, Priority.HIGH, actor=Actor.agent(grace))
    pend(adas_ticket, grace)
    services.change_priority(adas_ticket, Priority.LOW, actor=Actor.agent(grace))
    assert DueRule.objects.get().state == DueState.CANCELLED
    assert at(NOW + timedelta(hours=5)) == 0


def test_it_fires_again_when_it_comes_true_again(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    automation(("PENDING", "greater_than", 4))
    pend(adas_ticket, grace)
    assert at(NOW + timedelta(hours=5)) == 1
    with services.gesture(adas_ticket, actor=Actor.agent(grace), now=NOW + timedelta(hours=6)):
        services.change_status(adas_ticket, Status.OPEN, actor=Actor.agent(grace))
    pend(adas_ticket, grace, NOW + timedelta(hours=7))
    assert [at(NOW + timedelta(hours=hours)) for hours in (10, 12, 13)] == [0, 1, 0]


def test_a_clock_that_is_set_back_fires_nothing_twice(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    automation(("PENDING", "greater_than", 4))
    pend(adas_ticket, grace)
    assert at(NOW + timedelta(hours=5)) == 1
    assert at(NOW + timedelta(hours=1)) == 0
    with services.gesture(adas_ticket, actor=Actor.agent(grace), now=NOW + timedelta(hours=3, minutes=59)):
        services.add_tags(adas_ticket, ["vip"], actor=Actor.agent(grace))
    assert at(NOW + timedelta(hours=4, minutes=1)) == 1  # by this clock it was untrue, and came true anew
    assert at(NOW + timedelta(hours=4, minutes=1)) == 0


def test_a_new_rule_finds_the_tickets_that_were_there(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    pend(adas_ticket, grace)
    later = NOW + timedelta(hours=1)
    automation(("PENDING", "greater_than", 4))
    plan(later)
    assert DueRule.objects.get().due_at == NOW + timedelta(hours=4, microseconds=1)
    assert at(NOW + timedelta(hours=5)) == 1


def test_a_rule_that_is_switched_off_fires_nothing_and_on_again_nothing_old(
    adas_ticket: Ticket, grace: User, automation: Automation
) -> None:
    rule = automation(("PENDING", "greater_than", 4))
    plan(NOW)
    pend(adas_ticket, grace)
    for is_active, hours, fires in [(False, 5, 0), (True, 6, 1), (False, 7, 0), (True, 8, 0)]:
        Rule.objects.filter(pk=rule.pk).update(is_active=is_active)
        plan(NOW + timedelta(hours=hours))
        assert at(NOW + timedelta(hours=hours)) == fires
    assert notes(adas_ticket) == 1


def test_what_came_true_while_the_rule_was_off_is_new(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    rule = automation(("PENDING", "greater_than", 4))
    pend(adas_ticket, grace)
    plan(NOW)
    assert at(NOW + timedelta(hours=5)) == 1
    Rule.objects.filter(pk=rule.pk).update(is_active=False)
    plan(NOW + timedelta(hours=6))
    with services.gesture(adas_ticket, actor=Actor.agent(grace), now=NOW + timedelta(hours=7)):
        services.change_status(adas_ticket, Status.OPEN, actor=Actor.agent(grace))
    pend(adas_ticket, grace, NOW + timedelta(hours=8))
    Rule.objects.filter(pk=rule.pk).update(is_active=True)
    plan(NOW + timedelta(hours=20))
    assert at(NOW + timedelta(hours=20)) == 1


def test_other_conditions_are_planned_anew(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    rule = automation(("PENDING", "greater_than", 4))
    pend(adas_ticket, grace)
    plan(NOW)
    Rule.objects.filter(pk=rule.pk).update(
        conditions=check({"all": [{"field": "PENDING", "operator": "greater_than", "value": 2}]}, "automation")
    )
    plan(NOW)
    assert DueRule.objects.get(state=DueState.WAITING).due_at == NOW + timedelta(hours=2, microseconds=1)


def test_tickets_for_which_it_holds_already_can_be_spared(
    adas_ticket: Ticket, grace: User, automation: Automation
) -> None:
    pend(adas_ticket, grace)
    planning.spare_existing(automation(("PENDING", "greater_than", 4)))
    plan(NOW + timedelta(hours=9))
    assert DueRule.objects.get().state == DueState.SPARED
    assert at(NOW + timedelta(hours=9)) == 0
    assert not DuePlan.objects.get().spares_existing
    with services.gesture(adas_ticket, actor=Actor.agent(grace), now=NOW + timedelta(hours=10)):
        services.change_status(adas_ticket, Status.OPEN, actor=Actor.agent(grace))
    pend(adas_ticket, grace, NOW + timedelta(hours=11))
    assert at(NOW + timedelta(hours=16)) == 1


def test_a_rule_made_switched_off_spares_them_when_it_is_switched_on(
    adas_ticket: Ticket, grace: User, automation: Automation
) -> None:
    pend(adas_ticket, grace)
    rule = automation(("PENDING", "greater_than", 4))
    Rule.objects.filter(pk=rule.pk).update(is_active=False)
    planning.spare_existing(rule)
    plan(NOW + timedelta(hours=8))
    Rule.objects.filter(pk=rule.pk).update(is_active=True)
    plan(NOW + timedelta(hours=9))
    assert DueRule.objects.get().state == DueState.SPARED
    assert at(NOW + timedelta(hours=9)) == 0


def test_a_closed_ticket_is_left_alone(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    automation(("created_at", "less_than", "today"))
    actor = Actor.agent(grace)
    with services.gesture(adas_ticket, actor=actor):
        services.change_status(adas_ticket, Status.SOLVED, actor=actor)
        services.change_status(adas_ticket, Status.CLOSED, actor=actor)
    assert not DueRule.objects.filter(state=DueState.WAITING).exists()
    assert at(timezone.now() + timedelta(days=3)) == 0


def test_a_rule_that_can_not_be_asked_harms_nobody(adas_ticket: Ticket, grace: User) -> None:
    rule = Rule.objects.create(
        kind="automation", title="Old", conditions={"all": [{"field": "colour", "operator": "is", "value": "red"}]}
    )
    services.change_priority(adas_ticket, Priority.HIGH, actor=Actor.agent(grace))
    plan(NOW)
    rule.refresh_from_db()
    assert rule.problem.startswith("There is no field “colour”.")
    assert at(NOW + timedelta(days=3)) == 0


def test_rows_that_stand_for_nothing_are_forgotten(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    automation(("PENDING", "greater_than", 4))
    pend(adas_ticket, grace)
    at(NOW + timedelta(hours=5))
    long_after = NOW + timedelta(days=60)
    assert timed.forget_old(now=long_after) == 0  # its conditions hold to this day
    with services.gesture(adas_ticket, actor=Actor.agent(grace), now=NOW + timedelta(hours=6)):
        services.change_status(adas_ticket, Status.OPEN, actor=Actor.agent(grace))
    assert timed.forget_old(now=long_after) == 1


def test_working_hours_leave_nights_out(adas_ticket: Ticket, grace: User, automation: Automation) -> None:
    monday = datetime(2026, 11, 23, 16, tzinfo=UTC)
    week = [(day * 1440 + 9 * 60, day * 1440 + 17 * 60) for day in range(1, 6)]
    calendar = create_calendar("Office", time_zone="UTC", week=week)
    automation(("PENDING", "greater_than_business_hours", 2))
    pend(adas_ticket, grace, monday)
    assert DueRule.objects.get().due_at == datetime(2026, 11, 24, 10, 0, 0, 1, tzinfo=UTC)
    plan(monday)
    change_calendar(calendar, week=[(day * 1440 + 9 * 60, day * 1440 + 20 * 60) for day in range(1, 6)], now=monday)
    plan(monday)
    assert DueRule.objects.get(state=DueState.WAITING).due_at == datetime(2026, 11, 23, 18, 0, 0, 1, tzinfo=UTC)


def test_it_fires_when_the_office_opens_however_late_that_is(
    adas_ticket: Ticket, grace: User, automation: Automation
) -> None:
    create_calendar("Office", time_zone="UTC", week=[(1440 + 9 * 60, 1440 + 17 * 60)])  # Mondays
    automation(("in_business_hours", "is", "true"), ("status", "is", "pending"), ("until_due_date", "less_than", 2))
    due_at = datetime(2027, 3, 1, 10, tzinfo=UTC)  # a Monday, further away than turns are told
    services.change_due_date(adas_ticket, due_at, actor=Actor.agent(grace))
    pend(adas_ticket, grace, datetime(2026, 11, 24, 12, tzinfo=UTC))
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for _look in range(20):
        now = max(now, DueRule.objects.get(state=DueState.WAITING).due_at)
        if at(now):
            break
    assert now == datetime(2027, 3, 1, 9, tzinfo=UTC)


def test_automations_that_cause_each_other_are_stopped(
    adas_ticket: Ticket, grace: User, automation: Automation
) -> None:
    automation(("status", "is", "pending"), title="Wake", actions=[{"field": "status", "value": "open"}])
    automation(("status", "is", "open"), title="Rest", actions=[{"field": "status", "value": "pending"}])
    pend(adas_ticket, grace)
    assert sum(at(NOW) for _sweep in range(9)) == 3
    stopped = adas_ticket.events.get(kind="rules.stopped")
    assert stopped.payload == {"reason": "depth", "rules": ["Rest"], "depth": 3}
    assert not DueRule.objects.filter(state=DueState.WAITING).exists()
