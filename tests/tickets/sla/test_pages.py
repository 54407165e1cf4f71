"""The pages of policies, receipts and what-ifs, and what lists and tickets show of targets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.calendar_changes import add_day, change_calendar, create_calendar
from helpdesk.accounts.models import User
from tests.tickets.sla.conftest import Make
from tests.tickets.sla.test_histories import WEEK
from tickets import revisions, services
from tickets.models import Channel, Inbox, SlaPolicy, SlaTarget, SlaWhatIf, Ticket
from tickets.services import Incoming
from tickets.sla import whatif
from tickets.sla.receipts import receipt_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def opened(ada: Customer, inbox: Inbox, at: datetime, priority: str = "normal") -> Ticket:
    actor = Actor.of_customer(ada)
    with services.opening_ticket(ada, "Rattles", inbox=inbox, channel=Channel.EMAIL, actor=actor, now=at) as ticket:
        services.receive_message(ticket, Incoming("It rattles."), customer=ada, channel="email", actor=actor)
        services.change_priority(ticket, priority, actor=actor)
    return ticket


def test_an_admin_makes_a_policy_and_changes_it(client: Client, radia: User) -> None:
    client.force_login(radia)
    sent = {"title": "Standard", "warn_percent": "80", "is_active": "on", "first_reply_time-urgent": "30m",
            "first_reply_time-normal": "1h 30m", "first_reply_time-normal-hours": "on",
            "switches": ["first_reply_met_by_note"]}  # fmt: skip
    assert client.post("/settings/sla/new/", sent).status_code == 302
    policy = SlaPolicy.objects.get()
    assert policy.targets == [
        {"priority": "urgent", "metric": "first_reply_time", "target": 1800, "business_hours": False},
        {"priority": "normal", "metric": "first_reply_time", "target": 5400, "business_hours": True},
    ]
    assert policy.settings == {"first_reply_met_by_note": True, "warn_percent": 80}
    page = client.get(f"/settings/sla/{policy.pk}/").content.decode()
    assert 'value="1h 30m"' in page
    sent |= {"seen": "1", "first_reply_time-urgent": "10 min"}
    assert client.post(f"/settings/sla/{policy.pk}/", sent).status_code == 302
    policy.refresh_from_db()
    assert (policy.revision, policy.targets[0]["target"]) == (2, 600)
    assert client.post(f"/settings/sla/{policy.pk}/", sent).status_code == 422  # somebody has seen an older one
    assert revisions.version(policy) == "2"


@pytest.mark.parametrize("written", ["soon", "5", "3s", "-1h", "9999999h", "1h;"])
def test_a_target_that_says_nothing_is_refused_at_its_place(client: Client, radia: User, written: str) -> None:
    client.force_login(radia)
    answer = client.post("/settings/sla/new/", {"title": "X", "warn_percent": "75", "next_reply_time-low": written})
    assert answer.status_code == 422
    assert 'id="error_next_reply_time-low"' in answer.content.decode()
    assert not SlaPolicy.objects.exists()


def test_policies_are_ordered_copied_deleted_and_brought_back(client: Client, radia: User, policy: Make) -> None:
    client.force_login(radia)
    first, second = policy("One", first_reply_time=60), policy("Two", position=1, first_reply_time=60)
    client.post(f"/settings/sla/{second.pk}/position/", {"step": "-1"})
    assert [one.title for one in SlaPolicy.objects.order_by("position")] == ["Two", "One"]
    client.post(f"/settings/sla/{first.pk}/copies/")
    assert not SlaPolicy.objects.get(title="Copy of One").is_active
    client.post(f"/settings/sla/{first.pk}/deletion/")
    assert "One" in client.get("/settings/sla/").content.decode()
    client.post(f"/settings/sla/{first.pk}/restoration/", {"number": "1"})
    first.refresh_from_db()
    assert (first.deleted_at, first.is_active) == (None, False)


def test_rows_and_tickets_count_down(client: Client, grace: User, ada: Customer, support: Inbox, policy: Make) -> None:
    policy(first_reply_time=7200, total_resolution_time=86_400)
    ticket = opened(ada, support, timezone.now() - HOUR)
    client.force_login(grace)
    row = client.get("/agent/list/").content.decode()
    assert 'data-metric="First reply"' in row and ">59m<" in row
    page = client.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    target = SlaTarget.objects.get(metric="first_reply_time")
    assert f"/agent/tickets/{ticket.pk}/sla/{target.pk}/" in page
    table = client.get("/agent/list/?layout=table&sort=sla_due_at").content.decode()
    assert str(ticket.pk) in table
    assert client.get(f"/agent/tickets/{ticket.pk}/sla/").status_code == 200


def test_a_receipt_adds_up_over_nights_holidays_pauses_and_changed_hours(
    client: Client, ada: Customer, support: Inbox, grace: User, policy: Make
) -> None:
    start = datetime(2026, 3, 5, 15, tzinfo=UTC)  # a Thursday
    berlin = create_calendar("Berlin", time_zone="Europe/Berlin", week=WEEK, now=start - 24 * HOUR)
    add_day(berlin, "Founders", first=datetime(2026, 3, 9).date(), last=datetime(2026, 3, 9).date(), now=start)  # noqa: DTZ001
    policy(requester_wait_time=100_000, business=True)
    ticket = opened(ada, support, start)
    agent = Actor.agent(grace)
    with services.gesture(ticket, actor=agent, now=start + 20 * HOUR):
        services.change_status(ticket, "pending", actor=agent)
    with services.gesture(ticket, actor=agent, now=start + 21 * HOUR):
        services.change_status(ticket, "open", actor=agent)
    change_calendar(berlin, week=[[day * 1440 + 600, day * 1440 + 900] for day in range(1, 6)], now=start + 120 * HOUR)
    with services.gesture(ticket, actor=agent, now=start + 140 * HOUR):
        services.set_tags(ticket, ["x"], actor=agent)
    with services.gesture(ticket, actor=agent, now=start + 170 * HOUR):
        services.change_status(ticket, "solved", actor=agent)
    row = SlaTarget.objects.get()
    receipt = receipt_for(row, ticket, now=start + 500 * HOUR)
    assert receipt and receipt.is_true
    assert sum(line.amount for line in receipt.lines) / 1e6 == row.elapsed > 0
    assert receipt.total == int(row.elapsed)
    reasons = {line.why for line in receipt.lines}
    assert {"Founders", "Outside of working hours", "Status: Pending"} <= reasons
    assert len({line.valid_from for line in receipt.lines if line.calendar}) > 1
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{ticket.pk}/sla/{row.pk}/").content.decode()
    assert "Founders" in page


def test_a_what_if_says_what_a_policy_would_have_meant_and_saves_nothing(
    client: Client, radia: User, ada: Customer, support: Inbox, grace: User, policy: Make
) -> None:
    kept = policy(first_reply_time=7200)
    ticket = opened(ada, support, timezone.now() - 24 * HOUR)
    with services.gesture(ticket, actor=Actor.agent(grace), now=timezone.now() - 23 * HOUR):
        services.add_reply(ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    client.force_login(radia)
    sent = {"title": "Standard", "warn_percent": "75", "is_active": "on", "first_reply_time-normal": "30m"}
    answer = client.post(f"/settings/sla/what-if/?policy={kept.pk}", sent)
    job = SlaWhatIf.objects.get()
    assert answer.status_code == 302
    assert not whatif.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.looked_at, job.result["metrics"]) == ("done", 1, {"first_reply_time": [1, 0, 1, 1]})
    assert job.result["examples"][0][0] == ticket.pk
    assert "Rattles" in client.get(f"/settings/sla/what-if/{job.pk}/").content.decode()
    assert SlaTarget.objects.get().target == 7200


def test_a_what_if_of_a_holiday(client: Client, radia: User, ada: Customer, support: Inbox, policy: Make) -> None:
    every_day = [[day * 1440, day * 1440 + 1440] for day in range(7)]
    calendar = create_calendar("All", time_zone="UTC", week=every_day)
    policy(first_reply_time=7200, business=True)
    yesterday = timezone.now() - 24 * HOUR
    opened(ada, support, yesterday)
    client.force_login(radia)
    first, last = (yesterday - 48 * HOUR).date(), timezone.now().date()
    sent = {"name": "Fair", "first": first.isoformat(), "last": last.isoformat(), "hours": ""}
    assert client.post(f"/settings/sla/what-if/?calendar={calendar.pk}&day=1", sent).status_code == 302
    job = SlaWhatIf.objects.get()
    whatif.run(job.pk)
    job.refresh_from_db()
    assert job.result["metrics"] == {"first_reply_time": [1, 1, 1, 0]}


def test_pages_learn_the_hours_they_count_by(client: Client, grace: User) -> None:
    calendar = create_calendar("Berlin", time_zone="Europe/Berlin", week=WEEK)
    client.force_login(grace)
    told = json.loads(client.get("/agent/sla/hours/").content)
    periods = told["hours"][str(calendar.pk)]
    assert periods and all(since < until <= told["until"] for since, until in periods)
    change_calendar(calendar, week=[[0, 60]])
    assert json.loads(client.get("/agent/sla/hours/").content)["hours"][str(calendar.pk)] != periods
