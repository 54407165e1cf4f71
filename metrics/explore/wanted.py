"""What an address of Explore asks: `?m=opened&m=solved&by=week&by=channel&shown=line` beside range and filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import User
from metrics.asking import Unknown, dimensions_of, measures_of
from metrics.dimension import Dimension
from metrics.filters import Asked, read_asked
from metrics.measure import Measure, Unit
from metrics.pages.wanted import WORKING, Wanted
from metrics.questions import Figure, Question
from tickets.conditions import Problem

MOST_MEASURES: Final = 4
MOST_DIMENSIONS: Final = 2
SHOWN: Final[Mapping[str, str | Promise]] = {
    "table": gettext_lazy("Table"),
    "line": gettext_lazy("Lines"),
    "bars": gettext_lazy("Bars"),
    "heat": gettext_lazy("Heat map"),
    "pivot": gettext_lazy("Pivot table"),
}
STATISTICS: Final[Mapping[str, str | Promise]] = {
    "median": gettext_lazy("Median"),
    "mean": gettext_lazy("Mean"),
    "p90": gettext_lazy("90th percentile"),
}
PARAMS: Final = ("m", "by", "shown", "as", "clock", "preset", "from", "to", "filter")


@dataclass(frozen=True)
class Explored:
    """A question and how its answer is shown. With `problems` it can't be answered."""

    asked: Asked
    measures: Sequence[Measure] = ()
    by: Sequence[Dimension] = ()
    shown: str = "table"
    statistic: str = "median"
    is_working_time: bool = False
    problems: Sequence[Problem] = ()

    @property
    def question(self) -> Question:
        return self.asked.question([one.name for one in self.measures], [one.name for one in self.by])

    @property
    def wanted(self) -> Wanted:
        """For what draws and links as report pages do."""
        return Wanted(self.asked, self.is_working_time)

    def value(self, measure: Measure, figure: Figure | None) -> float | None:
        """The one number that is shown."""
        if figure is None or measure.unit is not Unit.DURATION:
            return figure.value if figure else None
        clock = "_business" if self.is_working_time and measure.business else ""
        value: float | None = getattr(figure, f"{self.statistic}{clock}")
        return value

    def label(self, measure: Measure) -> str:
        """With what of a duration is shown: “First reply time, median, working time”."""
        if measure.unit is not Unit.DURATION:
            return str(measure.label)
        parts = [str(measure.label), str(STATISTICS[self.statistic]).lower()]
        return ", ".join([*parts, *([_("working time")] if self.is_working_time and measure.business else [])])

    @property
    def params(self) -> dict[str, Any]:
        """What an address, or a saved report, needs to ask the same."""
        own: dict[str, Any] = {
            "m": [one.name for one in self.measures],
            "by": [one.name for one in self.by],
            "shown": self.shown if self.shown != "table" else "",
            "as": self.statistic if self.statistic != "median" else "",
            "clock": WORKING if self.is_working_time else "",
        }
        ranged = {name: value for name, value in self.asked.params.items() if name != "compare"}
        return {name: value for name, value in {**own, **ranged}.items() if value}

    def query(self, **changes: Any) -> str:
        kept = {name: value for name, value in {**self.params, **changes}.items() if value}
        return urlencode(kept, doseq=True)


def read_explored(params: Mapping[str, Any], user: User) -> Explored:
    """`params`: values, and lists of them under `m` and `by`."""
    asked = read_asked({**params, "compare": ""}, user)
    problems = list(asked.problems)
    shown, statistic = str(params.get("shown") or "table"), str(params.get("as") or "median")
    for name, value, known in (("shown", shown, SHOWN), ("as", statistic, STATISTICS)):
        if value not in known:
            problems.append(Problem("", name, _("There is no “%(name)s”.") % {"name": value[:40]}))
    measures, by = _named(params, problems)
    if not problems:
        problems += _unfit(measures, by, shown)
    return Explored(
        asked, measures, by, shown if shown in SHOWN else "table", statistic if statistic in STATISTICS else "median",
        params.get("clock") == WORKING, problems,
    )  # fmt: skip


def _named(params: Mapping[str, Any], problems: list[Problem]) -> tuple[list[Measure], list[Dimension]]:
    names, by = _list(params.get("m")), _list(params.get("by"))
    if len(names) > MOST_MEASURES:
        problems.append(Problem("", "m", _("Four measures at most, so that a table can be read.")))
    if len(by) > MOST_DIMENSIONS:
        problems.append(Problem("", "by", _("Numbers can be told by two things at once, not more.")))
    try:
        return measures_of(names[:MOST_MEASURES] or ["opened"]), dimensions_of(by[:MOST_DIMENSIONS])
    except Unknown as error:
        problems.append(Problem("", "m", str(error)))
        return measures_of(["opened"]), []


def _list(given: Any) -> list[str]:
    """Each once, in their order; a field left empty is none."""
    values = given if isinstance(given, list | tuple) else [given]
    return list(dict.fromkeys(str(value) for value in values if value))


def _unfit(measures: Sequence[Measure], by: Sequence[Dimension], shown: str) -> list[Problem]:
    """What can't be drawn so, in words that say what would help."""
    if shown in ("heat", "pivot") and len(by) != MOST_DIMENSIONS:
        return [Problem("", "by", _("%(shown)s needs two things to tell numbers by.") % {"shown": SHOWN[shown]})]
    if shown == "line" and not (by and by[0].is_of_time):
        return [Problem("", "by", _("Lines go along days, weeks, months, weekdays or hours: choose one first."))]
    if shown == "bars" and not by:
        return [Problem("", "by", _("Bars need something to tell numbers by."))]
    return []
