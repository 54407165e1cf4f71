"""What a report's address asks: `?preset=last_30&compare=before&filter={…}` or `?from=2026-11-01&to=2026-11-22`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import User
from metrics.questions import Question
from metrics.spans import COMPARED_WITH, Span, reporting_zone
from tickets.conditions import Problem
from tickets.lists import read_filter

MOST_DAYS: Final = 5 * 366
EARLIEST: Final = date(2000, 1, 1)
CUSTOM: Final = "custom"

Days = tuple[date, date]


def _month(day: date, away: int = 0) -> date:
    """The first day of the month so many months away."""
    months = day.year * 12 + day.month - 1 + away
    return date(months // 12, months % 12 + 1, 1)


def _last(days: int) -> Callable[[date], Days]:
    return lambda today: (today - timedelta(days=days - 1), today)


def _yesterday(today: date) -> Days:
    return today - timedelta(days=1), today - timedelta(days=1)


def _this_week(today: date) -> Days:
    return today - timedelta(days=today.weekday()), today


def _last_week(today: date) -> Days:
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


def _this_month(today: date) -> Days:
    return _month(today), today


def _last_month(today: date) -> Days:
    return _month(today, -1), _month(today) - timedelta(days=1)


def _this_quarter(today: date) -> Days:
    return _month(today, -((today.month - 1) % 3)), today


def _last_quarter(today: date) -> Days:
    first = _this_quarter(today)[0]
    return _month(first, -3), first - timedelta(days=1)


def _this_year(today: date) -> Days:
    return date(today.year, 1, 1), today


# Named as saved reports keep them, so that "last month" is another one next month.
PRESETS: Final[Mapping[str, tuple[str | Promise, Callable[[date], Days]]]] = {
    "today": (gettext_lazy("Today"), _last(1)),
    "yesterday": (gettext_lazy("Yesterday"), _yesterday),
    "last_7": (gettext_lazy("Last 7 days"), _last(7)),
    "last_30": (gettext_lazy("Last 30 days"), _last(30)),
    "last_90": (gettext_lazy("Last 90 days"), _last(90)),
    "last_365": (gettext_lazy("Last 365 days"), _last(365)),
    "this_week": (gettext_lazy("This week"), _this_week),
    "last_week": (gettext_lazy("Last week"), _last_week),
    "this_month": (gettext_lazy("This month"), _this_month),
    "last_month": (gettext_lazy("Last month"), _last_month),
    "this_quarter": (gettext_lazy("This quarter"), _this_quarter),
    "last_quarter": (gettext_lazy("Last quarter"), _last_quarter),
    "this_year": (gettext_lazy("This year"), _this_year),
}
DEFAULT_PRESET: Final = "last_30"
COMPARISONS: Final[Mapping[str, str | Promise]] = {
    "": gettext_lazy("No comparison"),
    "before": gettext_lazy("The days before"),
    "year": gettext_lazy("The same weekdays a year earlier"),
}
assert tuple(COMPARISONS) == COMPARED_WITH


@dataclass(frozen=True)
class Asked:
    """A report's range, what it is compared with, and its conditions. With `problems` it can't be answered."""

    user: User
    span: Span
    preset: str = DEFAULT_PRESET
    compare: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    @property
    def compared(self) -> Span | None:
        return {"": None, "before": self.span.before, "year": self.span.year_before}[self.compare]

    def question(self, measures: Sequence[str], by: Sequence[str] = (), *, span: Span | None = None) -> Question:
        return Question(tuple(measures), span or self.span, self.user, tuple(by), self.conditions)

    @property
    def params(self) -> dict[str, str]:
        """What an address needs to ask the same; what goes without saying is left out."""
        days = (
            {"from": self.span.first.isoformat(), "to": self.span.last.isoformat()}
            if self.preset == CUSTOM
            else {"preset": self.preset if self.preset != DEFAULT_PRESET else ""}
        )
        tree = json.dumps(self.conditions, separators=(",", ":"), ensure_ascii=False) if self.conditions else ""
        asked = {**days, "compare": self.compare, "filter": tree}
        return {name: value for name, value in asked.items() if value}

    def query(self, **changes: str) -> str:
        """The address after the `?`, with `changes`; an empty one takes a parameter out."""
        return urlencode({name: value for name, value in {**self.params, **changes}.items() if value})


def read_asked(params: Mapping[str, Any], user: User, *, today: date | None = None) -> Asked:
    """`params` of an address, or as a saved report keeps them."""
    zone = reporting_zone()
    today = today or timezone.now().astimezone(zone).date()
    problems: list[Problem] = []
    preset, (first, last) = _days(params, today, problems)
    compare = str(params.get("compare") or "")
    if compare not in COMPARISONS:
        problems.append(Problem("", "compare", _("A report is compared with “before” or “year”.")))
        compare = ""
    conditions, wrong = read_filter(str(params.get("filter") or ""))
    return Asked(user, Span(first, last, zone), preset, compare, conditions, (*problems, *wrong))


def _days(params: Mapping[str, Any], today: date, problems: list[Problem]) -> tuple[str, Days]:
    if params.get("from") or params.get("to"):
        return CUSTOM, _own_days(params, today, problems)
    preset = str(params.get("preset") or DEFAULT_PRESET)
    if preset not in PRESETS:
        problems.append(Problem("", "preset", _("There is no range “%(name)s”.") % {"name": preset[:40]}))
        preset = DEFAULT_PRESET
    return preset, PRESETS[preset][1](today)


def _own_days(params: Mapping[str, Any], today: date, problems: list[Problem]) -> Days:
    first = _day(params, "from", problems)
    last = _day(params, "to", problems) if params.get("to") else today
    if first is None or last is None:
        return PRESETS[DEFAULT_PRESET][1](today)
    wrong = ""
    if first > last:
        wrong = _("The range ends before it begins.")
    elif first < EARLIEST or last > today + timedelta(days=366):
        wrong = _("There are no reports on days so far away.")
    elif (last - first).days >= MOST_DAYS:
        wrong = _("A report is about five years at most.")
    if wrong:
        problems.append(Problem("", "from", wrong))
        return PRESETS[DEFAULT_PRESET][1](today)
    return first, last


def _day(params: Mapping[str, Any], name: str, problems: list[Problem]) -> date | None:
    given = str(params.get(name) or "")
    try:
        return date.fromisoformat(given) if len(given) == len("2026-11-22") else _no_date()
    except ValueError:
        reason = _("“%(given)s” is no date like 2026-11-22.") % {"given": given[:40]}
        problems.append(Problem("", name, reason))
        return None


def _no_date() -> date:
    raise ValueError
