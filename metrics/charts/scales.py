"""Axes that read well: a handful of round steps from zero, in units people count in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from metrics.charts.units import DAY, HOUR, MINUTE, Unit, on_axis

WANTED: Final = 4
# What clocks and calendars are divided by; from ten days on tens again.
CLOCK_STEPS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(HOUR * count for count in (1, 2, 3, 6, 12)),
    *(DAY * count for count in (1, 2, 5)),
)


@dataclass(frozen=True)
class Scale:
    """From `floor` to `top`; `at` says where a value stands, in per cent from the top, as SVG counts."""

    floor: float
    top: float
    step: float
    unit: str

    @property
    def ticks(self) -> list[float]:
        count = round((self.top - self.floor) / self.step)
        return [self.floor + self.step * number for number in range(count + 1)]

    def at(self, value: float) -> float:
        return round(100 * (1 - (value - self.floor) / (self.top - self.floor)), 3)

    def label(self, tick: float) -> str:
        return on_axis(tick, self.unit, self.step)


def scale_for(values: Iterable[float | None], unit: str, *, may_float: bool = False) -> Scale:
    """Holds all `values`. Only lines of per cents may begin above zero (`may_float`): bars would lie about size."""
    known = [value for value in values if value is not None]
    most = max(known, default=0.0)
    if unit == Unit.PERCENT:
        return _percents(known, most, may_float)
    if most <= 0:
        return Scale(0, {Unit.DURATION: MINUTE}.get(Unit(unit), 4), {Unit.DURATION: 15}.get(Unit(unit), 1), unit)
    step = _clock_step(most / WANTED) if unit == Unit.DURATION else _round_step(most / WANTED, unit == Unit.COUNT)
    return Scale(0, step * math.ceil(most / step - 1e-9), step, unit)


def _percents(known: list[float], most: float, may_float: bool) -> Scale:
    least = min(known, default=0.0)
    if may_float and least >= 80:
        return Scale(80, 100, 5, Unit.PERCENT)
    if may_float and least >= 50:
        return Scale(50, 100, 10, Unit.PERCENT)
    if most <= 20 and known and most > 0:
        step = _round_step(most / WANTED, whole=False)
        return Scale(0, step * math.ceil(most / step - 1e-9), step, Unit.PERCENT)
    return Scale(0, 100, 25, Unit.PERCENT)


def _clock_step(raw: float) -> float:
    return next((step for step in CLOCK_STEPS if step >= raw), DAY * _round_step(raw / DAY, whole=True))


def _round_step(raw: float, whole: bool) -> float:
    """1, 2, 2.5 or 5 times a power of ten. There is no half a ticket: counts go by whole steps."""
    power = 10.0 ** math.floor(math.log10(raw))
    steps = (times * power for times in (1, 2, 2.5, 5, 10))
    step = (
        next(step for step in steps if step >= raw * (1 - 1e-9) and not (whole and step % 1))
        if raw >= 1 or not whole
        else 1.0
    )
    return float(step)
