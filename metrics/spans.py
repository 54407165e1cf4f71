"""Days: the time zone that reports count them in, and the span of days that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from helpdesk.accounts import working_hours

COMPARED_WITH: Final = ("", "before", "year")  # nothing, the days just before, the same days a year earlier


def reporting_zone() -> ZoneInfo:
    """Of the default calendar; UTC where there is none. A day that begins elsewhere would fit nobody's working day."""
    book = working_hours.book()
    timeline = book.timelines.get(book.default_id) if book.default_id else None
    return ZoneInfo(timeline.time_zone if timeline else "UTC")


@dataclass(frozen=True)
class Span:
    """Whole days of `zone`, the last one included. Over a change of the clock a day has 23 or 25 hours."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Span:
        """As many days, right before these."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1), self.zone)

    @property
    def year_before(self) -> Span:
        """The same weekdays 52 weeks earlier, so that Mondays are compared with Mondays."""
        year = timedelta(weeks=52)
        return Span(self.first - year, self.last - year, self.zone)


def last_days(days: int, *, now: datetime | None = None) -> Span:
    """Today and the days before it."""
    zone = reporting_zone()
    today = (now or timezone.now()).astimezone(zone).date()
    return Span(today - timedelta(days=days - 1), today, zone)
