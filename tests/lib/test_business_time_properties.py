"""What holds of any calendar: `add` undoes `measure`, time only grows, parts make up the whole."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpdesk.lib.business_time import Calendar, NoTimeLeft
from helpdesk.lib.zone_offsets import SECOND, micros, moment_at, offset_at, offsets_in, zone_of

# Whole hours, half hours and quarters; a summer time of half an hour; one turned backwards in winter; summer time that
# pauses for Ramadan; changes at midnight, so that days begin at one; a day left out; offsets of seconds long ago.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe",
         "Pacific/Chatham", "Europe/Dublin", "Africa/Casablanca", "America/Havana", "Asia/Beirut", "Pacific/Apia",
         "America/Caracas", "Asia/Pyongyang", "Africa/Monrovia", "Asia/Gaza", "America/Scoresbysund"]  # fmt: skip
# Around each of these the clock of some of them changes, or a leap day is near.
TURNS = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC),
         datetime(2026, 10, 3, tzinfo=UTC), datetime(2026, 9, 26, tzinfo=UTC), datetime(2028, 2, 28, tzinfo=UTC),
         datetime(2000, 2, 29, tzinfo=UTC), datetime(2011, 12, 29, tzinfo=UTC), datetime(1986, 1, 1, tzinfo=UTC),
         datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 2, 15, tzinfo=UTC), datetime(2007, 12, 9, tzinfo=UTC),
         datetime(2015, 8, 14, tzinfo=UTC), datetime(1972, 1, 7, tzinfo=UTC), datetime(2045, 3, 26, tzinfo=UTC),
         ]  # fmt: skip


@dataclass(frozen=True)
class Case:
    zone: str
    week: list[tuple[int, int]]
    holidays: list[tuple[date, date]]
    exceptions: list[tuple[date, date, list[tuple[int, int]]]]
    middle: datetime

    def calendar(self) -> Calendar:
        return Calendar(self.zone, self.week, self.holidays, exceptions=self.exceptions)

    def is_working(self, moment: datetime) -> bool:
        """The definition, word for word."""
        wall = moment.astimezone(ZoneInfo(self.zone))
        minute = wall.hour * 60 + wall.minute
        for first, last, hours in self.exceptions:
            if first <= wall.date() <= last:
                return any(start <= minute < end for start, end in hours)
        if any(first <= wall.date() <= last for first, last in self.holidays):
            return False
        minute += wall.isoweekday() % 7 * 1440
        return any(start <= minute < end or start <= minute + 10080 < end for start, end in self.week)


@st.composite
def cut_points(draw: st.DrawFn, length: int, most: int, wraps: bool = False) -> list[tuple[int, int]]:
    """Intervals that do not overlap, often touching each other and midnight."""
    point = st.integers(0, length) | st.integers(0, length // 60).map(lambda hour: hour * 60)
    points = sorted(draw(st.lists(point, min_size=2, max_size=most * 2, unique=True)))
    if wraps and draw(st.booleans()) and len(points) > 3 and points[-1] < length:
        points = [*points[1:], points[0] + length]
    pairs = [(a, b) for a, b in pairwise(points) if draw(st.booleans())]
    return pairs or [(points[0], points[1])]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    middle = draw(st.sampled_from(TURNS))
    day = st.integers(-6, 6).map(lambda n: middle.date() + timedelta(days=n))
    spans = st.tuples(day, st.integers(0, 2)).map(lambda s: (s[0], s[0] + timedelta(days=s[1])))
    other: list[tuple[date, date, list[tuple[int, int]]]] = []
    for first, last in sorted(draw(st.lists(spans, max_size=2))):
        if not other or other[-1][1] < first:
            other.append((first, last, draw(st.just([]) | cut_points(1440, 2))))
    return Case(
        zone=draw(st.sampled_from(ZONES)),
        week=draw(cut_points(10080, 8, wraps=True)),
        holidays=draw(st.lists(spans, max_size=3)),
        exceptions=other,
        middle=middle,
    )


minutes = st.integers(-5 * 1440, 5 * 1440)


@settings(max_examples=100, deadline=None)
@given(cases(), minutes, st.integers(0, 3 * 1440))
def test_measure_counts_the_minutes_that_work(case: Case, offset: int, length: int) -> None:
    start = case.middle + timedelta(minutes=offset)
    counted = sum(case.is_working(start + timedelta(minutes=n)) for n in range(length))
    assert case.calendar().measure(start, start + timedelta(minutes=length)) == counted * 60


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["Africa/Monrovia", "Asia/Kathmandu", "Europe/Dublin", "America/Caracas"]),
       cut_points(10080, 8), st.integers(1880, 1925), st.integers(0, 364 * 86_400), st.integers(0, 4000))  # fmt: skip
def test_measure_counts_the_seconds_that_work_where_offsets_are_odd(
    zone: str, week: list[tuple[int, int]], year: int, offset: int, length: int
) -> None:
    case = Case(zone, week, [], [], datetime(year, 1, 1, tzinfo=UTC))
    start = case.middle + timedelta(seconds=offset)
    counted = sum(case.is_working(start + timedelta(seconds=n)) for n in range(length))
    assert case.calendar().measure(start, start + timedelta(seconds=length)) == counted


@settings(max_examples=100, deadline=None)
@given(cases(), minutes)
def test_adding_nothing_is_the_first_minute_that_works(case: Case, offset: int) -> None:
    start = case.middle + timedelta(minutes=offset)
    found = next((n for n in range(8 * 1440) if case.is_working(start + timedelta(minutes=n))), None)
    assume(found is not None)
    assert case.calendar().add(start, 0) == start + timedelta(minutes=found or 0)


moments = st.integers(-40 * 365 * 1440, 40 * 365 * 1440).map(lambda n: TURNS[0] + timedelta(minutes=n))
amounts = st.integers(1, 400 * 86_400 * SECOND).map(lambda n: n / SECOND) | st.integers(1, 3600 * 24 * 365 * 3)


@settings(max_examples=200, deadline=None)
@given(cases(), moments | minutes, amounts)
def test_measure_undoes_add(case: Case, at: datetime | int, seconds: float) -> None:
    start = at if isinstance(at, datetime) else case.middle + timedelta(minutes=at)
    calendar = case.calendar()
    try:
        end = calendar.add(start, seconds)
    except NoTimeLeft:
        assert calendar.measure(start, datetime.max.replace(tzinfo=UTC)) < seconds
        return
    assert calendar.measure(start, end) == round(seconds * SECOND) / SECOND
    assert calendar.is_open(end - timedelta(microseconds=1)), "it is the first such moment"


@settings(max_examples=200, deadline=None)
@given(cases(), moments | minutes, moments | minutes)
def test_add_undoes_measure_up_to_a_working_moment(case: Case, one: datetime | int, other: datetime | int) -> None:
    start, end = sorted(at if isinstance(at, datetime) else case.middle + timedelta(minutes=at) for at in (one, other))
    calendar = case.calendar()
    if calendar.measure(start, end) and calendar.is_open(end - timedelta(microseconds=1)):
        assert calendar.add(start, calendar.measure(start, end)) == end
    elif calendar.measure(start, end):
        assert calendar.add(start, calendar.measure(start, end)) <= end
    first = calendar.add(start, 0)
    assert first >= start and calendar.is_open(first) and calendar.measure(start, first) == 0


@settings(max_examples=200, deadline=None)
@given(cases(), st.lists(moments | minutes, min_size=3, max_size=6))
def test_parts_make_up_the_whole_and_time_only_grows(case: Case, points: list[datetime | int]) -> None:
    calendar = case.calendar()
    ordered = sorted(at if isinstance(at, datetime) else case.middle + timedelta(minutes=at) for at in points)
    parts = [calendar.measure(a, b) for a, b in pairwise(ordered)]
    assert all(0 <= part <= (b - a).total_seconds() for part, a, b in zip(parts, ordered, ordered[1:], strict=False))
    assert round(sum(round(part * SECOND) for part in parts)) == round(
        calendar.measure(ordered[0], ordered[-1]) * SECOND
    )
    ends = [calendar.add(start, 5000) for start in ordered]
    assert ends == sorted(ends), "whoever starts later is not due earlier"


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(0, 20), minutes)
def test_periods_are_what_measure_counts(case: Case, days: int, offset: int) -> None:
    start = case.middle + timedelta(minutes=offset)
    end = start + timedelta(days=days)
    calendar = case.calendar()
    found = list(calendar.periods(start, end))
    assert sum((b - a).total_seconds() for a, b in found) == calendar.measure(start, end)
    assert all(b < c for (_, b), (c, _) in pairwise(found)), "apart, in order"
    assert all(a < b and calendar.is_open(a) for a, b in found)
    assert all(b == end or not calendar.is_open(b) for _, b in found)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ZONES), st.integers(1890, 2100))
def test_every_change_of_a_clock_is_found(zone: str, year: int) -> None:
    spans = offsets_in(zone, year)
    at = micros(datetime(year, 1, 1, tzinfo=UTC))
    hour = 3600 * SECOND
    while moment_at(at).year == year:
        expected = next(offset for begins, offset in reversed(spans) if begins <= at)
        assert offset_at(zone_of(zone), at) == expected, moment_at(at)
        at += 6 * hour


def test_ten_years_and_thousands_of_holidays_take_no_time() -> None:
    """The search goes by years and halves, so it takes microseconds; the limit leaves room for a busy machine."""
    holidays = [(date(1990, 1, 1) + timedelta(days=9 * n),) * 2 for n in range(4000)]
    week = [(day * 1440 + 540, day * 1440 + 1020) for day in range(1, 6)]
    calendar = Calendar("Europe/Berlin", week, holidays)
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    seconds = calendar.measure(start, end)  # also looks at the zone's clock, once for all calendars
    begun = time.process_time()
    for _ in range(100):
        calendar.add(start, calendar.measure(start, end))
    assert (time.process_time() - begun) / 100 < 0.002
    assert calendar.measure(start, calendar.add(start, seconds)) == seconds
