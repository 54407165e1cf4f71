"""How many tickets were not solved: of today counted now, of other days from the snapshot of their end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from metrics.dimension import Dimension
from metrics.dimensions import week_of
from metrics.measure import Source
from metrics.measures import MEASURES
from metrics.questions import Figure, Key, Question
from metrics.sources import of_key, rows_of
from metrics.statement import Figures
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

BACKLOG = MEASURES["backlog"]


def figures(question: Question, by: Sequence[Dimension]) -> tuple[Figures, dict[Key, Figures]]:
    """In total that of the span's last day; by days, weeks or months that of each one's last day.

    Raises `NotInSnapshots` where the conditions ask for what the snapshots of past days don't hold.
    """
    today = timezone.now().astimezone(question.span.zone).date()
    counts = _past(question, by, today) if question.span.first < today else {}
    if question.span.last >= today:
        counts |= _now(question, by, today)
    last = max(counts, default=None)
    total = sum(counts[last].values()) if last else 0
    return {"backlog": Figure(total, total)}, _by_key(counts, by)


def behind(question: Question, by: Sequence[Dimension], key: Key) -> TicketQuerySet:
    """Those that are not solved now. Which ones they were on a past day no snapshot tells."""
    tickets = rows_of(Source.UNSOLVED, question)
    for one, wanted in zip(by, key, strict=True):
        if not one.is_of_time:
            tickets = of_key(tickets, f"by_{one.name}", one.value(MEASURES["ticket_age"], question.span), wanted)
    return Ticket.objects.visible_to(question.user).filter(pk__in=tickets.values("pk"))


Counts = dict[date, dict[tuple[str, ...], int]]  # by day, by the values of what is not of time


def _past(question: Question, by: Sequence[Dimension], today: date) -> Counts:
    rows = rows_of(Source.BACKLOG, question).filter(day__gte=question.span.first, day__lte=question.span.last)
    values = {f"by_{n}": one.value(BACKLOG, question.span) for n, one in enumerate(by) if not one.is_of_time}
    counts: Counts = defaultdict(dict)
    found = rows.filter(day__lt=today).annotate(**values).values_list("day", *values).order_by().annotate(Sum("n"))
    for day, *keys, n in found:
        counts[day][tuple(_key(key) for key in keys)] = n
    return counts


def _now(question: Question, by: Sequence[Dimension], today: date) -> Counts:
    values: dict[str, Any] = {
        f"by_{n}": one.value(MEASURES["ticket_age"], question.span) for n, one in enumerate(by) if not one.is_of_time
    }
    tickets = rows_of(Source.UNSOLVED, question).annotate(**values).order_by()
    if not values:
        return {today: {(): tickets.count()}}
    return {today: {tuple(map(_key, keys)): n for *keys, n in tickets.values_list(*values).annotate(Count("pk"))}}


def _key(value: Any) -> str:
    return "" if value in (None, 0) else str(value)  # snapshots write 0 for no team


def _by_key(counts: Counts, by: Sequence[Dimension]) -> dict[Key, Figures]:
    """Of a week or month the last day of it that is known."""
    latest: dict[str, date] = {}
    time = next((one.name for one in by if one.is_of_time), "")
    for day in sorted(counts):
        latest[_bucket(day, time)] = day
    found: dict[Key, Figures] = {}
    for bucket, day in latest.items():
        for others, n in counts[day].items():
            rest = iter(others)
            found[tuple(bucket if one.is_of_time else next(rest) for one in by)] = {"backlog": Figure(n, n)}
    return found


def _bucket(day: date, time: str) -> str:
    match time:
        case "week":
            return week_of(day).isoformat()
        case "month":
            return day.replace(day=1).isoformat()
        case "day":
            return day.isoformat()
    return ""
