"""Long spans are told from days added up ahead, and say what the tickets themselves would say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from metrics import days, statement
from metrics.asking import ask
from metrics.facts.adding_up import add_up
from metrics.facts.storing import mark
from metrics.measures import MEASURES as KNOWN
from metrics.models import DirtyDay, Fact
from metrics.questions import Answer, Figure, Question
from metrics.spans import Span, reporting_zone
from tests.metrics.test_asking import fact, moment
from tickets.models import Inbox, Rating, Ticket

FIRST = datetime(2026, 3, 20, tzinfo=UTC)  # across the day on which Berlin's clock is put forward
LAST_DAY = 14
MEASURES = (
    "opened", "solved", "one_touch", "replies", "reopens", "sla_achieved", "sla_met", "csat", "ratings_bad",
    "first_reply", "full_resolution", "on_hold", "reply_time", "csat_surveyed",
)  # fmt: skip
ASKED: Sequence[Sequence[str]] = (
    (), ("day",), ("week",), ("month",), ("channel",), ("agent",), ("team",), ("priority",), ("inbox",),
    ("day", "channel"), ("agent", "week"), ("weekday",), ("weekday", "channel"), ("hour",),
    ("weekday", "hour"), ("hour", "weekday"),
)  # fmt: skip


def condition(field: str, value: Any, operator: str = "is") -> dict[str, Any]:
    return {"all": [{"field": field, "operator": operator, "value": value}]}


@pytest.fixture
def world(ada: Customer, support: Inbox, billing: Inbox, grace: User, alan: User, support_team: Team) -> list[Ticket]:
    """Sixty tickets of every kind, told at random times, added up."""
    legal = Team.objects.create(name="Legal", is_private=True)
    chance = random.Random(9)
    tickets = Ticket.objects.bulk_create(
        Ticket(
            subject=f"Question {n}", requester=ada, inbox=chance.choice([support, billing]),
            team=chance.choice([support_team, legal, None]), assignee=chance.choice([grace, alan, None]),
            priority=chance.choice(["", "low", "high"]), channel=chance.choice(["email", "chat", "phone"]),
        )
        for n in range(60)
    )  # fmt: skip
    for ticket in tickets:
        _happen(ticket, chance, [grace, alan], [support_team, legal])
    zone = reporting_zone()
    mark({FIRST.astimezone(zone).date() + timedelta(days=n) for n in range(-1, LAST_DAY + 2)}, now=FIRST)
    while add_up(now=FIRST):
        pass
    return tickets


def _happen(ticket: Ticket, chance: random.Random, people: list[User], teams: list[Team]) -> None:
    def at() -> datetime:
        return FIRST + timedelta(seconds=chance.randrange(LAST_DAY * 86400))

    def seconds() -> int:
        return int(chance.lognormvariate(8, 3))

    durations = {name: seconds() for name in ("first_reply", "full_resolution", "on_hold")}
    business = {f"{name}_business": value // 3 for name, value in durations.items()}
    replied, solved = chance.random() < 0.8, chance.random() < 0.7
    fact(
        ticket, at(), first_reply_at=at() if replied else None, solved_at=at() if solved else None,
        replies=chance.randrange(4), is_merged=chance.random() < 0.1,
        **({**durations, **business} if replied else {"on_hold": durations["on_hold"]}),
    )  # fmt: skip
    for kind in chance.choices(["replied", "reopened", "met", "breached", "noted"], k=4):
        moment(
            ticket, kind, at(), user_id=chance.choice(people).pk, team_id=chance.choice(teams).pk,
            seconds=seconds() if chance.random() < 0.8 else None, seconds_business=seconds() // 4,
            name="first_reply_time" if kind in ("met", "breached") else "",
        )  # fmt: skip
    if chance.random() < 0.6:
        Rating.objects.create(ticket=ticket, score=chance.choice(["good", "bad"]), at=at(), team=ticket.team)


def both(monkeypatch: pytest.MonkeyPatch, question: Question) -> tuple[Answer, Answer]:
    """By the rows themselves, and by days."""
    exact = ask(question)
    monkeypatch.setattr(days, "EXACT", -1)
    monkeypatch.setattr(days, "FEW", -1)
    monkeypatch.setattr(statement, "EXACT", 0)
    close = ask(question)
    monkeypatch.undo()
    return exact, close


def span(first: int = 0, last: int = LAST_DAY) -> Span:
    start = FIRST.astimezone(reporting_zone()).date()
    return Span(start + timedelta(days=first), start + timedelta(days=last), reporting_zone())


def hold_equal(exact: Figure, close: Figure) -> None:
    assert (exact.n, exact.hits) == (close.n, close.hits)
    if exact.n and exact.mean is not None:
        assert close.mean == pytest.approx(exact.mean)
        assert close.is_close and not exact.is_close
        assert close.median is not None and close.p90 is not None and close.median <= close.p90
    else:
        assert close.value == pytest.approx(exact.value)
    assert (close.low, close.high) == (exact.low, exact.high)


def test_days_say_what_tickets_say(
    monkeypatch: pytest.MonkeyPatch, margaret: User, alan: User, support_team: Team, world: list[Ticket]
) -> None:
    narrowed: Sequence[dict[str, Any]] = (
        {},
        condition("priority", "high"),
        condition("group_id", ["", support_team.pk], "includes"),
    )
    for by in ASKED:
        for user in (margaret, alan):  # alan may not see the private team
            for conditions in narrowed:
                exact, close = both(monkeypatch, Question(MEASURES, span(), user, tuple(by), conditions))
                for name in MEASURES:
                    hold_equal(exact.total[name], close.total[name])
                told = {group.key: group.figures for group in close.groups}
                assert {group.key for group in exact.groups} == told.keys()
                for group in exact.groups:
                    for name, figure in group.figures.items():
                        hold_equal(figure, told[group.key][name])


def test_medians_of_days_are_right_within_one_per_cent(
    monkeypatch: pytest.MonkeyPatch, margaret: User, world: list[Ticket]
) -> None:
    """Held against the observation at that rank, which is what a histogram can know: with so few rows an
    interpolated median can lie anywhere between two of them."""
    question = Question(("first_reply",), span(), margaret)
    _exact, close = both(monkeypatch, question)
    told = Fact.objects.filter(is_merged=False, first_reply__isnull=False)
    values = sorted(value or 0 for value in told.values_list("first_reply", flat=True))
    for share, said in ((0.5, close.total["first_reply"].median), (0.9, close.total["first_reply"].p90)):
        rank = max(1, -(-len(values) * share // 1))
        assert said == pytest.approx(values[int(rank) - 1], rel=0.0101)


@pytest.mark.parametrize("by", [("day",), ("agent",), ("team", "week"), ("channel",)])
def test_histograms_of_rows_say_the_same_as_those_of_days(
    monkeypatch: pytest.MonkeyPatch, margaret: User, world: list[Ticket], by: tuple[str, ...]
) -> None:
    question = Question(("first_reply", "reply_time"), span(), margaret, by)
    monkeypatch.setattr(statement, "EXACT", 0)
    from_rows = ask(question)
    monkeypatch.setattr(days, "EXACT", -1)
    monkeypatch.setattr(days, "FEW", -1)
    from_days = ask(question)
    for name in question.measures:
        assert from_rows.total[name].median == from_days.total[name].median
        assert from_rows.total[name].p90_business == from_days.total[name].p90_business
        assert from_rows.total[name].is_close
    told = {group.key: group.figures for group in from_days.groups}
    for group in from_rows.groups:
        for name, figure in group.figures.items():
            assert (figure.median, figure.p90_business) == (
                told[group.key][name].median,
                told[group.key][name].p90_business,
            )


def test_a_day_that_waits_to_be_added_up_is_told_from_its_tickets(
    monkeypatch: pytest.MonkeyPatch, margaret: User, world: list[Ticket]
) -> None:
    monkeypatch.setattr(days, "EXACT", -1)
    monkeypatch.setattr(days, "FEW", -1)
    before = ask(Question(("opened",), span(), margaret)).total["opened"].n
    Fact.objects.filter(ticket=world[0]).delete()
    assert ask(Question(("opened",), span(), margaret)).total["opened"].n == before
    mark({span().first}, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert ask(Question(("opened",), span(), margaret)).total["opened"].n == before - 1
    assert DirtyDay.objects.exists()


@pytest.mark.parametrize(
    ("conditions", "measure", "expected"),
    [
        ({}, "opened", True),
        (condition("via_id", "chat"), "opened", True),
        (condition("via_id", "chat"), "replies", False),  # a reply has a channel of its own
        (condition("assignee_id", "current_user"), "solved", True),
        (condition("current_tags", "vip", "includes"), "opened", False),
        (condition("priority", "high", "greater_than"), "opened", False),
        ({"all": [*condition("priority", "high")["all"], *condition("via_id", "chat")["all"]]}, "opened", False),
        ({"none": condition("priority", "high")["all"]}, "opened", False),
        (condition("group_id", 3), "replies", True),
        ({}, "nps", False),
        ({}, "chats", False),
    ],
)
def test_what_days_can_tell(margaret: User, conditions: dict[str, Any], measure: str, expected: bool) -> None:
    question = Question((measure,), span(), margaret, (), conditions)
    assert (days.plan(question, KNOWN[measure], []) is not None) is expected
