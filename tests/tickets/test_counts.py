"""Counts of many views: right, shared, cheap, and never in anybody's way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets import counting, counts, counts_cache, realtime, services
from tickets.conditions import as_q, scope_of
from tickets.counts import Question, of_views
from tickets.counts_cache import Entry
from tickets.models import Status, Ticket
from tickets.models.ticket import TicketQuerySet

pytestmark = pytest.mark.django_db
UNSOLVED = {"all": [{"field": "status", "operator": "less_than", "value": "solved"}]}
MINE = {"all": [{"field": "assignee_id", "operator": "is", "value": "current_user"}]}


@pytest.fixture(autouse=True)
def valkey_is_there() -> Iterator[None]:
    counts_cache._own.clear()
    yield
    counts_cache._away_until = 0


def ask(tree: dict[str, Any], user: User, key: str = "v1") -> Question:
    def tickets() -> TicketQuerySet:
        visible: TicketQuerySet = Ticket.objects.visible_to(user)
        return visible.filter(as_q(tree, user=user, now=timezone.now()))

    return Question(key, tickets, scope_of(tree, user))


def changes() -> int:
    return counts_cache.entries(["any"])[1] or 0


def slow(key: str = "slow") -> Question:
    """A view that takes half a second whatever it finds."""
    return Question(
        key, lambda: Ticket.objects.annotate(nap=RawSQL("pg_sleep(0.5)", [])).filter(nap__isnull=False), key
    )


def test_counts_by_key_and_knows_them_afterwards(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked = [ask(UNSOLVED, grace, "unsolved"), ask(MINE, grace, "mine")]
    assert of_views(asked, grace) == {"unsolved": 1, "mine": 0}
    with django_assert_num_queries(0):
        assert of_views(asked, grace) == {"unsolved": 1, "mine": 0}


def test_fifty_views_take_four_statements(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    trees = [{"all": [{"field": "replies", "operator": "less_than", "value": n}]} for n in range(1, 51)]
    asked = [ask(tree, grace, str(n)) for n, tree in enumerate(trees)]
    assert grace.hidden_team_ids == []
    with django_assert_num_queries(4):
        assert set(of_views(asked, grace, wait=counts.FRAGMENT).values()) == {1}


def test_a_count_is_right_as_soon_as_a_ticket_has_changed(
    adas_ticket: Ticket, grace: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    asked = [ask(UNSOLVED, grace)]
    assert of_views(asked, grace) == {"v1": 1}
    with django_capture_on_commit_callbacks(execute=True):
        services.change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    assert of_views(asked, grace) == {"v1": 0}


def test_counts_stop_at_the_cap(adas_ticket: Ticket, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        open_for(adas_ticket.requester, adas_ticket.inbox, f"Question {number}")
    monkeypatch.setattr(counting, "CAP", 2)
    assert of_views([ask({}, grace)], grace) == {"v1": 2}


def test_people_who_may_see_the_same_share_what_names_nobody(adas_ticket: Ticket, grace: User, alan: User) -> None:
    services.assign(adas_ticket, grace, actor=SYSTEM)
    assert of_views([ask(UNSOLVED, grace, "u"), ask(MINE, grace, "m")], grace) == {"u": 1, "m": 1}
    with CaptureQueriesContext(connection) as statements:
        assert of_views([ask(UNSOLVED, alan, "u"), ask(MINE, alan, "m")], alan) == {"u": 1, "m": 0}
    counted = [query["sql"] for query in statements if "count(*)" in query["sql"]]
    assert len(counted) == 1 and counted[0].count("count(*)") == 1


def test_a_private_team_has_counts_of_its_own(adas_ticket: Ticket, grace: User, alan: User) -> None:
    secret = Team.objects.create(name="Legal", is_private=True)
    grace.teams.add(secret)
    services.assign_team(adas_ticket, secret, actor=SYSTEM)
    assert of_views([ask(UNSOLVED, grace)], grace) == {"v1": 1}
    assert of_views([ask(UNSOLVED, alan)], alan) == {"v1": 0}


def test_what_takes_too_long_is_unknown_and_holds_nobody_up(adas_ticket: Ticket, grace: User) -> None:
    asked = [slow(), ask(UNSOLVED, grace), slow("slow too")]
    began = time.monotonic()
    assert of_views(asked, grace)["slow"] is None
    assert time.monotonic() - began < 1
    assert of_views(asked, grace, wait=counts.FRAGMENT) == {"slow": None, "v1": 1, "slow too": None}
    assert time.monotonic() - began < 2
    with CaptureQueriesContext(connection) as statements:  # they have to wait for their next turn
        assert of_views(asked, grace) == {"slow": None, "v1": 1, "slow too": None}
    assert not statements.captured_queries


def test_a_dear_count_waits_its_turn_and_says_so(adas_ticket: Ticket, grace: User) -> None:
    question = ask(UNSOLVED, grace)
    name = f"{counts.PREFIX}::{question.scope}"
    counts_cache.write({name: Entry(7, changes(), time.time() - 1, savings=-0.05, cost=0.005)})
    realtime.publish({"t": "changed", "topics": ["queue"]})
    found = of_views([question], grace)
    assert found == {"v1": 7} and 8 < found.again_in < 10
    counts_cache.write({name: Entry(7, changes() - 1, time.time() - 11, savings=-0.05, cost=0.005)})
    found = of_views([question], grace)
    assert found == {"v1": 1} and found.again_in == 0


def test_a_page_leaves_to_the_fragment_what_would_hold_it_up(adas_ticket: Ticket, grace: User) -> None:
    cheap, dear = ask(UNSOLVED, grace, "cheap"), ask(MINE, grace, "dear")
    now = time.time()
    counts_cache.write(
        {
            f"{counts.PREFIX}::{cheap.scope}": Entry(7, changes(), now, savings=0.1, cost=0.001),
            f"{counts.PREFIX}::{dear.scope}": Entry(7, changes(), now, savings=0.1, cost=0.05),
        }
    )
    realtime.publish({"t": "changed", "topics": ["queue"]})
    found = of_views([dear, cheap], grace)
    assert found == {"cheap": 1, "dear": 7} and 0 < found.again_in < 1
    found = of_views([dear, cheap], grace, wait=counts.FRAGMENT)
    assert found == {"cheap": 1, "dear": 0} and found.again_in == 0


def test_what_no_signal_tells_of_is_seen_after_a_while(adas_ticket: Ticket, grace: User) -> None:
    question = ask(UNSOLVED, grace)
    of_views([question], grace)
    Ticket.objects.update(status=Status.PENDING, priority="high")
    Ticket.objects.update(status=Status.SOLVED)
    assert of_views([question], grace) == {"v1": 1}
    name = f"{counts.PREFIX}::{question.scope}"
    entry = counts_cache.entries([name])[0][name]
    counts_cache.write({name: entry._replace(at=entry.at - counts.MAX_AGE)})
    assert of_views([question], grace) == {"v1": 0}


def test_without_valkey_counts_are_right_and_the_slow_ones_still_wait(
    adas_ticket: Ticket, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = redis.Redis.from_url("unix:///nonexistent/valkey.sock", decode_responses=True)
    monkeypatch.setattr(counts_cache, "valkey", lambda: nowhere)
    asked = [ask(UNSOLVED, grace), slow()]
    assert of_views(asked, grace, wait=counts.FRAGMENT) == {"v1": 1, "slow": None}
    Ticket.objects.filter(pk=adas_ticket.pk).update(status=Status.SOLVED, solved_at=adas_ticket.created_at)
    began = time.monotonic()
    assert of_views(asked, grace) == {"v1": 0, "slow": None}
    assert time.monotonic() - began < 0.4


def test_what_reads_messages_holds_nobody_up_who_is_counted_for_the_first_time(
    adas_ticket: Ticket, grace: User
) -> None:
    words = {"all": [{"field": "comment_includes_word", "operator": "includes", "value": "rattles"}]}
    asked = [ask(words, grace, "words"), ask(UNSOLVED, grace, "unsolved"), ask(MINE, grace, "mine")]
    with CaptureQueriesContext(connection) as statements:
        assert of_views(asked, grace) == {"words": 1, "unsolved": 1, "mine": 0}
    counted = [query["sql"] for query in statements if "count(*)" in query["sql"]]
    assert [("tickets_message" in sql, sql.count("count(*)")) for sql in counted] == [(False, 2), (True, 1)]
    realtime.publish({"t": "changed", "topics": ["queue"]})  # and now it is known to be cheap
    with CaptureQueriesContext(connection) as statements:
        of_views(asked, grace, wait=counts.FRAGMENT)
    assert len([query for query in statements if "count(*)" in query["sql"]]) == 1


def test_an_empty_list_costs_nothing(grace: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    assert grace.hidden_team_ids == []
    with django_assert_num_queries(0):
        assert of_views([Question("none", lambda: Ticket.objects.filter(Q(pk__in=[])), "none")], grace) == {"none": 0}


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_time_ends_with_the_statement(adas_ticket: Ticket, grace: User) -> None:
    """Outside a transaction, as pages count: neither success nor failure leaves a limit or an open transaction."""
    assert of_views([slow(), ask(UNSOLVED, grace)], grace, wait=counts.FRAGMENT) == {"slow": None, "v1": 1}
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    assert not connection.connection.pgconn.transaction_status
