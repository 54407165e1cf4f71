"""Fields of time: whole hours since or until a moment, and calendar days.

A moment that is not there satisfies no comparison. What lies ahead has no hours since, what is past has no hours
until: a ticket that is due tomorrow is not "less than 4 hours overdue".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import ge, gt, le, lt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.conditions.asking import Asking
from tickets.conditions.kind import Kind, read_number, read_text, shown
from tickets.conditions.operators import ORDER
from tickets.conditions.problems import Wrong
from tickets.conditions.sources import Source

MAX_HOURS = 200_000  # 22 years
MAX_DAYS = 10_000
YEARS = range(1970, 2200)
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
Bounds = dict[str, datetime]  # lookup → bound; all of them hold
HOLDS: Mapping[str, Callable[[datetime, datetime], bool]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge}


class Bounded(Kind):
    """A comparison that is a span of time: the same bounds serve both readings."""

    def bounds(self, operator: str, value: Any, asking: Asking) -> Bounds:
        raise NotImplementedError

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        return source.present() if operator == "present" else source.some(**self.bounds(operator, value, asking))

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        if operator == "present":
            return bool(values)
        bounds = self.bounds(operator, value, asking)
        return any(all(HOLDS[lookup](moment, bound) for lookup, bound in bounds.items()) for moment in values)


class HoursSince(Bounded):
    """`is` 4: at least four hours and not yet five. More and less than 4 compare to the minute."""

    name = "hours"
    widgets = {"is": "number", "less_than": "number", "greater_than": "number"}

    def read(self, operator: str, value: object) -> int:
        return read_number(value, 0, MAX_HOURS)

    def bounds(self, operator: str, value: Any, asking: Asking) -> Bounds:
        moment = asking.now - timedelta(hours=value)
        match operator:
            case "less_than":
                return {"gt": moment, "lte": asking.now}
            case "greater_than":
                return {"lt": moment}
        return {"gt": moment - timedelta(hours=1), "lte": moment}

    def moves(self, operator: str, value: Any) -> bool:
        return True

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        return _shifted(values, timedelta(), timedelta(hours=value), timedelta(hours=value + 1))


class HoursUntil(HoursSince):
    def bounds(self, operator: str, value: Any, asking: Asking) -> Bounds:
        moment = asking.now + timedelta(hours=value)
        match operator:
            case "less_than":
                return {"gte": asking.now, "lt": moment}
            case "greater_than":
                return {"gt": moment}
        return {"gte": moment, "lt": moment + timedelta(hours=1)}

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        return _shifted(values, timedelta(), -timedelta(hours=value), -timedelta(hours=value + 1))


class Date(Bounded):
    """Days of the asking user's zone: `2026-11-22`, `today`, `yesterday`, `tomorrow`; or a moment with its own zone."""

    name = "date"
    widgets = {
        "is": "date",
        "is_not": "date",
        **dict.fromkeys(ORDER, "date"),
        "within_previous_n_days": "number",
    }
    labels = {
        "is": gettext_lazy("is on"),
        "is_not": gettext_lazy("is not on"),
        "less_than": gettext_lazy("is before"),
        "less_than_equal": gettext_lazy("is on or before"),
        "greater_than": gettext_lazy("is after"),
        "greater_than_equal": gettext_lazy("is on or after"),
        "within_previous_n_days": gettext_lazy("is within the last … days"),
    }

    def __init__(self, *, can_be_empty: bool = False) -> None:
        if can_be_empty:
            self.widgets = {**self.widgets, "present": "none", "not_present": "none"}

    def read(self, operator: str, value: object) -> Any:
        if operator in ("present", "not_present"):
            return None
        if operator == "within_previous_n_days":
            return read_number(value, 1, MAX_DAYS)
        text = read_text(value).upper()
        if text.lower() in DAYS:
            return text.lower()
        if _read_day(text) is None and _read_moment(text) is None:
            raise Wrong(_("%(value)s is no date like 2026-11-22") % {"value": shown(value)})
        return text

    def bounds(self, operator: str, value: Any, asking: Asking) -> Bounds:
        if operator == "within_previous_n_days":
            return {"gte": asking.now - timedelta(days=value), "lte": asking.now}
        start, end = _span(value, asking)
        match operator:
            case "less_than":
                return {"lt": start}
            case "less_than_equal":
                return {"lt": end}
            case "greater_than":
                return {"gte": end}
            case "greater_than_equal":
                return {"gte": start}
        return {"gte": start, "lt": end}

    def names_day(self, value: Any) -> bool:
        return isinstance(value, str)

    def moves(self, operator: str, value: Any) -> bool:
        return operator == "within_previous_n_days" or value in DAYS

    def turns(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> list[datetime]:
        if operator == "within_previous_n_days":
            return _shifted(values, timedelta(), timedelta(days=value))
        days = [moment.astimezone(asking.zone).date() for moment in values if moment.year in YEARS]
        return [asking.day(day + timedelta(days=away))[0] for day in days for away in range(-1, 3)]


def _shifted(moments: Sequence[datetime], *distances: timedelta) -> list[datetime]:
    """Without those that no calendar has."""
    return [moment + distance for moment in moments if moment.year in YEARS for distance in distances]


def _span(value: str, asking: Asking) -> tuple[datetime, datetime]:
    if value in DAYS:
        return asking.day(asking.today + timedelta(days=DAYS[value]))
    day = _read_day(value)
    if day is not None:
        return asking.day(day)
    moment = _read_moment(value)
    assert moment is not None
    return moment, moment + timedelta(microseconds=1)


def _read_day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo and moment.year in YEARS else None
