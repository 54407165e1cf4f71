"""Every duration says how it adds up, to the second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from customers.models import Customer
from helpdesk.accounts.calendar_changes import add_day, create_calendar, make_default
from helpdesk.accounts.models import Team, User
from metrics.receipts import receipts_of
from tests.metrics.facts.test_telling import NINE, Life
from tickets.models import Inbox

pytestmark = pytest.mark.django_db
WEEK = [[day * 1440 + 540, day * 1440 + 1020] for day in range(1, 6)]  # nine to five, Monday to Friday


@pytest.fixture
def life(ada: Customer, support: Inbox, grace: User) -> Life:
    """Opened on Monday at nine, solved a week later; a holiday and a weekend between."""
    utc = make_default(create_calendar("London", time_zone="UTC", week=WEEK, now=NINE - timedelta(days=9)))
    add_day(utc, "Founders", first=NINE.date() + timedelta(days=2), last=NINE.date() + timedelta(days=2), now=NINE)
    life = Life(ada, support)
    life.after(hours=2, seconds=1, microseconds=700_000).replies(grace, "pending")
    life.after(days=1).writes()
    life.after(days=6).replies(grace, "solved")
    return life


def test_lines_add_up_to_what_is_kept(life: Life) -> None:
    fact, told = life.told(), receipts_of(life.ticket)
    assert told.is_true
    for receipt in told.durations:
        name = receipt.measure.name
        assert receipt.seconds == getattr(fact, name) == sum(line.seconds for line in receipt.lines)
        assert receipt.working == getattr(fact, f"{name}_business") == sum(line.working for line in receipt.lines)
    assert {"first_reply", "full_resolution", "requester_wait", "agent_wait"} <= {
        receipt.measure.name for receipt in told.durations
    }


def test_pauses_nights_and_holidays_are_named(life: Life) -> None:
    life.told()
    lines = next(it.lines for it in receipts_of(life.ticket).durations if it.measure.name == "requester_wait")
    assert "Founders" in {line.why for line in lines}
    assert "Outside of working hours" in {line.why for line in lines}
    pause = next(line for line in lines if not line.counts)
    assert pause.why == "Status: Pending" and pause.end - pause.start == timedelta(days=1)


def test_it_says_when_what_is_kept_is_behind_or_wrong(life: Life, grace: User) -> None:
    assert receipts_of(life.ticket).is_true is None
    fact = life.told()
    fact.first_reply = 1
    fact.save()
    assert receipts_of(life.ticket).is_true is False


def test_whoever_may_see_the_ticket_sees_its_receipts(
    life: Life, client: Client, linus: User, margaret: User, support_team: Team
) -> None:
    life.told()
    client.force_login(linus)
    page = client.get(f"/reports/tickets/{life.number}/")
    assert page.status_code == 200 and "First reply time" in page.content.decode()
    support_team.is_private = True
    support_team.save()
    assert client.get(f"/reports/tickets/{life.number}/").status_code == 404


def test_the_details_of_a_ticket_lead_there(life: Life, client: Client, grace: User) -> None:
    client.force_login(grace)
    assert f"/reports/tickets/{life.number}/" in client.get(f"/agent/tickets/{life.number}/").content.decode()
