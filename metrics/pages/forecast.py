"""What a backlog may become: each weekday goes on as it usually went. Simple on purpose, so that anybody can redo it.

Of each weekday we know, over the last weeks, what came in less what was solved. Its mean is expected again; the scatter
around it adds up day by day, as the sum of independent days does, and gives the band that holds 8 of 10 outcomes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import fmean, pvariance
from typing import Final

DAYS: Final = 14
WEEKS: Final = 8  # looked back
LEAST: Final = 3  # of each weekday: two say nothing about scatter
EIGHT_OF_TEN: Final = 1.2816  # standard deviations


@dataclass(frozen=True)
class Expected:
    day: date
    value: float
    low: float
    high: float


def forecast(net: Mapping[date, float], level: float, today: date, *, days: int = DAYS) -> list[Expected]:
    """From `level` at the end of `today` on. `net` is what each past day added; nothing where too few are known."""
    weekdays: dict[int, list[float]] = defaultdict(list)
    for day, change in net.items():
        if day < today:
            weekdays[day.weekday()].append(change)
    if len(weekdays) < 7 or min(map(len, weekdays.values())) < LEAST:
        return []
    found, spread = [], 0.0
    for ahead in range(1, days + 1):
        day = today + timedelta(days=ahead)
        usual = weekdays[day.weekday()]
        level += fmean(usual)
        spread += pvariance(usual) * len(usual) / (len(usual) - 1)
        half = EIGHT_OF_TEN * sqrt(spread)
        found.append(Expected(day, max(0, level), max(0, level - half), max(0, level + half)))
    return found
