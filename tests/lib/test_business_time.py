"""Working time against the slowest reading of its definition: the wall clock, looked at minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk.lib.business_time import Calendar, NoTimeLeft

OFFICE = [(day * 1440 + start, day * 1440 + end) for day in range(1, 6) for start, end in ((540, 720), (780, 1020))]
ROUND_THE_CLOCK = [(0, 10080)]


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[misc,arg-type]


def test_a_day_with_lunch_is_seven_hours() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, [])
    assert calendar.measure(local("Europe/Berlin", 2026, 3, 2, 0), local("Europe/Berlin", 2026, 3, 3, 0)) == 7 * 3600


def test_a_target_of_eight_hours_goes_on_the_next_working_day() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, [(date(2026, 3, 9), date(2026, 3, 9))])
    friday = local("Europe/Berlin", 2026, 3, 6, 9)
    assert calendar.add(friday, 8 * 3600) == local("Europe/Berlin", 2026, 3, 10, 10)
    assert calendar.add(friday, 7 * 3600) == local("Europe/Berlin", 2026, 3, 6, 17), "not Tuesday at nine"


def test_adding_nothing_finds_the_first_working_moment() -> None:
    calendar = Calendar("UTC", OFFICE, [])
    assert calendar.add(local("UTC", 2026, 3, 7, 12), 0) == local("UTC", 2026, 3, 9, 9)
    assert calendar.add(local("UTC", 2026, 3, 9, 9, 30), 0) == local("UTC", 2026, 3, 9, 9, 30)
    assert calendar.add(local("UTC", 2026, 3, 9, 17), 0) == local("UTC", 2026, 3, 10, 9)
    assert calendar.add(local("UTC", 2026, 3, 9, 9), 0).tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23), ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/New_York", (2026, 3, 8), 23), ("America/New_York", (2026, 11, 1), 25),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5), ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Pacific/Chatham", (2026, 9, 27), 23), ("Pacific/Chatham", (2026, 4, 5), 25),
        ("Asia/Kathmandu", (2026, 3, 29), 24), ("Asia/Kathmandu", (1986, 1, 1), 23.75),
        ("Europe/London", (1971, 10, 31), 25),  # the end of three years of summer time
        ("Europe/Amsterdam", (2028, 2, 29), 24),
    ],
)  # fmt: skip
def test_a_whole_local_day_is_as_long_as_the_clock_makes_it(zone: str, day: tuple[int, int, int], hours: float) -> None:
    calendar = Calendar(zone, ROUND_THE_CLOCK, [])
    first = date(*day)
    start = datetime(*day, tzinfo=ZoneInfo(zone))
    end = datetime.combine(first + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
    assert calendar.measure(start, end) == hours * 3600
    only_that_day = Calendar(
        zone, ROUND_THE_CLOCK, [(date.min, first - timedelta(1)), (first + timedelta(1), date.max)]
    )
    assert only_that_day.measure(start - timedelta(days=400), end + timedelta(days=400)) == hours * 3600


def test_an_hour_that_does_not_exist_counts_nothing_and_one_that_comes_twice_counts_twice() -> None:
    night = Calendar("Europe/Berlin", [(120, 180)], [])  # Sundays from two to three
    spring, autumn = local("Europe/Berlin", 2026, 3, 29, 0), local("Europe/Berlin", 2026, 10, 25, 0)
    assert night.measure(spring, spring + timedelta(days=1)) == 0
    assert night.measure(autumn, autumn + timedelta(days=1)) == 7200
    assert night.add(autumn, 5400) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "in the second of the two hours"
    assert night.add(spring, 0) == datetime(2026, 4, 5, 0, tzinfo=UTC), "the next Sunday"


def test_a_day_that_a_zone_left_out_counts_nothing() -> None:
    """Samoa went from 29 to 31 December 2011."""
    calendar = Calendar("Pacific/Apia", ROUND_THE_CLOCK, [(date(2011, 12, 29), date(2011, 12, 29))])
    start, end = local("Pacific/Apia", 2011, 12, 29), local("Pacific/Apia", 2012, 1, 1)
    assert calendar.measure(start, end) == 24 * 3600


def test_offsets_of_seconds_count_to_the_second() -> None:
    calendar = Calendar("Europe/Amsterdam", [(0, 1)], [])  # a minute after Sunday's midnight, 0:19:32 ahead of UTC
    start = datetime(1900, 1, 6, 12, tzinfo=UTC)
    midnight = datetime(1900, 1, 6, 23, 40, 28, tzinfo=UTC)
    zone = ZoneInfo("Europe/Amsterdam")
    assert calendar.add(start, 0).astimezone(zone).time() == datetime.min.time()
    if zone.utcoffset(start) == timedelta(minutes=19, seconds=32):  # some builds of the database merge it with Brussels
        assert calendar.add(start, 0) == midnight


def test_shifts_cross_midnight_and_the_end_of_the_week() -> None:
    night = [(6 * 1440 + 22 * 60, 7 * 1440 + 6 * 60)]  # Saturday from ten until Sunday at six
    calendar = Calendar("UTC", night, [])
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)
    assert calendar.measure(saturday, saturday + timedelta(days=1)) == 8 * 3600
    assert list(calendar.periods(saturday, saturday + timedelta(days=1))) == [
        (datetime(2026, 3, 7, 22, tzinfo=UTC), datetime(2026, 3, 8, 6, tzinfo=UTC))
    ], "one stretch, not two"
    off = Calendar("UTC", night, [(date(2026, 3, 8), date(2026, 3, 8))])
    assert off.measure(saturday, saturday + timedelta(days=1)) == 2 * 3600, "a holiday is a day of the calendar"


def test_other_hours_of_a_day_win_over_the_week_and_over_a_holiday() -> None:
    eve = date(2026, 12, 24)
    calendar = Calendar(
        "Europe/Berlin",
        OFFICE,
        [(eve, date(2026, 12, 26))],
        exceptions=[(eve, eve, [(540, 720)]), (date(2026, 12, 27), date(2026, 12, 27), [(600, 660)])],
    )
    start, end = local("Europe/Berlin", 2026, 12, 24), local("Europe/Berlin", 2026, 12, 28)
    assert calendar.measure(start, end) == 4 * 3600
    assert [(end - start).seconds for start, end in calendar.periods(start, end)] == [10800, 3600]
    assert calendar.is_open(local("Europe/Berlin", 2026, 12, 27, 10, 59))
    assert not calendar.is_open(local("Europe/Berlin", 2026, 12, 27, 11))


def test_an_end_before_the_start_is_nothing() -> None:
    calendar = Calendar("UTC", OFFICE, [])
    assert calendar.measure(local("UTC", 2026, 3, 3), local("UTC", 2026, 3, 2)) == 0


@pytest.mark.parametrize(
    ("zone", "week", "holidays"),
    [
        ("UTC", [], []),
        ("UTC", OFFICE, [(date.min, date.max)]),
        ("UTC", OFFICE, [(date.min, date(2026, 1, 1)), (date(2026, 1, 2), date.max)]),
        ("UTC", [(540, 540)], []),
        ("UTC", [(540, 480)], []),
        ("UTC", [(-10, 480)], []),
        ("UTC", [(10080, 10090)], []),
        ("UTC", [(0, 600), (540, 720)], []),
        ("UTC", [(0, 60), (10000, 10110)], []),
        ("UTC", [(0.5, 60)], []),
        ("UTC", OFFICE, [(date(2026, 1, 2), date(2026, 1, 1))]),
        ("Europe/Atlantis", OFFICE, []),
        ("../etc/passwd", OFFICE, []),
        ("Europe", OFFICE, []),
        ("", OFFICE, []),
    ],
)
def test_what_is_no_calendar_is_refused(
    zone: str, week: list[tuple[int, int]], holidays: list[tuple[date, date]]
) -> None:
    with pytest.raises(ValueError, match=r"working time|interval|before|time zone|minutes"):
        Calendar(zone, week, holidays)


def test_other_hours_that_overlap_are_refused_and_alone_they_are_a_calendar() -> None:
    day = date(2026, 1, 1)
    with pytest.raises(ValueError, match="2026-01-01"):
        Calendar("UTC", OFFICE, exceptions=[(day, day, [(0, 60)]), (date(2025, 12, 1), date(2026, 2, 1), [])])
    fair = Calendar("UTC", [], [], exceptions=[(day, day, [(600, 660)])])
    assert fair.add(datetime(2020, 5, 5, tzinfo=UTC), 3600) == datetime(2026, 1, 1, 11, tzinfo=UTC)
    with pytest.raises(NoTimeLeft):
        fair.add(datetime(2020, 5, 5, tzinfo=UTC), 3601)


def test_where_holidays_leave_nothing_ahead_add_says_so_and_measure_counts_nothing() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, [(date(2030, 1, 1), date.max)])
    late = datetime(2030, 6, 1, tzinfo=UTC)
    assert calendar.measure(late, datetime.max.replace(tzinfo=UTC)) == 0
    for seconds in (0, 1):
        with pytest.raises(NoTimeLeft, match="holidays"):
            calendar.add(late, seconds)


def test_holidays_of_centuries_are_jumped_over() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, [(date(2026, 1, 1), date(2499, 12, 31))])
    assert calendar.add(datetime(2026, 1, 1, tzinfo=UTC), 0) == local("Europe/Berlin", 2500, 1, 1, 9)


def test_naive_moments_and_negative_amounts_are_refused() -> None:
    calendar = Calendar("UTC", OFFICE, [])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        calendar.measure(now.replace(tzinfo=None), now)
    with pytest.raises(ValueError, match="time zone"):
        calendar.add(now.replace(tzinfo=None), 1)
    with pytest.raises(ValueError, match="backwards"):
        calendar.add(now, -1)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_raise_nothing_odd(year: int) -> None:
    for zone in ("Asia/Tokyo", "America/New_York"):
        calendar = Calendar(zone, ROUND_THE_CLOCK, [])
        start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, tzinfo=UTC)
        assert calendar.measure(start, end) == pytest.approx((end - start).total_seconds(), abs=86_400)
