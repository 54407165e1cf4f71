"""What one person did, day by day, and how a day of theirs usually is.

Everything is compared with the same person's own median of the last six weeks. A day counts as worked on which they
replied or solved something, so weekends and holidays are no bad days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from metrics.charts import Unit
from metrics.models import MomentKind

LOOKED_BACK: Final = 42  # days
FEWEST: Final = 5  # worked days: of fewer nothing is usual yet
DRAWN: Final = 20  # worked days in a sparkline

DAYS = """
SELECT (at AT TIME ZONE %(zone)s)::date AS day, kind, count(*), count(DISTINCT ticket_id),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
FROM metrics_moment WHERE user_id = %(user)s AND at >= %(start)s AND kind = ANY(%(kinds)s) GROUP BY 1, 2
"""
KINDS: Final = [MomentKind.REPLIED, MomentKind.SOLVED, MomentKind.ASSIGNED, MomentKind.NOTED]


@dataclass(frozen=True)
class Day:
    """`tickets` are those replied to; `wait` is the median of what their customers had waited, in seconds."""

    replies: int = 0
    tickets: int = 0
    solved: int = 0
    assigned: int = 0
    notes: int = 0
    wait: float | None = None

    @property
    def is_worked(self) -> bool:
        return bool(self.replies or self.solved)


@dataclass(frozen=True)
class Beside:
    """A figure of today beside the usual one. `streak`: worked days in a row that were as good as usual or better."""

    name: str
    label: str | Promise
    unit: Unit
    today: float | None
    usual: float | None
    past: Sequence[float | None]
    streak: int
    lower_is_better: bool = False

    @property
    def is_good(self) -> bool:
        """As good as usual already. Of a day that is not over less says nothing."""
        if self.today is None or self.usual is None:
            return False
        return self.today <= self.usual if self.lower_is_better else self.today >= self.usual


@dataclass(frozen=True)
class Own:
    today: Day
    worked: int  # days before today
    beside: Sequence[Beside] = field(default_factory=list)


def own_days(user: User, *, now: datetime, zone: ZoneInfo) -> Own:
    """One statement, which reads this person's moments alone."""
    today = now.astimezone(zone).date()
    days = _days(user, today - timedelta(days=LOOKED_BACK), zone)
    worked = [day for at, day in sorted(days.items()) if at < today and day.is_worked]
    current = days.get(today, Day())
    return Own(current, len(worked), _beside(current, worked))


def _days(user: User, first: date, zone: ZoneInfo) -> Mapping[date, Day]:
    start = datetime.combine(first, datetime.min.time(), zone)
    found: dict[date, dict[str, float | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"zone": zone.key, "user": user.pk, "start": start, "kinds": list(KINDS)})
        for day, kind, n, tickets, wait in cursor.fetchall():
            row = found.setdefault(day, {})
            match kind:
                case MomentKind.REPLIED:
                    row |= {"replies": n, "tickets": tickets, "wait": wait}
                case MomentKind.SOLVED:
                    row["solved"] = n
                case MomentKind.ASSIGNED:
                    row["assigned"] = n
                case _:
                    row["notes"] = n
    return {day: Day(**row) for day, row in found.items()}  # type: ignore[arg-type]


def _beside(today: Day, worked: Sequence[Day]) -> list[Beside]:
    return [
        _figure("replies", _("Replies"), Unit.COUNT, today.replies, [day.replies for day in worked]),
        _figure("solved", _("Solved"), Unit.COUNT, today.solved, [day.solved for day in worked]),
        _figure(
            "wait", _("Customers waited"), Unit.DURATION, today.wait, [day.wait for day in worked], lower_is_better=True
        ),
    ]


def _figure(
    name: str,
    label: str | Promise,
    unit: Unit,
    today: float | None,
    past: Sequence[float | None],
    *,
    lower_is_better: bool = False,
) -> Beside:
    known = [value for value in past if value is not None]
    usual = median(known) if len(known) >= FEWEST else None
    streak = streak_of([*past, today], usual, lower_is_better=lower_is_better) if usual is not None else 0
    return Beside(name, label, unit, today, usual, past[-DRAWN:], streak, lower_is_better)


def streak_of(values: Sequence[float | None], usual: float, *, lower_is_better: bool = False) -> int:
    """How many of the last worked days, one after the other, were as good as usual. The last value is today's:
    it counts once it is as good, and breaks nothing before. A day without the figure neither counts nor breaks.
    """

    def is_good(value: float) -> bool:
        return value <= usual if lower_is_better else value >= usual

    *past, today = values
    streak = 1 if today is not None and is_good(today) else 0
    for value in reversed(past):
        if value is None:
            continue
        if not is_good(value):
            break
        streak += 1
    return streak
