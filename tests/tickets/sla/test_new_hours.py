"""Hours that change while clocks run by them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts import working_hours
from helpdesk.accounts.calendar_changes import (
    StillNeeded,
    add_day,
    change_calendar,
    create_calendar,
    delete_calendar,
    make_default,
)
from helpdesk.accounts.calendars import Calendar
from helpdesk.accounts.models import User
from tests.tickets.sla.conftest import Make
from tests.tickets.sla.test_histories import check
from tests.tickets.sla.test_targets import NINE, at, opened
from tickets import services
from tickets.models import Inbox, SlaTarget, Ticket, TicketEvent
from tickets.sla.new_hours import follow, moved
from tickets.sla.receipts import receipt_for
from tickets.sla.sweep import sweep

pytestmark = pytest.mark.django_db
WEEK = [[day * 1440 + 540, day * 1440 + 1020] for day in range(1, 6)]  # nine to five
MONTH = timedelta(days=30)


@pytest.fixture
def hours(db: None) -> Calendar:
    return create_calendar("House", time_zone="UTC", week=WEEK, now=NINE - MONTH)


def follow_all(calendar: Calendar) -> int:
    return sum(follow(*each) for each in moved(working_hours.book(), [calendar.pk]))


def test_a_holiday_that_is_entered_moves_what_runs(
    hours: Calendar, policy: Make, ada: Customer, support: Inbox, grace: User
) -> None:
    policy(first_reply_time=12 * 3600, business=True)
    ticket = opened(ada, support)
    assert SlaTarget.objects.get().due_at == datetime(2026, 3, 3, 13, tzinfo=UTC)
    add_day(hours, "Founders", first=date(2026, 3, 3), last=date(2026, 3, 3), now=at(2))
    assert follow_all(hours) == 1
    target, ticket = SlaTarget.objects.get(), Ticket.objects.get()
    assert target.due_at == ticket.sla_due_at == datetime(2026, 3, 4, 13, tzinfo=UTC)
    assert TicketEvent.objects.filter(kind="sla.applied").count() == 2
    assert follow_all(hours) == 0
    check(Ticket.objects.get())
    late = datetime(2026, 3, 4, 14, tzinfo=UTC)
    sweep(now=late)
    receipt = receipt_for(SlaTarget.objects.get(), ticket, now=late)
    assert receipt and receipt.is_true and (receipt.total, receipt.left) == (13 * 3600, -3600)
    assert [line.why for line in receipt.lines if not line.counts].count("Founders") == 1


def test_fewer_hours_left_is_sooner_due_and_what_was_counted_stays(
    hours: Calendar, policy: Make, ada: Customer, support: Inbox
) -> None:
    policy(first_reply_time=12 * 3600, business=True)
    opened(ada, support)
    change_calendar(hours, week=[[day * 1440, day * 1440 + 1440] for day in range(7)], now=at(8))
    follow_all(hours)
    assert SlaTarget.objects.get().due_at == at(12)
    check(Ticket.objects.get())


def test_nobody_is_late_on_a_holiday_that_no_message_told_of(
    hours: Calendar, policy: Make, ada: Customer, support: Inbox
) -> None:
    policy(first_reply_time=12 * 3600, business=True)
    ticket = opened(ada, support)
    add_day(hours, "Founders", first=date(2026, 3, 3), last=date(2026, 3, 3), now=at(10))
    sweep(now=datetime(2026, 3, 3, 14, tzinfo=UTC))
    target = SlaTarget.objects.get()
    assert (target.breached_at, target.due_at) == (None, datetime(2026, 3, 4, 13, tzinfo=UTC))
    assert not TicketEvent.objects.filter(ticket=ticket, kind="sla.breached").exists()
    check(Ticket.objects.get())


def test_the_wall_clock_and_what_waits_stay(
    hours: Calendar, policy: Make, ada: Customer, support: Inbox, grace: User
) -> None:
    policy(first_reply_time=12 * 3600)
    ticket = opened(ada, support)
    with services.gesture(ticket, actor=Actor.agent(grace), now=at(1)):
        services.add_note(ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    add_day(hours, "Founders", first=date(2026, 3, 3), last=date(2026, 3, 3), now=at(2))
    assert follow_all(hours) == 0


def test_hours_that_targets_were_counted_by_stay(hours: Calendar, policy: Make, ada: Customer, support: Inbox) -> None:
    other = create_calendar("Other", time_zone="UTC", week=WEEK)
    policy(first_reply_time=12 * 3600, business=True)
    opened(ada, support)
    make_default(other)
    with pytest.raises(StillNeeded):
        delete_calendar(hours)
    SlaTarget.objects.all().delete()
    delete_calendar(hours)
