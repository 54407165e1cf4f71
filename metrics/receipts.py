"""How each duration of a ticket adds up: every stretch that counted, and why the time between did not.

Told from the timeline as the facts are, so what it says is what is kept, or somebody should hear of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from metrics.facts.history import History, read_histories
from metrics.facts.hours import HoursThen, WorkClock, length
from metrics.facts.telling import tell
from metrics.facts.told import COLUMNS, DURATIONS, PLACE, SUMS, MomentTold, Stretch, Told
from metrics.measure import Measure
from metrics.measures import MEASURES
from metrics.models import Fact
from tickets.events import AssigneeChanged, StatusChanged
from tickets.models import Status, Ticket
from tickets.sla.clock import SECOND, Span
from tickets.sla.receipts import by_hours


@dataclass(frozen=True)
class Line:
    """A stretch and the seconds it counted, of the calendar and of working time. `why` says what kept it from it."""

    start: datetime
    end: datetime
    seconds: int
    working: int
    why: str = ""
    calendar: str = ""
    valid_from: datetime | None = None  # of the hours it was counted by, where they were changed once

    @property
    def counts(self) -> bool:
        return self.seconds > 0


@dataclass(frozen=True)
class Receipt:
    """One duration; its lines add up to its seconds exactly, in either time."""

    measure: Measure
    seconds: int
    working: int
    lines: Sequence[Line]


@dataclass(frozen=True)
class Receipts:
    """`is_true`: what is kept is what the timeline tells; None while it is still being told."""

    durations: Sequence[Receipt]
    open: Sequence[Measure]  # nothing is known of them yet
    moments: Sequence[MomentTold]
    is_true: bool | None


def receipts_of(ticket: Ticket) -> Receipts:
    history = next(read_histories([ticket.pk]))
    then = HoursThen()
    writer = _Writer(history, then, then.clock_for(history))
    told = writer.told
    durations = [writer.receipt(name) for name in DURATIONS if told.stretches.get(name)]
    empty = [MEASURES[name] for name in DURATIONS if not told.stretches.get(name) and name not in SUMS]
    return Receipts(durations, empty, sorted(told.moments), _is_true(told))


def _is_true(told: Told) -> bool | None:
    kept = Fact.objects.filter(pk=told.number).values_list(*COLUMNS).first()
    if kept is None or kept[PLACE["event_id"]] != told.row[PLACE["event_id"]]:
        return None
    return bool(kept == told.row)


@dataclass(frozen=True)
class _Part:
    """A line before its seconds are rounded: in microseconds."""

    start: datetime
    end: datetime
    amount: int
    working: int
    why: str = ""
    calendar: str = ""
    valid_from: datetime | None = None


class _Writer:
    """Of one ticket."""

    def __init__(self, history: History, then: HoursThen, clock: WorkClock) -> None:
        self.history, self.then, self.clock = history, then, clock
        self.told = tell(history, clock)

    def receipt(self, name: str) -> Receipt:
        row = self.told.row
        parts = list(self._parts(name, self.told.stretches[name]))
        return Receipt(MEASURES[name], row[PLACE[name]], row[PLACE[f"{name}_business"]], _lines(parts))

    def _parts(self, name: str, stretches: Sequence[Stretch]) -> Iterator[_Part]:
        last: datetime | None = None
        for start, end in stretches:
            if last and last < start:
                yield _Part(last, start, 0, 0, self._why_not(name, last))
            yield from self._counted(start, end)
            last = end

    def _counted(self, start: datetime, end: datetime) -> Iterator[_Part]:
        for piece, since, until in self.clock.parts(start, end):
            timeline = self.then.hours.timeline(piece.calendar_id)
            if timeline is None:
                yield _Part(since, until, length(since, until), length(since, until), _("Every hour counts"))
                continue
            for line in by_hours(Span(since, until, piece.calendar_id), timeline):
                amount = length(line.start, line.end)
                yield _Part(line.start, line.end, amount, line.amount, line.why, line.calendar, line.valid_from)

    def _why_not(self, name: str, at: datetime) -> str:
        """What the ticket had become when a stretch ended."""
        kind = AssigneeChanged.kind if name == "unassigned" else StatusChanged.kind
        lines = [line for line in self.history.lines if line.kind == kind and line.at <= at]
        if name == "unassigned":
            return _("Assigned: %(name)s") % {"name": lines[-1].payload["new"]} if lines else ""
        return _("Status: %(status)s") % {"status": Status(lines[-1].payload["new"]).label} if lines else ""


def _lines(parts: Sequence[_Part]) -> list[Line]:
    """Whole seconds of each line, so that they add up to the whole seconds of the sum."""
    lines, amount, working = [], 0, 0
    for part in parts:
        amount_after, working_after = amount + part.amount, working + part.working
        lines.append(
            Line(
                part.start, part.end,
                amount_after // SECOND - amount // SECOND, working_after // SECOND - working // SECOND,
                part.why, part.calendar, part.valid_from,
            )
        )  # fmt: skip
        amount, working = amount_after, working_after
    return lines
