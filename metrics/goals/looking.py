"""Looking at goals again and again: how each period stands, closing those that are over, telling people once.

A row of GoalPeriod is locked while it is judged, and the notifications are written in the same transaction: whoever is
killed has told nobody, and two workers tell nobody twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import translation

from metrics.goals.judging import Reading, judge
from metrics.goals.measuring import read
from metrics.goals.periods import last_periods, period_of
from metrics.goals.words import why_told
from metrics.measures import MEASURES
from metrics.models import Goal, GoalPeriod, Period, Standing
from metrics.spans import Span, reporting_zone
from tickets import policies
from tickets.models import NotificationKind
from tickets.notifications.telling import tell

logger = logging.getLogger(__name__)

EVERY: Final[Mapping[str, timedelta]] = {
    Period.DAY: timedelta(minutes=1),
    Period.WEEK: timedelta(minutes=5),
    Period.MONTH: timedelta(minutes=15),
}
SETTLES: Final = timedelta(minutes=15)  # after its end, until all that happened in a period is told
HISTORY: Final = 8  # periods that a new goal is judged for in hindsight
NEWS: Final = timedelta(days=3)  # of what ended longer ago nobody is told any more


def look_at_all(*, now: datetime) -> int:
    """Those whose time has come; how many. One that can't be read keeps no other from being looked at."""
    looked = 0
    for goal in Goal.objects.select_related("team"):
        if goal.measure not in MEASURES or not _is_due(goal, now):
            continue
        try:
            look_at(goal, now=now)
            looked += 1
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Goal %s can't be looked at", goal.pk)
    return looked


def _is_due(goal: Goal, now: datetime) -> bool:
    newest = goal.periods.order_by("-first").first()
    if newest is None or newest.looked_at is None or now - newest.looked_at >= EVERY[goal.period]:
        return True
    return newest.last < now.astimezone(reporting_zone()).date()


def look_at(goal: Goal, *, now: datetime) -> GoalPeriod:
    """The period that runs, after those that are over and not settled yet."""
    zone = reporting_zone()
    for row in goal.periods.filter(closed_at=None, last__lt=now.astimezone(zone).date()).order_by("first"):
        _judge(goal, row, Span(row.first, row.last, zone), now)
    span = period_of(now.astimezone(zone).date(), goal.period, zone)
    row, _made = GoalPeriod.objects.get_or_create(goal=goal, first=span.first, defaults=_terms(goal, span))
    return _judge(goal, row, span, now)


def judge_the_past(goal: Goal, *, now: datetime) -> None:
    """A new goal with its last periods, by the target of today. Nobody is told of them."""
    zone = reporting_zone()
    for span in last_periods(now.astimezone(zone).date(), goal.period, zone, HISTORY):
        reading = read(goal, span, now=now)
        standing = judge(reading, goal.direction, goal.target)
        GoalPeriod.objects.get_or_create(
            goal=goal,
            first=span.first,
            defaults={
                **_terms(goal, span), "value": reading.value, "n": reading.n, "standing": standing,
                "looked_at": now, "closed_at": now,
            },
        )  # fmt: skip


def _terms(goal: Goal, span: Span) -> dict[str, object]:
    return {"last": span.last, "direction": goal.direction, "target": goal.target}


def _judge(goal: Goal, row: GoalPeriod, span: Span, now: datetime) -> GoalPeriod:
    reading = read(goal, span, now=now)
    with transaction.atomic():
        row = GoalPeriod.objects.select_for_update().get(pk=row.pk)
        if row.closed_at:
            return row
        if not reading.is_over:
            row.direction, row.target = goal.direction, goal.target
        row.value, row.n, row.looked_at = reading.value, reading.n, now
        row.standing = judge(reading, row.direction, row.target, row.standing)
        if reading.is_over and now >= span.end + SETTLES:
            row.closed_at = now
        _tell(goal, row, reading, span, now)
        row.save()
    return row


def _tell(goal: Goal, row: GoalPeriod, reading: Reading, span: Span, now: datetime) -> None:
    """Of danger once, and once that it was missed: a period that is over only when it is settled."""
    if row.standing == Standing.DANGER and not row.danger_told_at:
        row.danger_told_at = now
    elif row.standing == Standing.MISSED and not row.missed_told_at and (row.closed_at or not reading.is_over):
        row.missed_told_at = now
    else:
        return
    if now - span.end > NEWS:
        return
    for user in goal.people.filter(is_active=True):
        if policies.may_see_reports(user):
            with translation.override(user.language):
                told = why_told(goal, row, reading)
            tell(user, NotificationKind.GOAL, detail=told, now=now)
