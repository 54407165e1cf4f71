"""How a goal stands: a pure rule over one figure, the target, and how far into the period we are.

A figure that swings around its target must not be in danger each other minute: danger begins clearly on the wrong side
and ends only on the right one. In between it stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from metrics.models import Direction, Standing

EARLY: Final = 0.25  # of the period: before it nothing can be told
FEWEST: Final = 5  # of fewer a median or a share swings too much
FALLS_SHORT: Final = 0.9  # of the target: a count that will not come so far is in danger
EXCEEDS: Final = 1.1
WORSE: Final = 0.05  # of the target, by which a median or share is on the wrong side


@dataclass(frozen=True)
class Reading:
    """`value` was told from `n`. `adds_up`: it grows with each thing that happens, as a median does not.

    `progress` is None in a period without working time, which is not judged, and 1 once it is over (`is_over`).
    """

    value: float | None
    n: int
    adds_up: bool
    progress: float | None
    is_over: bool = False

    @property
    def projected(self) -> float | None:
        """What it comes to if the rest goes as it went so far; of a median or share what it is."""
        if not self.adds_up or self.value is None:
            return self.value
        return self.value / self.progress if self.progress and self.progress >= EARLY else None


def judge(reading: Reading, direction: str, target: float, before: str = Standing.OPEN) -> Standing:
    """`before` is how it stood a moment ago, in the same period."""
    if reading.progress is None and reading.adds_up and direction == Direction.AT_LEAST:
        return Standing.MET if (reading.value or 0) >= target else Standing.EMPTY  # nobody had to work, somebody did
    if reading.progress is None or (reading.is_over and reading.value is None):
        return Standing.EMPTY
    if reading.value is None:
        return Standing.OPEN
    if reading.is_over:
        return Standing.MET if _reached(reading.value, direction, target) else Standing.MISSED
    if reading.adds_up:
        return _of_count(reading, direction, target, before)
    if reading.progress < EARLY or reading.n < FEWEST:
        return Standing.OPEN
    margin = abs(target) * WORSE
    limit = target - margin if direction == Direction.AT_LEAST else target + margin
    return _leaning(reading.value, direction, target, limit, before)


def _of_count(reading: Reading, direction: str, target: float, before: str) -> Standing:
    """What was counted stays counted: a target that is reached, or passed that should not be, is decided early."""
    value, projected = reading.value or 0.0, reading.projected
    if direction == Direction.AT_LEAST and value >= target:
        return Standing.MET
    if direction == Direction.AT_MOST and value > target:
        return Standing.MISSED
    if projected is None:
        return Standing.OPEN
    limit = target * (FALLS_SHORT if direction == Direction.AT_LEAST else EXCEEDS)
    return _leaning(projected, direction, target, limit, before)


def _leaning(value: float, direction: str, target: float, limit: float, before: str) -> Standing:
    if _reached(value, direction, target):
        return Standing.ON_TRACK
    if not _reached(value, direction, limit):
        return Standing.DANGER
    return Standing.DANGER if before == Standing.DANGER else Standing.ON_TRACK


def _reached(value: float, direction: str, target: float) -> bool:
    return value >= target if direction == Direction.AT_LEAST else value <= target
