"""The wallboard: what goes on now, told straight from rows, and only as far as somebody may see it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Availability, Team, User
from helpdesk.lib.valkey import valkey
from metrics.intervals import wilson
from metrics.models import Fact
from metrics.wall.board import Scope, look
from metrics.wall.shared import shared
from tests.cast import open_for
from tickets.models import Inbox, Rating, Ticket
from tickets.services import add_reply, assign_team, change_status

pytestmark = pytest.mark.django_db
ALL = Scope()


@pytest.fixture(autouse=True)
def no_board_of_another_test() -> None:
    if names := valkey().keys("*:wall:*"):
        valkey().delete(*names)


def board(scope: Scope = ALL, now: datetime | None = None) -> dict[str, object]:
    now = now or timezone.now()
    return look(scope, now=now, midnight=now.replace(hour=0, minute=0, second=0, microsecond=0))


def test_who_waits_and_since_when(adas_ticket: Ticket, support_team: Team) -> None:
    found = board()

    assert found["waiting"] == 1
    assert found["unassigned"] == 1
    assert adas_ticket.waiting_since is not None
    assert found["waits_since"] == adas_ticket.waiting_since.timestamp()
    assert found["teams"] == [{"id": support_team.pk, "name": "Support", "new": 1, "open": 0, "waiting": 1}]


def test_an_answer_ends_the_wait(adas_ticket: Ticket, grace: User) -> None:
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    change_status(adas_ticket, "solved", actor=Actor.agent(grace))

    found = board()

    assert (found["waiting"], found["waits_since"]) == (0, None)
    assert found["today"] == {"opened": 1, "solved": 0, "replied": 0, "reply": None, "good": 0, "bad": 0}


def test_first_replies_of_today_by_their_facts_and_the_latest_votes(adas_ticket: Ticket, ada: Customer) -> None:
    now = timezone.now()
    Fact.objects.update_or_create(
        ticket=adas_ticket,
        defaults={
            "event_id": 1, "edition": 1, "status": "open", "channel": "email", "inbox_id": adas_ticket.inbox_id,
            "team_id": adas_ticket.team_id, "opened_at": now, "first_reply_at": now, "first_reply": 90,
            "solved_at": now,
        },
    )  # fmt: skip
    kept = Rating.objects.create(ticket=adas_ticket, customer=ada, score="good", at=now)
    Rating.objects.create(ticket=adas_ticket, customer=ada, score="bad", at=now, replaced_by=kept)

    assert board()["today"] == {"opened": 1, "solved": 1, "replied": 1, "reply": 90.0, "good": 1, "bad": 0}


def test_promises_due_within_the_hour_and_those_that_are_late(
    adas_ticket: Ticket, ada: Customer, support: Inbox
) -> None:
    now = timezone.now()
    late = open_for(ada, support, "Late")
    Ticket.objects.filter(pk=late.pk).update(sla_due_at=now - timedelta(minutes=5), sla_metric="first_reply_time")
    soon = now + timedelta(minutes=20)
    Ticket.objects.filter(pk=adas_ticket.pk).update(sla_due_at=soon, sla_metric="next_reply_time")

    due = board(now=now)["due"]

    row = {"number": adas_ticket.pk, "at": soon.timestamp(), "metric": "next_reply_time", "who": None}
    assert due == {"soon": 1, "late": 1, "first": [row]}


def test_who_is_there(grace: User, alan: User, linus: User) -> None:
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    User.objects.filter(pk=alan.pk).update(availability=Availability.AWAY)
    User.objects.filter(pk=linus.pk).update(availability=Availability.ONLINE)  # a light agent takes no work

    people = board()["people"]

    assert isinstance(people, list)
    assert [(one["name"], one["state"]) for one in people] == [("Grace Hopper", "online"), ("Alan Turing", "away")]


def test_tickets_of_private_teams_count_for_their_people_only(adas_ticket: Ticket, grace: User, alan: User) -> None:
    secret = Team.objects.create(name="Legal", is_private=True)
    assign_team(adas_ticket, secret, actor=Actor.agent(grace))
    grace.teams.add(secret)

    theirs, others = (board(Scope.of(User.objects.get(pk=user.pk))) for user in (grace, alan))

    assert (theirs["waiting"], others["waiting"]) == (1, 0)
    assert isinstance(others["today"], dict)
    assert others["today"]["opened"] == 0
    assert [team["name"] for team in others["teams"]] == ["Support"]  # type: ignore[attr-defined]


def test_one_team_alone(adas_ticket: Ticket, ada: Customer, billing: Inbox, support_team: Team) -> None:
    open_for(ada, billing, "The bill")

    assert board()["waiting"] == 2
    assert board(Scope(team=support_team.pk))["waiting"] == 1


def test_boards_share_one_look() -> None:
    asked = []

    def look_once() -> dict[str, object]:
        asked.append(1)
        return {"at": timezone.now().timestamp(), "waiting": 3}

    found = [shared(ALL, look_once) for _ in range(50)]

    assert len(asked) == 1
    assert {each["waiting"] for each in found} == {3}


def test_while_one_looks_the_others_show_what_there_was() -> None:
    shared(ALL, lambda: {"at": timezone.now().timestamp() - 30, "waiting": 3})
    inner: list[dict[str, object]] = []

    def slow() -> dict[str, object]:
        inner.append(shared(ALL, lambda: pytest.fail("two looked at once")))
        return {"at": timezone.now().timestamp(), "waiting": 4}

    assert shared(ALL, slow)["waiting"] == 4
    assert inner[0]["waiting"] == 3


def test_the_page_takes_few_statements(
    client: Client, linus: User, adas_ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.wall.shared.FRESH", 60.0)  # on a busy machine two seconds pass between two questions
    monkeypatch.setattr("metrics.wall.shared.LONGEST", 60.0)
    client.force_login(linus)
    client.get("/reports/live/board/")
    valkey().delete(*valkey().keys("*:wall:*"))

    with CaptureQueriesContext(connection) as first:
        client.get("/reports/live/board/")
    with CaptureQueriesContext(connection) as again:
        answer = client.get("/reports/live/board/")

    assert len(first) <= 15
    assert len(again) <= 5  # who asks, and nothing of the board
    assert b"Customers waiting" in answer.content


def test_a_private_team_is_no_filter_for_others(client: Client, alan: User, support_team: Team) -> None:
    secret = Team.objects.create(name="Legal", is_private=True)
    client.force_login(alan)

    assert client.get("/reports/live/", {"team": support_team.pk}).status_code == 200
    assert client.get("/reports/live/", {"team": secret.pk}).status_code == 404
    assert client.get("/reports/live/", {"team": "x"}).status_code == 404


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(9, 10, 59.6, 98.2), (0, 5, 0, 43.4)])
def test_few_votes_leave_a_wide_interval(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=0.1)
