"""Working hours in conditions: asked by triggers and automations, each by the ticket's own calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.accounts import calendar_changes
from helpdesk.accounts.models import Calendar, Team
from tickets.conditions import Invalid, check
from tickets.conditions.asking import Asking
from tickets.conditions.facts import facts_for
from tickets.conditions.scopes import AUTOMATION, LIST, SLA, TRIGGER
from tickets.conditions.tree import Tree, parse
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
LUNCH = [(day * 1440 + start, day * 1440 + end) for day in range(1, 6) for start, end in ((540, 720), (780, 1020))]


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


@pytest.fixture
def office(db: None) -> Calendar:
    return calendar_changes.create_calendar("Office", time_zone="UTC", week=LUNCH, now=at(-400, 0))


def condition(field: str, operator: str, value: object) -> Tree:
    return {"all": [{"field": field, "operator": operator, "value": value}]}


class Course:
    """The answer to one condition, of this ticket, as time goes on."""

    def __init__(self, ticket: Ticket, tree: Tree) -> None:
        (self.asked,) = parse(check(tree, AUTOMATION), AUTOMATION).conditions()
        self.values = facts_for([ticket], [self.asked.field])[ticket.pk].values(self.asked.field)

    def at(self, moment: datetime) -> bool:
        return self.asked.field.test(self.values, self.asked.operator, self.asked.value, Asking(None, moment))

    def turns(self, now: datetime) -> list[datetime]:
        kind = self.asked.field.compared_as
        assert kind.moves(self.asked.operator, self.asked.value)
        return sorted(kind.turns(self.values, self.asked.operator, self.asked.value, Asking(None, now)))


def holds(ticket: Ticket, tree: Tree, now: datetime) -> bool:
    return Course(ticket, tree).at(now)


def test_hours_leave_nights_and_lunch_out(adas_ticket: Ticket, office: Calendar) -> None:
    adas_ticket.status_changed_at = at(0, 16)
    for operator, moments in {
        "is_business_hours": [(at(1, 9.9), False), (at(1, 10), True), (at(1, 10.9), True), (at(1, 11), False)],
        "less_than_business_hours": [(at(0, 16), True), (at(1, 9.9), True), (at(1, 10), False)],
        "greater_than_business_hours": [(at(1, 10), False), (at(1, 10.1), True), (at(6, 0), True)],
    }.items():
        for moment, expected in moments:
            assert holds(adas_ticket, condition("NEW", operator, 2), moment) is expected, (operator, moment)
    assert holds(adas_ticket, condition("NEW", "greater_than", 2), at(0, 18.1)), "the plain form goes round the clock"
    assert not holds(adas_ticket, condition("NEW", "less_than_business_hours", 2), at(0, 15)), "it is not new yet"


def test_hours_until_something_is_due(adas_ticket: Ticket, office: Calendar) -> None:
    adas_ticket.due_at = at(1, 10)
    assert holds(adas_ticket, condition("until_due_date", "less_than_business_hours", 2), at(0, 16.5))
    assert not holds(adas_ticket, condition("until_due_date", "less_than_business_hours", 2), at(0, 15.5))
    assert not holds(adas_ticket, condition("until_due_date", "less_than_business_hours", 2), at(1, 10.1)), "it is past"


def test_without_any_calendar_every_hour_counts(adas_ticket: Ticket) -> None:
    adas_ticket.status_changed_at = at(5, 16)
    assert holds(adas_ticket, condition("NEW", "greater_than_business_hours", 2), at(5, 18.1))
    assert holds(adas_ticket, condition("in_business_hours", "is", "true"), at(5, 3))


@pytest.mark.parametrize("field", ["NEW", "until_due_date"])
@pytest.mark.parametrize("operator", ["is", "less_than", "greater_than"])
def test_between_its_turns_no_answer_changes(adas_ticket: Ticket, office: Calendar, field: str, operator: str) -> None:
    calendar_changes.add_day(office, "Fair", first=at(2, 0).date(), last=at(2, 0).date(), now=at(-300, 0))
    for moment, value in ((at(0, 8), 3), (at(0, 16.5), 4), (at(4, 17), 0), (at(3, 12), 9)):
        adas_ticket.status_changed_at = adas_ticket.due_at = moment
        asked = Course(adas_ticket, condition(field, f"{operator}_business_hours", value))
        turns = asked.turns(at(0, 7))
        for step in range(8 * 24 * 2):
            before = at(-2, 0.25) + timedelta(minutes=30 * step)
            after = before + timedelta(minutes=30)
            if asked.at(before) != asked.at(after):
                assert any(before <= turn <= after for turn in turns), (moment, before)


def test_opening_and_closing_are_turns(adas_ticket: Ticket, office: Calendar) -> None:
    within = condition("within_schedule", "is", office.pk)
    for tree in (condition("in_business_hours", "is_not", "true"), within):
        turns = Course(adas_ticket, tree).turns(at(5, 0))
        assert [turn for turn in turns if at(4, 0) < turn < at(8, 0)] == [
            at(4, 9), at(4, 12), at(4, 13), at(4, 17), at(7, 9), at(7, 12), at(7, 13), at(7, 17),
        ]  # fmt: skip


def test_the_tickets_own_calendar_wins(adas_ticket: Ticket, office: Calendar, support_team: Team) -> None:
    night = calendar_changes.create_calendar(
        "Night", time_zone="UTC", week=[(day * 1440, day * 1440 + 360) for day in range(7)]
    )
    tree = condition("in_business_hours", "is", "true")
    assert not holds(adas_ticket, tree, at(0, 3))
    assert adas_ticket.team is not None
    adas_ticket.team.calendar = night
    assert holds(adas_ticket, tree, at(0, 3))
    adas_ticket.calendar = office
    assert not holds(adas_ticket, tree, at(0, 3))
    assert holds(adas_ticket, condition("within_schedule", "is", night.pk), at(0, 3))
    assert holds(adas_ticket, condition("schedule_id", "is", office.pk), at(0, 3))


def test_only_those_who_can_answer_are_asked(office: Calendar) -> None:
    now, hours = condition("in_business_hours", "is", "true"), condition("NEW", "is_business_hours", 4)
    check(now, TRIGGER)
    for scope in (LIST, SLA):
        for tree in (now, hours):
            with pytest.raises(Invalid):
                check(tree, scope)
    with pytest.raises(Invalid, match="no longer exists"):
        check(condition("within_schedule", "is", office.pk + 1), TRIGGER)


def test_a_trigger_asks_it_of_the_moment(adas_ticket: Ticket, office: Calendar) -> None:
    group = parse(check(condition("in_business_hours", "is", "true"), TRIGGER), TRIGGER)
    (asked,) = group.conditions()
    values = asked.field.source.values(adas_ticket, None)
    assert asked.field.test(values, asked.operator, asked.value, Asking(None, at(0, 9)))
    assert not asked.field.test(values, asked.operator, asked.value, Asking(None, at(0, 12.5)))
