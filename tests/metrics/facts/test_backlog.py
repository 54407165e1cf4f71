"""The backlog at the end of each day, yesterday's and that of days long past."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.calendar_changes import create_calendar, make_default
from helpdesk.accounts.models import Team, User
from metrics.facts.backlog import keep_backlog, rebuild_backlog
from metrics.facts.catching_up import catch_up, is_anew
from metrics.models import BacklogDay
from tests.metrics.facts.test_telling import NINE, Life
from tickets import services
from tickets.models import Inbox

pytestmark = pytest.mark.django_db
MONDAY = NINE.date()
NIGHT = timedelta(days=1)


def kept(**by: object) -> dict[date, int]:
    days: Counter[date] = Counter()
    for row in BacklogDay.objects.filter(**by):
        days[row.day] += row.n
    return dict(days)


def test_each_night_counts_what_was_open_at_midnight(ada: Customer, support: Inbox, grace: User) -> None:
    first, second = Life(ada, support), Life(ada, support)
    assert not keep_backlog(now=NINE + timedelta(hours=1))
    keep_backlog(now=NINE + NIGHT)
    assert kept() == {MONDAY: 2}
    first.after(hours=26).replies(grace, "solved")
    second.after(hours=26).becomes("hold", grace)
    while keep_backlog(now=NINE + 3 * NIGHT):
        pass
    assert kept() == {MONDAY: 2, MONDAY + NIGHT: 1, MONDAY + 2 * NIGHT: 1}
    assert kept(status="hold") == {MONDAY + NIGHT: 1, MONDAY + 2 * NIGHT: 1}
    assert kept(status="new") == {MONDAY: 2}


def test_the_past_is_told_as_it_was(ada: Customer, support: Inbox, grace: User) -> None:
    billing = Team.objects.create(name="Billing")
    life = Life(ada, support)
    life.after(days=1).replies(grace, "pending")
    life.after(days=1).goes_to(billing, grace)
    with services.gesture(life.ticket, actor=Actor.agent(grace), now=life.after(days=1).now) as g:
        services.change_priority(g.ticket, "high", actor=g.actor)
        services.change_type(g.ticket, "incident", actor=g.actor)
    life.after(days=1).becomes("solved", grace)
    life.after(days=2).writes()
    rebuild_backlog(now=life.now + NIGHT)
    rows = {
        (row.day - MONDAY).days: (row.status, row.team_id, row.priority, row.type) for row in BacklogDay.objects.all()
    }
    team = support.team_id
    assert rows == {
        0: ("new", team, "", ""),
        1: ("pending", team, "", ""),
        2: ("pending", billing.pk, "", ""),
        3: ("pending", billing.pk, "high", "incident"),
        6: ("open", billing.pk, "high", "incident"),
    }


def test_days_that_were_missed_are_made_up_for_and_none_is_counted_twice(
    ada: Customer, support: Inbox, grace: User
) -> None:
    Life(ada, support)
    keep_backlog(now=NINE + NIGHT)
    for _again in range(6):
        keep_backlog(now=NINE + 4 * NIGHT)
    one_by_one = kept()
    rebuild_backlog(now=NINE + 4 * NIGHT)
    assert kept() == one_by_one == {MONDAY + n * NIGHT: 1 for n in range(4)}


def test_tickets_that_are_brought_in_later_are_counted_on_their_days(
    ada: Customer, support: Inbox, grace: User
) -> None:
    Life(ada, support)
    keep_backlog(now=NINE + 3 * NIGHT)
    old = Life(ada, support)
    old.after(hours=20).becomes("solved", grace)
    while not catch_up(now=NINE + 3 * NIGHT).is_done or is_anew():
        pass  # it waits for whoever writes in the cluster
    while keep_backlog(now=NINE + 3 * NIGHT):
        pass
    assert kept() == {MONDAY: 2, MONDAY + NIGHT: 1, MONDAY + 2 * NIGHT: 1}


def test_days_end_at_midnight_of_the_reporting_zone_whatever_the_clocks_do(
    ada: Customer, support: Inbox, grace: User
) -> None:
    """On 29 March 2026 Berlin's day has 23 hours: it ends at 22:00 UTC, the day before at 23:00."""
    make_default(create_calendar("Berlin", time_zone="Europe/Berlin", week=[[1980, 2460]], now=NINE))
    life = Life(ada, support)
    with services.gesture(life.ticket, actor=Actor.agent(grace), now=datetime(2026, 3, 28, 22, 59, tzinfo=UTC)) as g:
        services.change_status(g.ticket, "pending", actor=g.actor)
    with services.gesture(life.ticket, actor=Actor.agent(grace), now=datetime(2026, 3, 29, 21, 59, tzinfo=UTC)) as g:
        services.change_status(g.ticket, "solved", actor=g.actor)
    rebuild_backlog(now=datetime(2026, 4, 1, tzinfo=UTC))
    assert max(kept(status="new")) == date(2026, 3, 27)
    assert kept(status="pending") == {date(2026, 3, 28): 1}
