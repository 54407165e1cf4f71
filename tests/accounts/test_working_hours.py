from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from helpdesk.accounts import calendar_changes, working_hours
from helpdesk.accounts.calendars import Calendar, CalendarVersion
from helpdesk.accounts.models import Team
from helpdesk.accounts.working_hours import NoTimeLeft, book, calendar_for, measure, timeline_of
from helpdesk.lib.public_holidays import UnknownCountry
from tickets.models import Ticket

NINE_TO_FIVE = [(day * 1440 + 540, day * 1440 + 1020) for day in range(1, 6)]
NINE_TO_TWELVE = [(day * 1440 + 540, day * 1440 + 720) for day in range(1, 6)]
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def at(day: int, hour: int) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def make(name: str = "Office", week: list[tuple[int, int]] = NINE_TO_FIVE, **fields: object) -> Calendar:
    return calendar_changes.create_calendar(name, time_zone="UTC", week=week, now=at(0, 0), **fields)


def test_each_interval_counts_by_the_hours_then_in_force() -> None:
    office = make()
    calendar_changes.change_calendar(office, week=NINE_TO_TWELVE, now=at(1, 11))
    # Monday the whole day; Tuesday 9 to 11 by the old hours, to 12 by the new; Wednesday until 12
    assert measure(office, at(0, 0), at(3, 0)) == (8 + 2 + 1 + 3) * 3600
    timeline = timeline_of(office)
    assert timeline.add(at(0, 9), 8 * 3600) == at(0, 17)
    assert timeline.add(at(0, 9), 10 * 3600) == at(1, 11), "at the change itself"
    assert timeline.add(at(0, 9), 11.5 * 3600) == at(2, 9) + timedelta(minutes=30)
    assert timeline.add(at(1, 13), 0) == at(2, 9)
    assert timeline.add(at(0, 18), 0) == at(1, 9)


def test_what_was_before_the_first_version_counts_by_it() -> None:
    assert measure(make(), at(-7, 0), at(0, 0)) == 40 * 3600


def test_a_holiday_entered_afterwards_changes_nothing_of_the_past() -> None:
    office = make()
    calendar_changes.add_day(office, "Flood", first=date(2026, 3, 2), last=date(2026, 3, 4), now=at(1, 12))
    assert measure(office, at(0, 0), at(3, 0)) == (8 + 3) * 3600
    version = timeline_of(office).at(at(1, 13))
    assert version.day_off(date(2026, 3, 4)) == "Flood"
    assert version.day_off(date(2026, 3, 5)) == ""


def test_add_undoes_measure_across_any_number_of_changes() -> None:
    office = make()
    for day in range(1, 20):
        week = NINE_TO_TWELVE if day % 2 else NINE_TO_FIVE
        calendar_changes.change_calendar(office, week=week, now=at(day, day % 13 + 5) + timedelta(seconds=day / 7))
    timeline = timeline_of(office)
    for hours in range(0, 30 * 24, 5):
        moment = at(0, 3) + timedelta(hours=hours, seconds=hours / 3)
        for seconds in (1 / 3, 3600, 12345.678901, 40 * 3600):
            end = timeline.add(moment, seconds)
            assert timeline.measure(moment, end) == pytest.approx(seconds, abs=1e-6)
        half = moment + timedelta(days=3)
        assert timeline.measure(moment, at(40, 0)) == pytest.approx(
            timeline.measure(moment, half) + timeline.measure(half, at(40, 0)), abs=1e-5
        )


def test_open_now_and_next() -> None:
    timeline = timeline_of(make())
    assert timeline.is_open(at(0, 9)) and not timeline.is_open(at(0, 17))
    assert timeline.next_open(at(0, 17)) == at(1, 9)
    assert timeline.next_close(at(0, 10)) == at(0, 17)
    assert timeline_of(make("Always", [(0, 10080)])).next_close(at(0, 10)) is None


def test_other_hours_of_a_day() -> None:
    office = make()
    tuesday = date(2026, 3, 3)
    day = calendar_changes.add_day(office, "Fair", first=tuesday, last=tuesday, hours=[(1200, 1260)], now=at(0, 1))
    assert measure(office, at(1, 0), at(2, 0)) == 3600
    calendar_changes.remove_day(day, now=at(0, 2))
    assert measure(office, at(1, 0), at(2, 0)) == 8 * 3600


def test_a_ticket_counts_by_its_own_calendar_its_teams_or_the_default(adas_ticket: Ticket, support_team: Team) -> None:
    assert calendar_for(adas_ticket) is None, "there is none"
    office = make()
    assert office.is_default, "the first one"
    assert calendar_for(adas_ticket) == timeline_of(office)
    teams = make("Team", NINE_TO_TWELVE)
    assert not teams.is_default
    Team.objects.filter(pk=support_team.pk).update(calendar=teams)
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert calendar_for(ticket) == timeline_of(teams)
    night = make("Night", [(0, 360)])
    ticket.calendar = night
    assert calendar_for(ticket) == timeline_of(night)
    calendar_changes.delete_calendar(teams)
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert calendar_for(ticket) == timeline_of(office)


def test_versions_are_written_only_when_hours_change() -> None:
    office = make()
    calendar_changes.change_calendar(office, name="Head office")
    calendar_changes.make_default(office)
    assert CalendarVersion.objects.count() == 1
    changed = calendar_changes.change_calendar(office, time_zone="Europe/Berlin")
    assert (changed.revision, CalendarVersion.objects.count()) == (2, 2)
    assert timeline_of(changed).time_zone == "Europe/Berlin"


@pytest.mark.parametrize("week", [[], [(600, 540)], [(0, 600), (300, 700)]])
def test_what_is_no_week_changes_nothing(week: list[tuple[int, int]]) -> None:
    office = make()
    with pytest.raises(ValueError, match=r"working time|interval"):
        calendar_changes.change_calendar(office, week=week)
    office.refresh_from_db()
    assert office.week == [list(interval) for interval in NINE_TO_FIVE]
    with pytest.raises(ValueError, match="holidays"):
        calendar_changes.add_day(office, "For ever", first=date.min, last=date.max)
    assert not office.holidays.exists()


def test_hours_that_never_come_again_are_said_to() -> None:
    office = make()
    calendar_changes.add_day(office, "Closed for good", first=date(2026, 3, 4), last=date.max, now=at(0, 0))
    assert timeline_of(office).add(at(0, 9), 16 * 3600) == at(1, 17)
    with pytest.raises(NoTimeLeft):
        timeline_of(office).add(at(0, 9), 16 * 3600 + 1)


def test_the_book_is_read_again_only_after_a_change() -> None:
    office = make()
    before = book()
    with CaptureQueriesContext(connection) as asked:
        assert book() is before
    assert len(asked) == 1
    calendar_changes.change_calendar(office, name="Other")
    assert book() is not before


heard: list[str] = []


def hear(calendar: Calendar) -> None:
    heard.append(calendar.name)


def test_whoever_counts_by_it_hears_of_a_change() -> None:
    with override_settings(HOURS_CHANGED=[f"{__name__}.hear"]):
        make()
    assert heard == ["Office"]
    assert working_hours.book().default_id


def test_public_holidays_are_listed_ignored_and_kept_up() -> None:
    office = make(holiday_country="DE", holiday_region="BY")
    epiphany = office.holidays.get(first=date(2027, 1, 6))
    assert (epiphany.name, epiphany.is_public) == ("Heilige Drei Könige", True)
    assert measure(office, datetime(2027, 1, 6, tzinfo=UTC), datetime(2027, 1, 7, tzinfo=UTC)) == 0
    calendar_changes.remove_day(epiphany, now=at(0, 0))
    assert measure(office, datetime(2027, 1, 6, tzinfo=UTC), datetime(2027, 1, 7, tzinfo=UTC)) == 8 * 3600
    before = office.holidays.count()
    assert calendar_changes.refresh_public_holidays(now=at(5, 0)) == 0, "all there"
    assert calendar_changes.refresh_public_holidays(now=datetime(2027, 1, 1, tzinfo=UTC)) == 1
    assert calendar_changes.refresh_public_holidays(now=datetime(2027, 1, 1, tzinfo=UTC)) == 0
    assert office.holidays.filter(first__year=2028).exists() and office.holidays.count() > before
    epiphany.refresh_from_db()
    assert epiphany.is_ignored, "the list does not bring it back"
    calendar_changes.restore_day(epiphany)
    assert timeline_of(office).at(datetime(2040, 1, 1, tzinfo=UTC)).day_off(date(2027, 1, 6)) == "Heilige Drei Könige"


def test_another_region_has_other_holidays_and_the_past_keeps_its_own() -> None:
    office = make(holiday_country="DE", holiday_region="BY")
    calendar_changes.add_day(office, "Outing", first=date(2026, 7, 1), last=date(2026, 7, 1))
    calendar_changes.change_calendar(office, holiday_region="BE", now=at(0, 0))
    days = set(office.holidays.values_list("first", flat=True))
    assert date(2027, 1, 6) not in days and date(2026, 1, 6) in days, "it is past"
    assert {date(2026, 3, 8), date(2026, 7, 1)} <= days
    with pytest.raises(UnknownCountry):
        calendar_changes.change_calendar(office, holiday_country="XX")
