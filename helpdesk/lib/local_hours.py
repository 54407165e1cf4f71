"""Working hours on the wall clock, which knows no time zone: a week that repeats, and days that differ from it.

Everything is whole microseconds of local time since the day before 0001-01-01, a Sunday, and everything is a closed
formula or a binary search: ten years cost what ten minutes cost, and ten thousand holidays hardly more than ten.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate, pairwise

MINUTE = 60 * 1_000_000
DAY = 24 * 60 * MINUTE
WEEK = 7 * DAY
END = (date.max.toordinal() + 1) * DAY

Minutes = Sequence[tuple[int, int]]


class Repeating:
    """Working intervals of a period that comes again and again: a week, or one kind of day."""

    def __init__(self, intervals: Minutes, period: int) -> None:
        self.period = period
        self.starts = [start * MINUTE for start, _ in intervals]
        self.ends = [end * MINUTE for _, end in intervals]
        self.sums = [0, *accumulate(end - start for start, end in zip(self.starts, self.ends, strict=True))]
        self.total = self.sums[-1]

    def before(self, at: int) -> int:
        """How much of [0, at) is working time."""
        times, at = divmod(at, self.period)
        i = bisect_right(self.starts, at)
        inside = self.sums[i - 1] + min(at, self.ends[i - 1]) - self.starts[i - 1] if i else 0
        return times * self.total + inside

    def reach(self, amount: int) -> int:
        """The first moment before which there is `amount` of working time, above 0."""
        times, rest = divmod(amount - 1, self.total)
        i = bisect_left(self.sums, rest + 1) - 1
        return times * self.period + self.starts[i] + rest + 1 - self.sums[i]

    def stretch_end(self, at: int) -> int:
        """The end of the interval that `at`, a working moment, is in."""
        times, at = divmod(at, self.period)
        return times * self.period + self.ends[bisect_right(self.starts, at) - 1]


SpecialDays = tuple[int, int, Repeating]  # first moment, the moment after the last, and the hours of each day between


class LocalHours:
    """The week with the days that differ. `special`: in order, none twice; a holiday's hours are empty."""

    def __init__(self, week: Repeating, special: Iterable[SpecialDays]) -> None:
        self.bounds = [0]  # pieces of time, each with one way of counting
        self.ways = [week]
        self.sums = [0]  # working time before each piece
        for first, end, hours in special:
            self._begin(first, hours)
            self._begin(end, week)
        self.total = self.before(END) - self.before(DAY)  # a date before 0001-01-01 nobody can have

    def _begin(self, at: int, way: Repeating) -> None:
        self.sums.append(self.before(at))
        if at == self.bounds[-1]:  # two kinds of special days that touch: nothing is between them
            self.sums.pop()
            self.ways[-1] = way
        else:
            self.bounds.append(at)
            self.ways.append(way)

    def before(self, at: int) -> int:
        i = bisect_right(self.bounds, at) - 1
        return self.sums[i] + self.ways[i].before(at) - self.ways[i].before(self.bounds[i])

    def reach(self, amount: int) -> int:
        """The first moment before which there is `amount` of working time; at most `total`, above 0."""
        i = bisect_left(self.sums, amount) - 1
        way = self.ways[i]
        return way.reach(way.before(self.bounds[i]) + amount - self.sums[i])

    def stretch_end(self, at: int) -> int:
        """The end of the working time that `at`, a working moment, is in; midnight of a special day ends it, too."""
        i = bisect_right(self.bounds, at) - 1
        end = self.ways[i].stretch_end(at)
        return min(end, self.bounds[i + 1]) if i + 1 < len(self.bounds) else end


def read_week(week: Minutes) -> Repeating:
    """`week` in minutes since Sunday 00:00, half-open. What runs past Saturday midnight goes on on Sunday."""
    length = WEEK // MINUTE
    pieces: list[tuple[int, int]] = []
    for start, end in _whole(week):
        if not (0 <= start < length and start < end <= start + length):
            raise ValueError(
                f"({start}, {end}) is no interval of a week: it begins at 0 to {length - 1}, and ends later."
            )
        pieces.append((start, min(end, length)))
        if end > length:
            pieces.append((0, end - length))
    return Repeating(_apart(pieces, "The week"), WEEK)


def read_day(hours: Minutes) -> Repeating:
    """`hours` in minutes of the day; none at all is a day off."""
    for start, end in _whole(hours):
        if not 0 <= start < end <= DAY // MINUTE:
            raise ValueError(f"({start}, {end}) is no interval of a day.")
    return Repeating(_apart(list(hours), "A day with other hours"), DAY)


def _whole(intervals: Minutes) -> Minutes:
    for start, end in intervals:
        if not (isinstance(start, int) and isinstance(end, int)):
            raise ValueError(f"({start!r}, {end!r}) are no whole minutes.")
    return intervals


def _apart(intervals: list[tuple[int, int]], what: str) -> Minutes:
    intervals.sort()
    for (start, end), (next_start, next_end) in pairwise(intervals):
        if next_start < end:
            raise ValueError(f"{what} has intervals that overlap: ({start}, {end}) and ({next_start}, {next_end}).")
    return intervals


def days(first: date, last: date) -> tuple[int, int]:
    """Inclusive dates as half-open local time."""
    if last < first:
        raise ValueError(f"Days that end before they begin: {first} to {last}.")
    return first.toordinal() * DAY, (last.toordinal() + 1) * DAY


def special_days(
    holidays: Iterable[tuple[date, date]], exceptions: Iterable[tuple[date, date, Minutes]]
) -> list[SpecialDays]:
    """Both in one order, none twice. Where a holiday and other hours meet, the other hours count."""
    other = sorted(((*days(first, last), read_day(hours)) for first, last, hours in exceptions), key=lambda s: s[:2])
    for before, after in pairwise(other):
        if after[0] < before[1]:
            day = date.fromordinal(after[0] // DAY)
            raise ValueError(f"There are two kinds of other hours for {day}.")
    return sorted([*other, *_without(_merged(holidays), other)], key=lambda s: s[:2])


def _merged(holidays: Iterable[tuple[date, date]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, end in sorted(days(*holiday) for holiday in holidays):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged


def _without(holidays: list[tuple[int, int]], other: list[SpecialDays]) -> list[SpecialDays]:
    """The parts of the holidays that no other hours cover."""
    off = Repeating((), DAY)
    left: list[SpecialDays] = []
    starts = [first for first, _, _ in other]
    for first, end in holidays:
        i = max(bisect_right(starts, first) - 1, 0)
        while i < len(other) and other[i][0] < end:
            if other[i][1] > first:
                if first < other[i][0]:
                    left.append((first, other[i][0], off))
                first = other[i][1]
            i += 1
        if first < end:
            left.append((first, end, off))
    return left
