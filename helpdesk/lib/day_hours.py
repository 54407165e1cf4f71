"""Hours of a day as people write them: "9–12, 13:00–17:30", "22:00–06:00" past midnight, "0–24" round the clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

DAY = 1440  # minutes
INTERVAL = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:h|Uhr)?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:h|Uhr)?", re.I)

Interval = tuple[int, int]


class Unreadable(ValueError):
    """What was typed is no hours; the message says what, for a person."""


def read_hours(text: str, *, over_midnight: bool) -> list[Interval]:
    """Minutes of the day, in order; an end past midnight is above 1440. Raises Unreadable."""
    parts = [part.strip() for part in re.split(r"[,;\n]|\s+(?:and|und|&|\+)\s+", text) if part.strip()]
    intervals = sorted(_interval(part, over_midnight) for part in parts)
    for before, after in pairwise(intervals):
        if after[0] < before[1]:
            raise Unreadable(
                _("%(one)s and %(other)s overlap.") % {"one": write_hours([before]), "other": write_hours([after])}
            )
    return intervals


def _interval(text: str, over_midnight: bool) -> Interval:
    found = INTERVAL.fullmatch(text)
    if not found:
        raise Unreadable(_("“%(text)s” is not like 9:00–17:00.") % {"text": text[:40]})
    hour, minute, to_hour, to_minute = (int(part or 0) for part in found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if minute > 59 or to_minute > 59 or start >= DAY or end > DAY:
        raise Unreadable(_("“%(text)s”: a day has 24 hours of 60 minutes.") % {"text": text[:40]})
    if end == 0:
        end = DAY
    if end <= start:
        if not over_midnight or end == start:
            raise Unreadable(_("“%(text)s” ends before it begins.") % {"text": text[:40]})
        end += DAY
    return start, end


def write_hours(intervals: Iterable[Sequence[int]]) -> str:
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in intervals)


def _clock(minute: int) -> str:
    if minute == DAY:
        return "24:00"
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def by_day(week: Iterable[Sequence[int]]) -> list[list[Interval]]:
    """A week's intervals on the days on which they begin, Sunday first, minutes of that day.

    What is longer than a day, and what a form could not have written, is cut at midnight.
    """
    days: list[list[Interval]] = [[] for _day in range(7)]
    for start, end in week:
        at, stop = int(start), int(end)
        while at < stop:
            midnight = (at // DAY + 1) * DAY
            upto = stop if stop - midnight < at - (midnight - DAY) and stop - at < DAY else min(stop, midnight)
            days[at // DAY % 7].append((at % DAY, at % DAY + upto - at))
            at = upto
    return days


def as_week(days: Sequence[Sequence[Interval]]) -> list[Interval]:
    """Minutes since Sunday 00:00, in order."""
    return sorted((day * DAY + start, day * DAY + end) for day, hours in enumerate(days) for start, end in hours)


def clash(days: Sequence[Sequence[Interval]]) -> tuple[int, int] | None:
    """The day whose night reaches into the next day's hours, and that next day; Saturday's into Sunday."""
    for day, hours in enumerate(days):
        after = (day + 1) % 7
        if hours and days[after] and hours[-1][1] - DAY > days[after][0][0]:
            return day, after
    return None
