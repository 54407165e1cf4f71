"""What is added up ahead is what asking the rows themselves answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from metrics.asking import ask
from metrics.facts.adding_up import add_up
from metrics.facts.catching_up import catch_up
from metrics.histogram import quantile
from metrics.models import DayFigure, DirtyDay
from metrics.questions import Question
from metrics.spans import Span, reporting_zone
from tests.metrics.facts.test_telling import NINE, Life
from tickets import services
from tickets.models import Inbox, Rating

pytestmark = pytest.mark.django_db
MONDAY = NINE.date()


def add_all_up() -> list[date]:
    while not catch_up(now=timezone.now()).is_done:
        pass
    added: list[date] = []
    while day := add_up(now=timezone.now()):
        added.append(day)
    return added


def total(measure: str, dimension: str = "", **more: object) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for row in DayFigure.objects.filter(measure=measure, dimension=dimension, **more):
        n, seconds = sums.get(row.key, (0, 0))
        sums[row.key] = (n + row.n, seconds + row.total)
    return sums


def test_days_hold_what_their_rows_answer(ada: Customer, support: Inbox, grace: User, alan: User, radia: User) -> None:
    for hours, agent in ((1, grace), (3, alan), (30, grace)):
        life = Life(ada, support)
        life.after(hours=hours).replies(agent, "solved")
    assert services.rate(life.ticket, "good", actor=life.customer, now=life.now)
    assert Rating.objects.exists()
    add_all_up()
    assert not DirtyDay.objects.exists()
    assert total("opened") == {"": (3, 0)}
    assert total("replies", "agent") == {str(grace.pk): (2, 0), str(alan.pk): (1, 0)}
    assert total("first_reply")[""] == (3, 34 * 3600)
    assert total("one_touch") == {"": (3, 3)}
    assert total("csat") == {"": (1, 1)}
    assert total("opened", "hour") == {"9": (3, 0)}
    span = Span(MONDAY, MONDAY + timedelta(days=3), reporting_zone())
    answer = ask(Question(("first_reply", "opened", "csat"), span, radia, by=("channel",)))
    for measure, figure in answer.total.items():
        assert sum(n for n, _ in total(measure).values()) == figure.n
    exact = answer.total["first_reply"]
    counts: dict[int, int] = {}
    for row in DayFigure.objects.filter(measure="first_reply", dimension=""):
        for bucket, n in zip(row.buckets, row.counts, strict=True):
            counts[bucket] = counts.get(bucket, 0) + n
    assert exact.median is not None
    assert quantile(counts, 0.5) == pytest.approx(exact.median, rel=0.01)


def test_only_days_on_which_something_differs_are_added_up_again(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    life.after(days=3).replies(grace)
    add_all_up()
    kept = set(DayFigure.objects.values_list("pk", flat=True))
    life.after(days=2).becomes("solved", grace)
    added = add_all_up()
    assert added == [life.now.date()]
    assert kept <= set(DayFigure.objects.values_list("pk", flat=True))


def test_another_team_moves_the_ticket_on_each_of_its_days(ada: Customer, support: Inbox, grace: User) -> None:
    life, billing = Life(ada, support), Team.objects.create(name="Billing")
    life.after(days=3).replies(grace, "solved")
    add_all_up()
    life.after(days=2).goes_to(billing, grace)
    assert set(add_all_up()) == {MONDAY, MONDAY + timedelta(days=3), MONDAY + timedelta(days=5)}
    assert set(DayFigure.objects.values_list("team_id", flat=True)) == {billing.pk}


def test_a_reply_that_is_taken_back_leaves_its_day(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    message = life.after(days=1).replies(grace)
    add_all_up()
    assert total("replies") == {"": (1, 0)}
    with services.gesture(life.ticket, actor=Actor.agent(grace), now=life.now + timedelta(seconds=5)):
        services.retract_reply(message, actor=Actor.agent(grace))
    assert MONDAY + timedelta(days=1) in add_all_up()
    assert not total("replies") and not total("first_reply")
