"""Reports by mail: when, once, with whose eyes, and what is in them."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from channels_app.stored_mail import StoredMail
from helpdesk.accounts.models import Role, User
from metrics.explore.mails import OUTBOX, forget_old_mails
from metrics.explore.schedules import add_schedule, next_after, plan_mails
from metrics.models import ReportMail, ReportSchedule, SavedReport
from tests.metrics.test_asking import fact, tickets
from tickets.models import Ticket
from tickets.services import Refused

__all__ = ["tickets"]
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


def schedule(**fields: Any) -> ReportSchedule:
    return ReportSchedule(**{"rhythm": "daily", "day": 1, "time": time(8), "time_zone": "Europe/Berlin", **fields})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "2026-03-05T07:00"),
        ({"time": time(14)}, "2026-03-04T13:00"),
        ({"rhythm": "workdays", "time": time(1)}, "2026-03-05T00:00"),
        ({"rhythm": "weekly", "day": 3}, "2026-03-11T07:00"),
        ({"rhythm": "weekly", "day": 1, "time_zone": "America/New_York"}, "2026-03-09T12:00"),  # by summer's clock
        ({"rhythm": "monthly", "day": 31}, "2026-03-31T06:00"),
        ({"rhythm": "monthly", "day": 4}, "2026-04-04T06:00"),
    ],
)
def test_the_next_time_is_by_the_clock_of_its_zone(fields: dict[str, Any], expected: str) -> None:
    assert next_after(schedule(**fields), NOW).isoformat() == f"{expected}:00+00:00"


def test_of_a_short_month_the_last_day_and_nothing_on_weekends() -> None:
    late = datetime(2026, 2, 1, tzinfo=UTC)
    assert next_after(schedule(rhythm="monthly", day=31), late).isoformat() == "2026-02-28T07:00:00+00:00"
    friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert next_after(schedule(rhythm="workdays"), friday).isoformat() == "2026-03-09T07:00:00+00:00"


def test_where_the_clock_is_changed_there_is_one_mail_a_day() -> None:
    spring = schedule(time=time(2, 30))  # on 29 March there is no such time
    first = next_after(spring, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert [first.isoformat(), next_after(spring, first).isoformat()] == [
        "2026-03-29T01:30:00+00:00", "2026-03-30T00:30:00+00:00",
    ]  # fmt: skip
    autumn = schedule(time=time(2, 30))  # on 25 October there are two
    first = next_after(autumn, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert [first.isoformat(), next_after(autumn, first).isoformat()] == [
        "2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00",
    ]  # fmt: skip


@pytest.fixture
def report(margaret: User) -> SavedReport:
    params = {"m": ["opened", "first_reply"], "by": ["channel"], "shown": "bars"}
    return SavedReport.objects.create(title="Weekly look", owner=margaret, params=params)


@pytest.fixture
def weekly(report: SavedReport, margaret: User) -> ReportSchedule:
    return add(report, margaret)


def add(report: SavedReport, owner: User, **fields: Any) -> ReportSchedule:
    given: dict[str, Any] = {
        "rhythm": "daily", "day": 1, "at": time(8), "time_zone": "Europe/Berlin", "with_pdf": True, "with_csv": True,
        "recipients": ["boss@example.org", " margaret@onethread.test ", "boss@example.org"],
    }  # fmt: skip
    return add_schedule(report, owner, **{**given, **fields}, now=timezone.now())


def due(schedule: ReportSchedule) -> datetime:
    assert schedule.next_at
    return schedule.next_at + timedelta(seconds=1)


def parts_of(sent: Any) -> dict[str, Any]:
    assert isinstance(sent, StoredMail)
    parsed = email.message_from_bytes(sent.raw, policy=email.policy.default)
    return {
        part.get_filename() or part.get_content_type(): part.get_content()
        for part in parsed.walk()
        if not part.is_multipart()
    }


def test_the_mail_has_numbers_and_files(weekly: ReportSchedule, tickets: list[Ticket]) -> None:
    now = timezone.now()
    for ticket in tickets:
        fact(ticket, now, first_reply_at=now, first_reply=120)
    assert plan_mails(now=due(weekly)) == 1
    assert OUTBOX.send_due(now=due(weekly)) == 2
    assert sorted(sent.to[0] for sent in mail.outbox) == ["boss@example.org", "margaret@onethread.test"]
    parts = parts_of(mail.outbox[0])
    assert "Opened: 4" in parts["text/plain"]
    assert "/reports/explore/" in parts["text/html"]
    assert "opened" in parts["weekly-look.csv"]
    assert parts["weekly-look.pdf"].startswith(b"%PDF")


def test_each_time_is_one_mail_whoever_dies(weekly: ReportSchedule, monkeypatch: pytest.MonkeyPatch) -> None:
    at = due(weekly)
    assert plan_mails(now=at) == 1
    assert plan_mails(now=at) == 0  # a second worker finds nothing
    claimed = OUTBOX.claim(now=at)  # and dies before anything went out
    assert claimed is not None
    assert OUTBOX.send_due(now=at) == 1  # the other mail
    assert OUTBOX.send_due(now=at + timedelta(minutes=1)) == 1  # its lease is over
    assert len(mail.outbox) == 2
    lost = OUTBOX.claim(now=at + timedelta(minutes=2))
    assert lost is None  # nothing is left
    weekly.refresh_from_db()
    assert plan_mails(now=at + timedelta(days=10)) == 1  # nothing ran for days: one mail, not ten
    assert ReportMail.objects.filter(due_at__isnull=False).count() == 2


def test_what_a_server_may_have_taken_is_not_sent_again(weekly: ReportSchedule) -> None:
    at = due(weekly)
    plan_mails(now=at)
    row = OUTBOX.claim(now=at)
    assert row is not None
    assert OUTBOX.hand_over(row, now=at)  # the worker is killed right here
    later = at + timedelta(hours=2)
    while OUTBOX.send_due(now=later):
        pass
    assert [sent.to for sent in mail.outbox] != []
    assert len(mail.outbox) == 1
    row.refresh_from_db()
    assert row.last_error == "the worker stopped while it was sent"


@pytest.mark.parametrize("change", [{"role": Role.AGENT}, {"is_active": False}])
def test_who_may_not_see_reports_any_more_mails_none(
    weekly: ReportSchedule, margaret: User, change: dict[str, Any]
) -> None:
    plan_mails(now=due(weekly))
    User.objects.filter(pk=margaret.pk).update(**change)
    OUTBOX.send_due(now=due(weekly))
    assert mail.outbox == []
    weekly.refresh_from_db()
    assert (weekly.is_active, weekly.next_at) == (False, None)
    assert weekly.stopped_because == "Margaret Hamilton may not see reports any more."


def test_who_may_not_see_the_report_any_more_mails_none(weekly: ReportSchedule, radia: User) -> None:
    SavedReport.objects.update(owner=radia)
    plan_mails(now=due(weekly))
    OUTBOX.send_due(now=due(weekly))
    assert mail.outbox == []
    weekly.refresh_from_db()
    assert "may not see this report" in weekly.stopped_because


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipients": ["nobody"]}, "“nobody” is no e-mail address."),
        ({"recipients": ["", " "]}, "Say to whom"),
        ({"recipients": [f"p{n}@example.org" for n in range(21)]}, "twenty people"),
        ({"rhythm": "yearly"}, "Choose when"),
        ({"rhythm": "weekly", "day": 8}, "Choose when"),
        ({"time_zone": "Moon/Base"}, "Choose a time zone."),
        ({"with_pdf": False, "with_csv": False}, "Choose what is attached"),
    ],
)
def test_what_can_not_be_mailed_is_said(
    report: SavedReport, margaret: User, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        add(report, margaret, **fields)
    assert not ReportSchedule.objects.exists()


def test_the_page_adds_pauses_and_removes(client: Client, margaret: User, report: SavedReport) -> None:
    client.force_login(margaret)
    page = f"/reports/explore/{report.pk}/mails/"
    assert client.get(page).status_code == 200
    form = {"rhythm": "monthly", "month_day": "31", "time": "07:30", "time_zone": "Europe/Berlin", "with_csv": "1"}
    assert client.post(f"{page}new/", {**form, "recipients": "a@example.org, b@example.org"}).status_code == 302
    made = ReportSchedule.objects.get()
    assert (made.day, made.time, made.recipients, made.with_pdf) == (
        31,
        time(7, 30),
        ["a@example.org", "b@example.org"],
        False,
    )
    client.post(f"{page}{made.pk}/activity/", {"active": "0"})
    made.refresh_from_db()
    assert (made.is_active, made.next_at) == (False, None)
    client.post(f"{page}{made.pk}/activity/", {"active": "1"})
    made.refresh_from_db()
    assert made.next_at is not None
    assert client.get(page).status_code == 200
    wrong = client.post(f"{page}new/", {**form, "time": "soon", "recipients": "a@example.org"})
    assert (wrong.status_code, "Choose a time like 08:00." in wrong.content.decode()) == (422, True)
    client.post(f"{page}{made.pk}/deletion/")
    assert not ReportSchedule.objects.exists()


def test_old_mails_are_forgotten(weekly: ReportSchedule) -> None:
    plan_mails(now=due(weekly))
    OUTBOX.send_due(now=due(weekly))
    assert forget_old_mails(now=timezone.now()) == 0
    assert forget_old_mails(now=timezone.now() + timedelta(days=100)) == 2
