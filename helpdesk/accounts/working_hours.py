"""Working time by the hours that were in force: a calendar that was changed counts each interval as it was then.

What was promised under last week's hours is counted by last week's hours, and what comes by today's. So a holiday
that is entered afterwards changes nothing of the past (rules-sla-metrics §6.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from helpdesk.accounts.calendars import Calendar, CalendarVersion
from helpdesk.lib import business_time
from helpdesk.lib.business_time import NoTimeLeft
from helpdesk.lib.zone_offsets import SECOND

__all__ = ["Book", "NoTimeLeft", "Timeline", "Version", "add", "book", "calendar_for", "measure", "timeline_of"]


@dataclass(frozen=True)
class Version:
    """Hours, and from when until when they count; None is without end."""

    since: datetime | None
    until: datetime | None
    hours: business_time.Calendar
    data: Mapping[str, Any]

    def day_off(self, day: date) -> str:
        """What the day is called if it is a holiday or has other hours; empty for a usual day."""
        special = [*self.data["exceptions"], *self.data["holidays"]]
        names = [entry["name"] for entry in special if entry["first"] <= day.isoformat() <= entry["last"]]
        return names[0] if names else ""


@dataclass(frozen=True)
class Timeline:
    """A calendar through time. Its methods are those of `business_time.Calendar`."""

    calendar_id: int
    name: str
    versions: Sequence[Version]

    @property
    def time_zone(self) -> str:
        return self.versions[-1].hours.time_zone

    def measure(self, start: datetime, end: datetime) -> float:
        return sum(version.hours.measure(since, until) for version, since, until in self._parts(start, end))

    def add(self, start: datetime, seconds: float) -> datetime:
        """Raises NoTimeLeft where the hours now in force never have that much again."""
        left = round(seconds * SECOND)  # whole microseconds, so that no fraction is lost between two versions
        for version in self.versions[:-1]:
            if version.until is None or version.until <= start:
                continue
            there = round(version.hours.measure(start, version.until) * SECOND)
            if left < there or 0 < left == there:
                return version.hours.add(start, left / SECOND)
            left, start = left - there, version.until
        return self.versions[-1].hours.add(start, left / SECOND)

    def is_open(self, at: datetime) -> bool:
        return self.at(at).hours.is_open(at)

    def next_open(self, at: datetime) -> datetime:
        """The first working moment at or after `at`."""
        return self.add(at, 0)

    def next_close(self, at: datetime) -> datetime | None:
        """When the stretch of working time that `at` is in ends; None where it is not within a year."""
        end = at + timedelta(days=366)
        closes = next((until for _, until in self.periods(at, end)), None)
        return None if closes is None or closes >= end else closes

    def periods(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of working time in [start, end), in UTC; one ends where other hours come into force."""
        for version, since, until in self._parts(start, end):
            yield from version.hours.periods(since, until)

    def at(self, moment: datetime) -> Version:
        """The version in force."""
        return next(version for version in self.versions if version.until is None or moment < version.until)

    def _parts(self, start: datetime, end: datetime) -> Iterator[tuple[Version, datetime, datetime]]:
        for version in self.versions:
            since = max(start, version.since) if version.since else start
            until = min(end, version.until) if version.until else end
            if since < until:
                yield version, since, until


class HasCalendar(Protocol):
    """A ticket, which this layer does not know."""

    @property
    def calendar_id(self) -> int | None: ...
    @property
    def team(self) -> Any: ...


@dataclass(frozen=True)
class Book:
    """All calendars as of one moment: whoever asks for many tickets reads it once and asks no more."""

    timelines: Mapping[int, Timeline]
    default_id: int | None

    def for_ticket(self, ticket: HasCalendar) -> Timeline | None:
        """The ticket's own calendar, else its team's, else the default; None where there is no calendar at all."""
        return self.first_of(ticket.calendar_id, ticket.team.calendar_id if ticket.team else None)

    def first_of(self, *wanted: int | None) -> Timeline | None:
        known = (self.timelines.get(pk) for pk in (*wanted, self.default_id) if pk)
        return next((timeline for timeline in known if timeline), None)


Stamp = tuple[tuple[int, datetime, bool], ...]
_last: tuple[Stamp, Book] | None = None  # of this process; `updated_at` tells whether it still holds


def book() -> Book:
    """One short statement, unless a calendar was changed since the last time."""
    global _last  # one cache for a process
    stamp: Stamp = tuple(Calendar.objects.order_by("pk").values_list("pk", "updated_at", "is_default"))
    if _last is None or _last[0] != stamp:
        _last = stamp, _read()
    return _last[1]


def _read() -> Book:
    calendars = Calendar.objects.prefetch_related("versions")
    timelines = {calendar.pk: _timeline(calendar, list(calendar.versions.all())) for calendar in calendars}
    default = next((calendar.pk for calendar in calendars if calendar.is_default), None)
    return Book({pk: timeline for pk, timeline in timelines.items() if timeline}, default)


def _timeline(calendar: Calendar, kept: Sequence[CalendarVersion]) -> Timeline | None:
    """The first version counts for the time before it, too: nobody said otherwise."""
    versions = [
        Version(
            since=kept[i].valid_from if i else None,
            until=kept[i + 1].valid_from if i + 1 < len(kept) else None,
            hours=hours_from(kept[i].data),
            data=kept[i].data,
        )
        for i in range(len(kept))
    ]
    return Timeline(calendar.pk, calendar.name, versions) if versions else None


def hours_from(data: Mapping[str, Any]) -> business_time.Calendar:
    """The pure calendar of what a version holds. Raises ValueError where it is none."""
    return business_time.Calendar(
        data["time_zone"],
        [(start, end) for start, end in data["week"]],
        [_days(entry) for entry in data["holidays"]],
        exceptions=[(*_days(entry), [(start, end) for start, end in entry["hours"]]) for entry in data["exceptions"]],
    )


def _days(entry: Mapping[str, str]) -> tuple[date, date]:
    return date.fromisoformat(entry["first"]), date.fromisoformat(entry["last"])


def calendar_for(ticket: HasCalendar) -> Timeline | None:
    """The hours that count for the ticket; None: there is no calendar, so every hour counts."""
    return book().for_ticket(ticket)


def timeline_of(calendar: Calendar | int) -> Timeline:
    """Raises KeyError for one that is gone."""
    return book().timelines[calendar if isinstance(calendar, int) else calendar.pk]


def measure(calendar: Calendar | Timeline | int, start: datetime, end: datetime) -> float:
    """Working seconds in [start, end), each by the hours then in force."""
    return _timeline_of(calendar).measure(start, end)


def add(calendar: Calendar | Timeline | int, start: datetime, seconds: float) -> datetime:
    """When `seconds` of working time will have passed since `start`, as `business_time.Calendar.add` says it."""
    return _timeline_of(calendar).add(start, seconds)


def _timeline_of(calendar: Calendar | Timeline | int) -> Timeline:
    return calendar if isinstance(calendar, Timeline) else timeline_of(calendar)
