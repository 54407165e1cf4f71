"""Questions and their answers, told from rows written here by hand: tests/metrics/facts hold how those come about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from metrics.asking import Unknown, ask, behind
from metrics.models import BacklogDay, Fact, Moment
from metrics.questions import Answer, Question
from metrics.spans import Span
from tests.cast import open_for
from tickets.models import Inbox, Rating, Ticket

BERLIN = ZoneInfo("Europe/Berlin")
MARCH = Span(date(2026, 3, 1), date(2026, 3, 31), BERLIN)


def fact(ticket: Ticket, opened: datetime, **more: Any) -> Fact:
    own = {name: getattr(ticket, name) for name in ("status", "priority", "type", "channel", "inbox_id", "team_id")}
    return Fact.objects.create(
        ticket=ticket, event_id=1, edition=1, opened_at=opened, assignee_id=ticket.assignee_id, **{**own, **more}
    )


def moment(ticket: Ticket, kind: str, at: datetime, **more: Any) -> Moment:
    return Moment.objects.create(ticket=ticket, kind=kind, at=at, channel=ticket.channel, **more)


def asked(user: User, *measures: str, by: Sequence[str] = (), span: Span = MARCH, **conditions: Any) -> Answer:
    return ask(Question(measures, span, user, tuple(by), conditions))


def on(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def told(answer: Answer, measure: str) -> dict[Any, Any]:
    return {key[0] if len(key) == 1 else key: figures[measure].value for key, figures in _groups(answer)}


def _groups(answer: Answer) -> list[tuple[tuple[str, ...], Any]]:
    return [(group.key, group.figures) for group in answer.groups]


@pytest.fixture
def tickets(ada: Customer, support: Inbox) -> list[Ticket]:
    return [open_for(ada, support, f"Question {n}") for n in range(4)]


def test_counts_by_day_with_days_on_which_nothing_was(margaret: User, tickets: list[Ticket]) -> None:
    for ticket, day in zip(tickets, (1, 1, 3, 31), strict=True):
        fact(ticket, on(day))
    answer = asked(margaret, "opened", by=["day"])
    assert answer.total["opened"].value == 4
    counts = told(answer, "opened")
    assert len(counts) == 31
    assert (counts["2026-03-01"], counts["2026-03-02"], counts["2026-03-03"]) == (2, 0, 1)


def test_days_are_those_of_the_zone_also_where_the_clock_changes(margaret: User, tickets: list[Ticket]) -> None:
    moments = (
        datetime(2026, 2, 28, 22, 59, tzinfo=UTC),  # the 28th, a minute before midnight
        datetime(2026, 2, 28, 23, 0, tzinfo=UTC),  # the 1st
        datetime(2026, 3, 28, 22, 59, tzinfo=UTC),  # the 28th, by winter's clock
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC),  # the 30th, by summer's
    )
    for ticket, at in zip(tickets, moments, strict=True):
        fact(ticket, at)
    counts = told(asked(margaret, "opened", by=["day"]), "opened")
    assert {day: n for day, n in counts.items() if n} == {"2026-03-01": 1, "2026-03-28": 1, "2026-03-30": 1}


def test_durations_have_mean_median_and_p90_in_both_times(margaret: User, tickets: list[Ticket]) -> None:
    for ticket, seconds in zip(tickets, (10, 20, 30, 1000), strict=True):
        fact(ticket, on(2), first_reply_at=on(2), first_reply=seconds, first_reply_business=seconds // 10)
    figure = asked(margaret, "first_reply").total["first_reply"]
    assert (figure.n, figure.value, figure.median, figure.mean) == (4, 25, 25, 265)
    assert figure.p90 == pytest.approx(30 + 0.7 * 970)
    assert (figure.median_business, figure.mean_business) == (2.5, 26.5)
    assert not figure.is_close


def test_merged_tickets_are_in_no_average_and_counted_apart(margaret: User, tickets: list[Ticket]) -> None:
    for ticket, merged in zip(tickets, (False, False, False, True), strict=True):
        fact(ticket, on(1), solved_at=on(2), full_resolution=86400, is_merged=merged)
    total = asked(margaret, "opened", "solved", "merged", "full_resolution").total
    assert {name: figure.n for name, figure in total.items()} == {
        "opened": 4, "solved": 3, "merged": 1, "full_resolution": 3,
    }  # fmt: skip


def test_touches_are_shares_of_what_was_solved(margaret: User, tickets: list[Ticket]) -> None:
    for ticket, replies in zip(tickets, (0, 1, 1, 5), strict=True):
        fact(ticket, on(1), solved_at=on(2), replies=replies)
    total = asked(margaret, "zero_touch", "one_touch", "two_touch", "multi_touch").total
    assert [figure.value for figure in total.values()] == [25, 50, 0, 25]
    assert [figure.hits for figure in total.values()] == [1, 2, 0, 1]
    assert total["one_touch"].low == pytest.approx(15.0, abs=0.1)
    assert total["one_touch"].high == pytest.approx(85.0, abs=0.1)


def test_moments_count_for_the_agent_and_team_of_their_time(
    margaret: User, grace: User, alan: User, support_team: Team, tickets: list[Ticket]
) -> None:
    moment(tickets[0], "replied", on(1), user_id=grace.pk, team_id=support_team.pk, seconds=60)
    moment(tickets[0], "replied", on(2), user_id=alan.pk, seconds=120)
    moment(tickets[0], "replied", on(2), user_id=alan.pk)
    answer = asked(margaret, "replies", "reply_time", by=["agent"])
    assert told(answer, "replies") == {str(alan.pk): 2, str(grace.pk): 1}
    assert told(answer, "reply_time") == {str(alan.pk): 120, str(grace.pk): 60}
    assert [group.names for group in answer.groups] == [("Alan Turing",), ("Grace Hopper",)]
    assert told(asked(margaret, "replies", by=["team"]), "replies") == {"": 2, str(support_team.pk): 1}


def test_only_the_latest_rating_of_a_ticket_counts(margaret: User, grace: User, tickets: list[Ticket]) -> None:
    latest = Rating.objects.create(ticket=tickets[0], score="good", at=on(2), assignee=grace)
    Rating.objects.create(ticket=tickets[0], score="bad", at=on(1), assignee=grace, replaced_by=latest)
    Rating.objects.create(ticket=tickets[1], score="bad", at=on(3))
    total = asked(margaret, "csat", "ratings_good", "ratings_bad").total
    assert (total["csat"].value, total["csat"].n, total["csat"].hits) == (50, 2, 1)
    assert (total["ratings_good"].value, total["ratings_bad"].value) == (1, 1)


def test_scores_are_means_with_their_interval(margaret: User, tickets: list[Ticket]) -> None:
    for ticket, (value, score) in zip(tickets, ((10, "good"), (9, "good"), (7, "neutral"), (2, "bad")), strict=True):
        Rating.objects.create(ticket=ticket, kind="nps", scale=11, value=value, score=score, at=on(2))
        Rating.objects.create(ticket=ticket, kind="ces", scale=7, value=value // 2 + 1, score=score, at=on(2))
    total = asked(margaret, "nps", "ces", "csat").total
    assert (total["nps"].value, total["ces"].value, total["csat"].value) == (25, 4.25, None)
    assert total["nps"].low == pytest.approx(25 - 93.8, abs=0.1)
    assert total["nps"].high == pytest.approx(25 + 93.8, abs=0.1)


def test_two_dimensions_and_what_can_not_be_told_by_one(margaret: User, tickets: list[Ticket]) -> None:
    fact(tickets[0], on(2, 7), priority="high")
    fact(tickets[1], on(3, 20))
    answer = asked(margaret, "opened", by=["weekday", "hour"])
    assert len(answer.groups) == 7 * 24
    assert told(answer, "opened")["1", "8"] == 1  # Monday, eight o'clock in Berlin
    by_metric = asked(margaret, "opened", by=["sla_metric"])
    assert by_metric.total["opened"].value == 2
    assert by_metric.groups == []
    assert by_metric.notes == ("Opened can’t be told by SLA metric.",)


def test_a_ticket_with_two_tags_stands_under_both_and_is_one(margaret: User, tickets: list[Ticket]) -> None:
    Ticket.objects.filter(pk=tickets[0].pk).update(tags=["parcel", "late"])
    for ticket in tickets[:2]:
        fact(ticket, on(2))
    answer = asked(margaret, "opened", by=["tag"])
    assert answer.total["opened"].value == 2
    assert told(answer, "opened") == {"late": 1, "parcel": 1, "": 1}


def test_conditions_hold_for_every_kind_of_rows(margaret: User, grace: User, tickets: list[Ticket]) -> None:
    Ticket.objects.filter(pk=tickets[0].pk).update(priority="high", tags=["parcel"])
    tickets[0].refresh_from_db()
    for ticket in tickets:
        fact(ticket, on(2))
        moment(ticket, "replied", on(3), user_id=grace.pk)
        Rating.objects.create(ticket=ticket, score="good", at=on(4))
    for condition in (
        {"field": "priority", "operator": "is", "value": "high"},
        {"field": "current_tags", "operator": "includes", "value": "parcel"},
    ):
        total = asked(margaret, "opened", "replies", "csat", "ticket_age", all=[condition]).total
        assert [figure.n for figure in total.values()] == [1, 1, 1, 1]


def test_private_teams_of_others_are_left_out(margaret: User, alan: User, tickets: list[Ticket]) -> None:
    secret = Team.objects.create(name="Legal", is_private=True)
    Ticket.objects.filter(pk=tickets[0].pk).update(team=secret)
    tickets[0].refresh_from_db()
    for ticket in tickets:
        fact(ticket, on(2))
        moment(ticket, "replied", on(3))
        Rating.objects.create(ticket=ticket, score="good", at=on(4))
    measures = ("opened", "replies", "ratings_good", "ticket_age", "backlog")
    today = Span(date(2026, 3, 1), date(2090, 1, 1), BERLIN)
    assert {figure.n for figure in asked(margaret, *measures, span=today).total.values()} == {4}
    assert {figure.n for figure in asked(alan, *measures, span=today).total.values()} == {3}


def test_the_backlog_is_that_of_the_last_day(margaret: User, support_team: Team, support: Inbox) -> None:
    for day, n in ((30, 7), (31, 5)):
        for team_id, more in ((support_team.pk, 0), (0, 1)):
            BacklogDay.objects.create(
                day=date(2026, 3, day), status="open", team_id=team_id, inbox_id=support.pk, channel="email", n=n + more
            )
    answer = asked(margaret, "backlog", by=["team"])
    assert answer.total["backlog"].value == 11
    assert told(answer, "backlog") == {str(support_team.pk): 5, "": 6}
    assert told(asked(margaret, "backlog", by=["month"]), "backlog") == {"2026-03-01": 11}
    filtered = asked(margaret, "backlog", all=[{"field": "current_tags", "operator": "includes", "value": "x"}])
    assert filtered.notes


def test_every_number_has_its_tickets(margaret: User, grace: User, tickets: list[Ticket]) -> None:
    for n, ticket in enumerate(tickets):
        fact(ticket, on(1 + n % 2), solved_at=on(2), replies=n)
        moment(ticket, "replied", on(3), user_id=grace.pk if n else None)
    question = Question(("opened", "one_touch", "replies", "ticket_age"), MARCH, margaret, ("day",))
    assert set(behind(question, "opened", ("2026-03-01",))) == {tickets[0], tickets[2]}
    assert set(behind(question, "opened")) == set(tickets)
    assert set(behind(question, "one_touch")) == {tickets[1]}
    assert not behind(question, "ticket_age", ("2026-03-01",))
    by_agent = Question(("replies",), MARCH, margaret, ("agent",))
    assert set(behind(by_agent, "replies", ("",))) == {tickets[0]}
    assert set(behind(by_agent, "replies", (str(grace.pk),))) == set(tickets[1:])


def test_what_is_not_there_is_named(margaret: User) -> None:
    with pytest.raises(Unknown, match="no measure “happiness”"):
        asked(margaret, "happiness")
    with pytest.raises(Unknown, match="told by “moon”"):
        asked(margaret, "opened", by=["moon"])


def test_last_days_of_a_month_and_weeks_that_begin_before(margaret: User, tickets: list[Ticket]) -> None:
    fact(tickets[0], on(1))
    span = Span(date(2026, 2, 27), date(2026, 3, 9), BERLIN)
    assert list(told(asked(margaret, "opened", by=["week"], span=span), "opened").items()) == [
        ("2026-02-23", 1), ("2026-03-02", 0), ("2026-03-09", 0),
    ]  # fmt: skip
    assert list(told(asked(margaret, "opened", by=["month"], span=span), "opened")) == ["2026-02-01", "2026-03-01"]
    assert span.before.last - span.before.first == timedelta(days=10)
