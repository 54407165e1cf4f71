"""Working time: how much of it lies between two moments, and when a given amount of it will have passed.

Pure: no clock, no database. A moment is working time if the wall clock of the calendar's time zone then shows a
minute of its week, on a day that is no holiday. So over a change of the clock an hour that does not exist counts
nothing, and one that occurs twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from helpdesk.lib.local_hours import DAY, LocalHours, Minutes, read_week, special_days
from helpdesk.lib.zone_offsets import (
    EPOCH,
    LAST_YEAR,
    SECOND,
    micros,
    moment_at,
    offsets_in,
    year_of,
    year_start,
    zone_of,
)

_LOCAL_EPOCH = EPOCH.toordinal() * 86_400 * SECOND  # local time is counted from the day before 0001-01-01


class NoTimeLeft(ValueError):
    """Until the end of the year 9999 there is less working time than asked for."""


class Calendar:
    """A week of working hours in a time zone, less holidays, with other hours on some days.

    `week`: `(start, end)` in minutes since Sunday 00:00 local time, half-open; several a day, touching or crossing
    midnight as they like; one that crosses Saturday's midnight ends above 10080. `holidays`: inclusive `(first, last)`
    dates, overlapping as they like. `exceptions`: `(first, last, [(start, end), …])`, minutes of the day: the hours of
    each of these days, whether the week has hours on it or not, holiday or not.

    Raises ValueError for an unknown time zone, for intervals that overlap or are none, for dates in the wrong order,
    and where no working time is left at all: an empty week, or holidays over everything.
    """

    def __init__(
        self,
        time_zone: str,
        week: Minutes,
        holidays: Iterable[tuple[date, date]] = (),
        *,
        exceptions: Iterable[tuple[date, date, Minutes]] = (),
    ) -> None:
        zone_of(time_zone)
        self.time_zone = time_zone
        self._hours = LocalHours(read_week(week), special_days(holidays, exceptions))
        if not self._hours.total:
            raise ValueError("A calendar needs some working time: its week is empty, or it has nothing but holidays.")
        self._years: dict[int, int] = {}

    def measure(self, start: datetime, end: datetime) -> float:
        """Working seconds in [start, end); 0 where `end` is not after `start`. Both aware."""
        return self._measure(micros(start), micros(end)) / SECOND

    def add(self, start: datetime, seconds: float) -> datetime:
        """The moment, in UTC, at which `seconds` of working time have passed since `start`, aware.

        That is the earliest such moment: eight hours from nine in a day from nine to five are over at five, not at
        nine the next day. 0 asks for the first working moment at or after `start`. Raises ValueError for negative
        seconds, NoTimeLeft where holidays leave too little.
        """
        amount = round(seconds * SECOND)
        if amount < 0:
            raise ValueError("Working time cannot be added backwards.")
        at = micros(start)
        return moment_at(self._reach(at, amount) if amount else self._reach(at, 1) - 1)

    def is_open(self, at: datetime) -> bool:
        return self._is_open(micros(at))

    def periods(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of working time in [start, end), in UTC and in order; those that touch are one."""
        at, stop = micros(start), micros(end)
        while (left := self._measure(at, stop)) > 0:
            at = self._reach(at, 1) - 1
            finished = self._stretch_end(at)
            while finished < stop and self._is_open(finished):
                finished = self._stretch_end(finished)
            yield moment_at(at), moment_at(min(finished, stop))
            if finished - at >= left:
                return
            at = finished

    def _is_open(self, at: int) -> bool:
        return self._measure(at, at + 1) == 1

    def _measure(self, start: int, end: int) -> int:
        if end <= start:
            return 0
        first, last = year_of(start), year_of(end - 1)
        if first == last:
            return self._within(first, start, end)
        between = sum(self._whole(year) for year in range(first + 1, last) if self._has_any(year))
        return self._within(first, start, year_start(first + 1)) + between + self._within(last, year_start(last), end)

    def _within(self, year: int, start: int, end: int) -> int:
        return sum(
            self._hours.before(after + shift) - self._hours.before(at + shift)
            for at, after, shift in self._spans(year, start, end)
        )

    def _whole(self, year: int) -> int:
        """The working time of a year, remembered: whoever measures a span of years measures the next one, too."""
        if (total := self._years.get(year)) is None:
            total = self._years[year] = self._within(year, year_start(year), year_start(year + 1))
        return total

    def _has_any(self, year: int) -> bool:
        """False where no offset could bring working time into the year: centuries of holidays are passed quickly."""
        start, end = year_start(year) + _LOCAL_EPOCH - DAY, year_start(year + 1) + _LOCAL_EPOCH + DAY
        return self._hours.before(end) > self._hours.before(max(start, 0))

    def _spans(self, year: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """[start, end) of a year, cut where the offset changes, each part with what leads to its local time."""
        offsets = offsets_in(self.time_zone, year)
        for i, (begins, offset) in enumerate(offsets):
            ends = offsets[i + 1][0] if i + 1 < len(offsets) else end
            at, after = max(begins, start), min(ends, end)
            if at < after:
                yield at, after, _LOCAL_EPOCH + offset

    def _reach(self, start: int, amount: int) -> int:
        """The first moment before which there is `amount`, above 0, from `start` on: by years, then to the point."""
        at = start
        for year in range(year_of(start), LAST_YEAR + 1):
            end = year_start(year + 1)
            if not self._has_any(year):
                at = end
                continue
            there = self._within(year, at, end) if at == start else self._whole(year)
            if amount <= there:
                return self._reach_within(year, at, amount)
            amount, at = amount - there, end
        raise NoTimeLeft("This calendar has too little working time left: holidays cover the rest.")

    def _reach_within(self, year: int, start: int, amount: int) -> int:
        for at, after, shift in self._spans(year, start, year_start(year + 1)):
            before = self._hours.before(at + shift)
            there = self._hours.before(after + shift) - before
            if amount <= there:
                return self._hours.reach(before + amount) - shift
            amount -= there
        raise AssertionError("The parts of a year are less than the year.")

    def _stretch_end(self, at: int) -> int:
        """An end of the stretch that `at`, a working moment, is in; the next may begin right there."""
        _, after, shift = next(self._spans(year_of(at), at, year_start(year_of(at) + 1)))
        return min(self._hours.stretch_end(at + shift) - shift, after)
