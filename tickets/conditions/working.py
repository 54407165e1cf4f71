"""Working hours in conditions: whether somebody is there now, and hours since a moment that leave nights out.

Which calendar counts is the ticket's matter (its own, its team's, the default), and hours run by what was in force.
Where there is no calendar at all every hour is a working hour. Lists cannot ask: PostgreSQL knows no working hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Self

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Calendar
from helpdesk.accounts.working_hours import NoTimeLeft, Timeline, book
from tickets.conditions.asking import Asking
from tickets.conditions.choices import Flag
from tickets.conditions.references import Reference
from tickets.conditions.sources import EVERYTHING, Source
from tickets.conditions.times import Bounds, HoursSince, HoursUntil
from tickets.models import Ticket

SUFFIX = "_business_hours"
AHEAD = timedelta(days=21)  # turns without an end are told for three weeks; holidays are seldom longer
BACK = timedelta(days=366)
Calendars = tuple[int | None, ...]  # ids, in the order in which they are asked for; the default comes after them


def calendars_of(ticket: Ticket) -> Calendars:
    return (ticket.calendar_id, ticket.team.calendar_id if ticket.team else None)


class CountedMoment(datetime):
    """A moment that knows whose working hours are counted from it."""

    calendars: Calendars = ()

    @classmethod
    def of(cls, moment: datetime, calendars: Calendars) -> Self:
        counted = cls.combine(moment.date(), moment.timetz())
        counted.calendars = calendars
        return counted

    @property
    def plain(self) -> datetime:
        return datetime.combine(self.date(), self.timetz())

    @property
    def timeline(self) -> Timeline | None:
        return book().first_of(*self.calendars)


class Counted(Source):
    """The moments of another source, of which working hours can be counted."""

    def __init__(self, moments: Source) -> None:
        self.moments = moments
        self.where, self.present, self.loaded = moments.where, moments.present, moments.loaded  # type: ignore[method-assign]

    def values(self, ticket: Ticket, loaded: Any) -> tuple[Any, ...]:
        calendars = calendars_of(ticket)
        return tuple(CountedMoment.of(moment, calendars) for moment in self.moments.values(ticket, loaded))


class Calendared(Source):
    """The ids of the calendars by which a ticket counts, best first: one value, a tuple."""

    is_costly = True

    def present(self) -> Q:
        return EVERYTHING

    def values(self, ticket: Ticket, loaded: Any) -> tuple[Any, ...]:
        return (calendars_of(ticket),)


class WorkingHoursSince(HoursSince):
    """The operators of HoursSince, and each of them in working hours."""

    widgets = {**HoursSince.widgets, **{f"{operator}{SUFFIX}": "number" for operator in HoursSince.widgets}}

    def bounds(self, operator: str, value: Any, asking: Asking) -> Bounds:
        return super().bounds(operator.removesuffix(SUFFIX), value, asking)

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        for moment in values if operator.endswith(SUFFIX) else ():
            if (timeline := moment.timeline) is None:
                return super().test([moment], operator.removesuffix(SUFFIX), value, asking)
            hours = self.counted(timeline, moment.plain, asking.now)
            return hours is not None and _compare(operator.removesuffix(SUFFIX), hours, value)
        return super().test(values, operator, value, asking)

    def counted(self, timeline: Timeline, moment: datetime, now: datetime) -> float | None:
        return timeline.measure(moment, now) / 3600 if moment <= now else None

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        if not operator.endswith(SUFFIX):
            return super().turns([moment.plain for moment in values], operator, value, asking)
        found: list[datetime] = []
        for moment in values:
            if (timeline := moment.timeline) is None:
                found += super().turns([moment.plain], operator, value, asking)
            else:
                found += [moment.plain, *self.reached(timeline, moment.plain, value, asking.now)]
        return found

    def reached(self, timeline: Timeline, moment: datetime, value: int, now: datetime) -> list[datetime]:
        """When so many hours are full, when the next begins, and the same of one more."""
        return [turn for hours in (value, value + 1) for turn in _edges(timeline, moment, hours * 3600)]


class WorkingHoursUntil(WorkingHoursSince, HoursUntil):
    def counted(self, timeline: Timeline, moment: datetime, now: datetime) -> float | None:
        return timeline.measure(now, moment) / 3600 if moment >= now else None

    def reached(self, timeline: Timeline, moment: datetime, value: int, now: datetime) -> list[datetime]:
        start = min(now, moment) - BACK
        left = timeline.measure(start, moment)
        return [
            turn
            for hours in (value, value + 1)
            if left >= hours * 3600
            for turn in _edges(timeline, start, left - hours * 3600)
        ]


def _edges(timeline: Timeline, start: datetime, seconds: float) -> list[datetime]:
    """When so much has passed; and when time goes on after that, if it stands still there."""
    try:
        end = timeline.add(start, seconds) if seconds else start
    except NoTimeLeft:
        return []
    try:
        return [end, timeline.add(end, 0)]
    except NoTimeLeft:
        return [end]


def _compare(operator: str, hours: float, value: int) -> bool:
    match operator:
        case "less_than":
            return hours < value
        case "greater_than":
            return hours > value
    return value <= hours < value + 1


class OpenNow(Flag):
    """Whether it is working time, by the calendar of the ticket."""

    def holds(self, values: Sequence[Any], asking: Asking) -> bool:
        timeline = book().first_of(*values[0])
        return timeline is None or timeline.is_open(asking.now)

    def moves(self, operator: str, value: Any) -> bool:
        return True

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        timeline = book().first_of(*values[0])
        return opening_and_closing(timeline, asking.now) if timeline else []


class WithinCalendar(Reference):
    """Whether it is working time by a calendar that is named, whatever the ticket's is."""

    def __init__(self) -> None:
        gone = _("Calendar %(id)s no longer exists")
        super().__init__(Calendar, gone, offered=Calendar.objects.all, can_be_empty=False)
        self.widgets = {"is": "choice", "is_not": "choice"}

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        timeline = book().timelines.get(value)
        return timeline is not None and timeline.is_open(asking.now)

    def moves(self, operator: str, value: Any) -> bool:
        return True

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        timeline = book().timelines.get(value)
        return opening_and_closing(timeline, asking.now) if timeline else []


def opening_and_closing(timeline: Timeline, now: datetime) -> list[datetime]:
    """Around now, and for some weeks to come."""
    periods = timeline.periods(now - AHEAD, now + AHEAD)
    return [edge for period in islice(periods, 400) for edge in period]
