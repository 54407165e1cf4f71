"""The days, weeks and months of goals, and how far into one we are."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.accounts import working_hours
from metrics.models import Period
from metrics.spans import Span


def period_of(day: date, period: str, zone: ZoneInfo) -> Span:
    """The one that `day` lies in. Weeks begin on Monday."""
    if period == Period.MONTH:
        return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]), zone)
    if period == Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=6), zone)
    return Span(day, day, zone)


def before(span: Span, period: str) -> Span:
    return period_of(span.first - timedelta(days=1), period, span.zone)


def last_periods(day: date, period: str, zone: ZoneInfo, count: int) -> Iterator[Span]:
    """Those before the one that `day` lies in, the newest first."""
    span = period_of(day, period, zone)
    for _ in range(count):
        span = before(span, period)
        yield span


def progress(span: Span, now: datetime) -> float | None:
    """How much of its working time is over, of 0 to 1, by the default calendar; None where it has none at all.

    By the clock a team would be behind each Monday morning, and hopelessly so on a Friday before a holiday.
    """
    book = working_hours.book()
    hours = book.timelines.get(book.default_id) if book.default_id else None
    if hours is None:
        return min(1.0, max(0.0, (now - span.start) / (span.end - span.start)))
    whole = hours.measure(span.start, span.end)
    if not whole:
        return None
    return hours.measure(span.start, min(max(now, span.start), span.end)) / whole
