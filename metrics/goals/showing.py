"""Goals as their pages show them: the bar, what is left, the pace, and how the last periods came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from metrics.charts.units import in_words
from metrics.goals.judging import Reading
from metrics.goals.periods import progress
from metrics.goals.words import period_name, target_of, title_of, unit_of, what_is_left, whose
from metrics.measure import Source, Unit
from metrics.measures import MEASURES
from metrics.models import Goal, GoalPeriod, Standing
from metrics.spans import Span, reporting_zone

TONES: Final = {
    Standing.OPEN: "slate",
    Standing.ON_TRACK: "blue",
    Standing.DANGER: "amber",
    Standing.MET: "green",
    Standing.MISSED: "red",
    Standing.EMPTY: "slate",
}
ICONS: Final = {
    Standing.OPEN: "hourglass",
    Standing.ON_TRACK: "trending-up",
    Standing.DANGER: "triangle-alert",
    Standing.MET: "circle-check",
    Standing.MISSED: "circle-x",
    Standing.EMPTY: "minus",
}
ROOM: Final = 1.25  # of the target, so that what exceeds it can be seen


@dataclass(frozen=True)
class Past:
    """A period that is over."""

    name: str
    value: str
    target: str
    n: int
    standing: Standing
    row: GoalPeriod

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def icon(self) -> str:
        return ICONS[self.standing]


@dataclass(frozen=True)
class Shown:
    """`filled`, `mark` and `pace` are places on the bar in per cent; `pace` is None where there is none."""

    goal: Goal
    title: str
    whose: str
    target: str
    value: str
    left: str
    pace_words: str
    standing: Standing
    filled: float
    mark: float
    pace: float | None
    past: Sequence[Past]
    looked_at: datetime | None

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def icon(self) -> str:
        return ICONS[self.standing]

    @property
    def met(self) -> tuple[int, int]:
        """How many of the periods that could be judged."""
        judged = [each for each in self.past if each.standing in (Standing.MET, Standing.MISSED)]
        return sum(each.standing == Standing.MET for each in judged), len(judged)


def shown(goal: Goal, rows: Sequence[GoalPeriod], *, now: datetime) -> Shown:
    """`rows` are the newest of its periods, the newest first."""
    today = now.astimezone(reporting_zone()).date()
    current = next((row for row in rows if row.first <= today <= row.last), None)
    current = current or GoalPeriod(goal=goal, first=today, last=today, direction=goal.direction, target=goal.target)
    unit, adds_up = unit_of(goal), does_add_up(goal)
    share = progress(Span(current.first, current.last, reporting_zone()), now)
    reading = Reading(current.value, current.n, adds_up, share)
    scale = 100.0 if unit is Unit.PERCENT else max(abs(current.target) * ROOM, current.value or 0) or 1
    return Shown(
        goal=goal,
        title=title_of(goal),
        whose=whose(goal),
        target=target_of(current.direction, current.target, unit),
        value=in_words(current.value, unit),
        left=what_is_left(current.value, current, unit, adds_up=adds_up),
        pace_words=_pace(reading, current, unit),
        standing=Standing(current.standing),
        filled=100 * max(0.0, current.value or 0) / scale,
        mark=100 * max(0.0, current.target) / scale,
        pace=100 * current.target * share / scale if adds_up and share is not None and share < 1 else None,
        past=[past(row, goal) for row in rows if row.last < today],
        looked_at=current.looked_at,
    )


def does_add_up(goal: Goal) -> bool:
    measure = MEASURES.get(goal.measure)
    return measure is not None and measure.unit is Unit.COUNT and measure.source is not Source.BACKLOG


def past(row: GoalPeriod, goal: Goal) -> Past:
    unit = unit_of(goal)
    return Past(
        period_name(row, goal.period), in_words(row.value, unit), target_of(row.direction, row.target, unit), row.n,
        Standing(row.standing), row,
    )  # fmt: skip


def _pace(reading: Reading, row: GoalPeriod, unit: Unit) -> str:
    if not reading.adds_up or reading.progress is None or row.standing in (Standing.MET, Standing.MISSED):
        return ""
    if reading.projected is None:
        return _("too early for a pace")
    return _("at this pace %(amount)s") % {"amount": in_words(round(reading.projected), unit)}
