"""Days, moments and spans of time as they are typed into a filter."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.search.values import BadValue, Condition, condition

_SPAN = re.compile(r"(\d{1,5})\s*-?\s*([a-z]+)")
_UNITS = {
    "minute": timedelta(minutes=1), "min": timedelta(minutes=1), "hour": timedelta(hours=1), "h": timedelta(hours=1),
    "day": timedelta(days=1), "d": timedelta(days=1), "week": timedelta(weeks=1), "w": timedelta(weeks=1),
    "month": timedelta(days=30), "year": timedelta(days=365), "y": timedelta(days=365),
}  # fmt: skip


def read_date(field: str, operator: str, value: str) -> Condition:
    """A day, a moment, `today`, or a span counted back from now: `created>7days` is "within the last seven days"."""
    value = value.lower()
    if span := _SPAN.fullmatch(value):
        return _ago(field, operator, int(span[1]), span[2])
    if value in ("today", "yesterday", "tomorrow"):
        return condition(field, operator, value)
    try:
        moment = datetime.fromisoformat(value.upper())
        day = date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        raise BadValue(_bad(value)) from None
    if not 1970 <= moment.year < 2200:
        raise BadValue(_bad(value))
    if day:
        return condition(field, operator, day.isoformat())
    return condition(field, operator, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat())


def _ago(field: str, operator: str, number: int, unit: str) -> Condition:
    length = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if not length or length * number > timedelta(days=10_000):
        raise BadValue(_bad(f"{number}{unit}"))
    days = (length * number) / timedelta(days=1)
    if operator in ("greater_than", "greater_than_equal", "is") and days >= 1 and days == int(days):
        return condition(field, "within_previous_n_days", int(days))  # stays relative in a view made of it
    moment = (timezone.now() - length * number).replace(microsecond=0)
    return condition(field, "greater_than_equal" if operator == "is" else operator, moment.isoformat())


def _bad(value: str) -> str:
    return _("“%(value)s” is no date: write %(example)s, or a span such as 4hours or 7days.") % {
        "value": value[:60],
        "example": "2026-01-31",
    }
