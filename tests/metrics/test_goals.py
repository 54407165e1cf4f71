"""Goals: judged by a pure rule, told once a period, and no flicker around the target."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.accounts.models import Team, User
from metrics.goals.judging import Reading, judge
from metrics.goals.looking import judge_the_past, look_at, look_at_all
from metrics.goals.periods import last_periods, period_of
from metrics.models import Fact, Goal, GoalPeriod, Period, Standing
from tickets.models import Notification, Ticket

UTC_ZONE = ZoneInfo("UTC")
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday
AT_LEAST, AT_MOST = "at_least", "at_most"


def count(value: float, progress: float = 0.5, *, is_over: bool = False) -> Reading:
    return Reading(value, int(value), adds_up=True, progress=1.0 if is_over else progress, is_over=is_over)


def level(value: float | None, n: int = 20, progress: float = 0.5, *, is_over: bool = False) -> Reading:
    return Reading(value, n, adds_up=False, progress=1.0 if is_over else progress, is_over=is_over)


@pytest.mark.parametrize(
    ("reading", "direction", "target", "standing"),
    [
        (count(10, 0.1), AT_LEAST, 100, Standing.OPEN),  # too early
        (count(50), AT_LEAST, 100, Standing.ON_TRACK),
        (count(40), AT_LEAST, 100, Standing.DANGER),  # it will be 80
        (count(100, 0.3), AT_LEAST, 100, Standing.MET),  # and stays so
        (count(99, is_over=True), AT_LEAST, 100, Standing.MISSED),
        (count(4, 0.1), AT_MOST, 3, Standing.MISSED),  # and stays so
        (count(2), AT_MOST, 3, Standing.DANGER),  # it will be 4
        (count(3, is_over=True), AT_MOST, 3, Standing.MET),
        (level(7000), AT_MOST, 7200, Standing.ON_TRACK),
        (level(8000), AT_MOST, 7200, Standing.DANGER),
        (level(8000, n=4), AT_MOST, 7200, Standing.OPEN),  # of four nothing can be told
        (level(8000, n=4, is_over=True), AT_MOST, 7200, Standing.MISSED),
        (level(84.9), AT_LEAST, 90, Standing.DANGER),
        (level(None, 0, is_over=True), AT_LEAST, 90, Standing.EMPTY),
        (Reading(3, 3, adds_up=True, progress=None), AT_LEAST, 20, Standing.EMPTY),  # a Sunday
        (Reading(30, 30, adds_up=True, progress=None), AT_LEAST, 20, Standing.MET),
    ],
)
def test_how_a_goal_stands(reading: Reading, direction: str, target: float, standing: Standing) -> None:
    assert judge(reading, direction, target) == standing


def test_danger_ends_on_the_right_side_only() -> None:
    standing: str = Standing.OPEN
    seen = []
    for value in (88, 85, 89, 85.4, 90, 88):  # around a target of 90
        standing = judge(level(value), AT_LEAST, 90, standing)
        seen.append(standing)

    assert seen == ["on_track", "danger", "danger", "danger", "on_track", "on_track"]


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from(Period.values))
def test_periods_follow_each_other_without_gaps(day: date, period: str) -> None:
    spans = [period_of(day, period, UTC_ZONE), *last_periods(day, period, UTC_ZONE, 5)]

    assert spans[0].first <= day <= spans[0].last
    assert all(later.first - timedelta(days=1) == earlier.last for later, earlier in pairwise(spans))


@pytest.fixture
def goal(margaret: User) -> Goal:
    """At most an hour to the first reply, each day."""
    goal = Goal.objects.create(measure="first_reply", direction=AT_MOST, target=3600, period="day")
    goal.people.add(margaret)
    return goal


def answered(ticket: Ticket, seconds: int, at: datetime, times: int = 6) -> None:
    """So many tickets like this one were answered, each after so long."""
    for _ in range(times):
        copy = Ticket.objects.create(
            requester=ticket.requester, inbox=ticket.inbox, channel=ticket.channel, team=ticket.team, subject="Like it"
        )
        Fact.objects.create(
            ticket=copy, event_id=1, edition=1, status="open", channel="email", inbox_id=ticket.inbox_id,
            team_id=ticket.team_id, opened_at=at - timedelta(seconds=seconds), first_reply_at=at, first_reply=seconds,
        )  # fmt: skip


@pytest.mark.django_db
def test_who_looks_after_it_is_told_once(goal: Goal, margaret: User, adas_ticket: Ticket) -> None:
    answered(adas_ticket, 7200, NOON - timedelta(hours=2))

    for minutes in (0, 5, 10):
        row = look_at(goal, now=NOON + timedelta(minutes=minutes))

    assert (row.standing, row.value, row.n) == (Standing.DANGER, 7200, 6)
    told = Notification.objects.get(kind="goal")
    assert told.user == margaret
    assert "in danger" in told.detail
    assert "2 h" in told.detail


@pytest.mark.django_db
def test_a_period_that_is_over_is_judged_for_good_and_missing_it_told(goal: Goal, adas_ticket: Ticket) -> None:
    answered(adas_ticket, 7200, NOON)
    look_at(goal, now=NOON + timedelta(hours=1))
    tomorrow = NOON + timedelta(days=1)

    for hours in (0, 1):
        look_at(goal, now=tomorrow + timedelta(hours=hours))
    yesterday = goal.periods.get(first=NOON.date())
    answered(adas_ticket, 60, NOON, times=20)  # a history that was brought in later
    look_at(goal, now=tomorrow + timedelta(hours=2))
    yesterday.refresh_from_db()

    assert (yesterday.standing, yesterday.value) == (Standing.MISSED, 7200)
    assert [each.detail[:11] for each in Notification.objects.filter(kind="goal").order_by("pk")] == [
        "Goal in dan",
        "Goal missed",
    ]


@pytest.mark.django_db
def test_one_who_leads_no_more_hears_nothing(goal: Goal, margaret: User, adas_ticket: Ticket) -> None:
    User.objects.filter(pk=margaret.pk).update(role="agent")
    answered(adas_ticket, 7200, NOON)

    assert look_at(goal, now=NOON + timedelta(hours=1)).standing == Standing.DANGER
    assert not Notification.objects.filter(kind="goal").exists()


@pytest.mark.django_db
def test_a_team_s_goal_reads_its_own_tickets(goal: Goal, adas_ticket: Ticket, support_team: Team) -> None:
    other = Team.objects.create(name="Other")
    answered(adas_ticket, 1800, NOON)
    Goal.objects.filter(pk=goal.pk).update(team=other)
    answered_there = Fact.objects.order_by("-pk")[:2]
    Fact.objects.filter(pk__in=[fact.pk for fact in answered_there]).update(team_id=other.pk, first_reply=9000)

    row = look_at(Goal.objects.get(pk=goal.pk), now=NOON + timedelta(hours=1))

    assert (row.value, row.n) == (9000, 2)


@pytest.mark.django_db
def test_a_new_goal_knows_how_it_would_have_been(goal: Goal, adas_ticket: Ticket) -> None:
    answered(adas_ticket, 1800, NOON - timedelta(days=1))
    answered(adas_ticket, 9000, NOON - timedelta(days=2))

    judge_the_past(goal, now=NOON)

    assert list(goal.periods.values_list("standing", flat=True))[:3] == ["met", "missed", "empty"]
    assert not Notification.objects.filter(kind="goal").exists()


@pytest.mark.django_db
def test_goals_are_looked_at_when_their_time_has_come(goal: Goal) -> None:
    assert look_at_all(now=NOON) == 1
    assert look_at_all(now=NOON + timedelta(seconds=30)) == 0
    assert look_at_all(now=NOON + timedelta(minutes=2)) == 1


FORM = {"measure": "first_reply", "part": "median", "direction": "at_most", "target": "2h", "period": "week"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"target": "soon"}, "Write it like 30m, 4h or 1h 30m."),
        ({"target": ""}, "This field is required."),
        ({"measure": "csat", "target": "120"}, "Per cent lie between 0 and 100."),
        ({"measure": "csat", "target": "nan"}, "Per cent lie between 0 and 100."),
        ({"measure": "solved", "target": "-1"}, "0 or more"),
        ({"measure": "solved", "target": "many"}, "Write a number."),
        ({"measure": "solved", "target": "0", "direction": "at_least"}, "At least 0 is always reached."),
        ({"measure": "ticket_age"}, "Select a valid choice"),
        ({"team": "999"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(client: Client, margaret: User, change: dict[str, str], says: str) -> None:
    client.force_login(margaret)

    answer = client.post("/reports/goals/new/", FORM | change)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Goal.objects.exists()


@pytest.mark.django_db
def test_a_goal_is_made_changed_and_deleted(client: Client, margaret: User) -> None:
    client.force_login(margaret)
    client.post("/reports/goals/new/", FORM | {"people": [margaret.pk]})
    goal = Goal.objects.get()
    past = goal.periods.exclude(closed_at=None)

    assert (goal.target, list(goal.people.all()), past.count()) == (7200, [margaret], 8)
    assert 'value="2h"' in client.get(f"/reports/goals/{goal.pk}/edit/").content.decode()

    client.post(f"/reports/goals/{goal.pk}/edit/", FORM | {"target": "3h"})
    assert set(past.values_list("target", flat=True)) == {7200}  # the past keeps what held then
    assert goal.periods.get(closed_at=None).target == 3 * 3600

    client.post(f"/reports/goals/{goal.pk}/edit/", FORM | {"measure": "solved", "target": "20"})
    assert set(past.values_list("target", flat=True)) == {20}  # another measure: another goal

    assert client.get(f"/reports/goals/{goal.pk}/").status_code == 200
    assert client.get("/reports/goals/").status_code == 200
    client.post(f"/reports/goals/{goal.pk}/deletion/")
    assert not GoalPeriod.objects.exists()


@pytest.mark.django_db
def test_a_goal_of_a_measure_that_is_gone_is_shown_and_left_alone(client: Client, margaret: User) -> None:
    Goal.objects.create(measure="karma", target=5)
    client.force_login(margaret)

    assert look_at_all(now=timezone.now()) == 0
    assert "karma" in client.get("/reports/goals/").content.decode()
