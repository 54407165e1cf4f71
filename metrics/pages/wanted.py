"""What a reader wants to see on a report page: Asked, by which clock durations are told, and the questions of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from django.utils.formats import date_format
from django.utils.translation import pgettext

from helpdesk.accounts.models import User
from metrics.asking import ask
from metrics.filters import Asked, read_asked
from metrics.questions import Answer
from metrics.spans import Span

DAYS_ON_A_LINE: Final = 62
WEEKS_ON_A_LINE: Final = 60 * 7
NOT_COMPARED: Final = "none"  # in addresses: leaving it out means the days before
WORKING: Final = "working"
TICKETS: Final = "/reports/tickets/"


@dataclass(frozen=True)
class Wanted:
    asked: Asked
    is_working_time: bool = False

    @property
    def span(self) -> Span:
        return self.asked.span

    @property
    def grain(self) -> str:
        """What one point of a line is, so that none has hundreds."""
        if self.span.days <= DAYS_ON_A_LINE:
            return "day"
        return "week" if self.span.days <= WEEKS_ON_A_LINE else "month"

    def ask(self, *measures: str, by: Sequence[str] = ()) -> Answer:
        return ask(self.asked.question(measures, by))

    def before(self, *measures: str, by: Sequence[str] = ()) -> Answer | None:
        """The same of what it is compared with."""
        span = self.asked.compared
        return ask(self.asked.question(measures, by, span=span)) if span else None

    @property
    def params(self) -> dict[str, str]:
        compare = {"": NOT_COMPARED, "before": "", "year": "year"}[self.asked.compare]
        own = {"compare": compare, "clock": WORKING if self.is_working_time else ""}
        return {name: value for name, value in {**self.asked.params, **own}.items() if value}

    def query(self, **changes: str) -> str:
        return urlencode({name: value for name, value in {**self.params, **changes}.items() if value})

    def link(self, measure: str, by: Sequence[str] = (), key: Sequence[str] = ()) -> str:
        """To the tickets behind a figure. A page has some hundreds of them: what they share is written once."""
        group = f"&by={quote_plus(','.join(by))}" if by else ""
        return f"{TICKETS}?measure={measure}{group}{''.join(f'&key={quote_plus(one)}' for one in key)}{self._behind}"

    @cached_property
    def _behind(self) -> str:
        asked = {name: value for name, value in self.asked.params.items() if name != "compare"}
        return f"&{urlencode(asked)}" if asked else ""


def read_wanted(params: Mapping[str, Any], user: User) -> Wanted:
    """Of an address. Compared with the days before unless it says otherwise."""
    compare = str(params.get("compare") or "before")
    given = {**{name: params.get(name) for name in params}, "compare": "" if compare == NOT_COMPARED else compare}
    return Wanted(read_asked(given, user), params.get("clock") == WORKING)


def short_day(key: str, grain: str) -> str:
    """A point of a line under its axis: 3 Nov; of months Nov 2026."""
    shape = pgettext("date format", "M Y") if grain == "month" else pgettext("date format", "j M")
    return date_format(date.fromisoformat(key), shape)
