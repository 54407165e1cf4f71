"""A receipt for a target: every stretch that counted, every pause, night and holiday, adding up to it exactly.

Told from the timeline like `targets.recompute`, so what it says is what is stored, or somebody should hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from helpdesk.accounts.working_hours import Timeline, Version
from tickets.models import SlaTarget, Status, Ticket
from tickets.sla.book import Book
from tickets.sla.clock import SECOND, Clock, Span
from tickets.sla.facts import StatusSet, Step
from tickets.sla.history import read_lines, steps_of
from tickets.sla.hours import WorkingHours
from tickets.sla.knowledge import known_of
from tickets.sla.targets import book_of

MOST_DAYS = 120  # of one stretch that are shown day by day; longer ones by month


@dataclass(frozen=True)
class Line:
    """A stretch and what it counted, in microseconds. `why` says what kept it from counting, or a day's name."""

    start: datetime
    end: datetime
    amount: int
    why: str = ""
    calendar: str = ""
    valid_from: datetime | None = None  # of the hours it was counted by, where they were changed once
    shown: int = 0  # seconds, rounded so that what is shown adds up as well

    @property
    def counts(self) -> bool:
        return self.amount > 0


@dataclass(frozen=True)
class Receipt:
    row: SlaTarget
    clock: Clock
    lines: Sequence[Line]
    is_true: bool  # what is stored is what the timeline tells

    @property
    def total(self) -> int:
        """Whole seconds; the sum of what the lines show."""
        return sum(line.shown for line in self.lines)

    @property
    def left(self) -> int:
        return self.row.target - self.total


def receipt_for(row: SlaTarget, ticket: Ticket, *, now: datetime) -> Receipt | None:
    """None where the timeline knows nothing of such a clock."""
    known = known_of([ticket])
    told = read_lines([ticket.pk]).get(ticket.pk, [])
    book = book_of(ticket, told, known)
    clock = book.pages.get((row.metric, row.instance))
    if clock is None or clock.target is None:
        return None
    steps = steps_of(told, known.shelf.find)
    lines = list(_lines(clock, known.hours, _pauses(clock, steps, book), now))
    is_true = (row.elapsed, row.breached_at, row.due_at) == (clock.elapsed / SECOND, *_moments(clock, row))
    return Receipt(row, clock, _shown(lines), is_true)


def _moments(clock: Clock, row: SlaTarget) -> tuple[datetime | None, datetime | None]:
    """A breach that time alone made may be written down already, or not yet."""
    passed = clock.passed(row.breached_at + timedelta(microseconds=1)) if row.breached_at else clock
    return passed.breached_at, passed.due_at


def _pauses(clock: Clock, steps: Iterable[Step], book: Book) -> dict[datetime, str]:
    """Why it stood still, by the moment at which it stopped."""
    ends = {span.end for span in clock.spans}
    moves = [(step.at, fact.status) for step in steps for fact in step.facts if isinstance(fact, StatusSet)]
    return {at: _("Status: %(status)s") % {"status": Status(status).label} for at, status in moves if at in ends}


def _lines(clock: Clock, hours: WorkingHours, pauses: dict[datetime, str], now: datetime) -> Iterator[Line]:
    spans = list(clock.spans)
    if clock.since is not None and now > clock.since:
        spans.append(Span(clock.since, now, clock.calendar_id))
    last: datetime | None = None
    for span in spans:
        if last and last < span.start:
            yield Line(last, span.start, 0, pauses.get(last, _("Paused")))
        assert clock.target
        timeline = hours.timeline(span.calendar_id) if clock.target.is_business else None
        if timeline:
            yield from by_hours(span, timeline)
        else:
            yield Line(span.start, span.end, hours.measure(None, span.start, span.end))
        last = span.end
    if clock.state == "paused" and last and last < now:
        yield Line(last, now, 0, pauses.get(last, _("Paused")))


def by_hours(span: Span, timeline: Timeline) -> Iterator[Line]:
    """A stretch of working time, day by day or month by month, with why a day counts nothing."""
    for version in timeline.versions:
        start = max(span.start, version.since) if version.since else span.start
        end = min(span.end, version.until) if version.until else span.end
        if start < end:
            yield from _folded(_by_day(start, end, version, timeline))


def _by_day(start: datetime, end: datetime, version: Version, timeline: Timeline) -> Iterator[Line]:
    zone = ZoneInfo(version.hours.time_zone)
    is_long = end - start > timedelta(days=MOST_DAYS)
    at = start
    while at < end:
        day = at.astimezone(zone).date()
        until = min(_midnight(_after(day, is_long), zone), end)
        amount = round(version.hours.measure(at, until) * SECOND)
        why = version.day_off(day) if not is_long else ""
        why = why or ("" if amount else _("Outside of working hours"))
        yield Line(at, until, amount, why, timeline.name, version.since)
        at = until


def _after(day: date, is_long: bool) -> date:
    """The next day; of a long stretch the first of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) if is_long else day + timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _folded(lines: Iterable[Line]) -> Iterator[Line]:
    """A weekend is one line: what counts nothing for the same reason."""
    held: Line | None = None
    for line in lines:
        if held and not held.counts and not line.counts and held.why == line.why:
            held = replace(held, end=line.end)
            continue
        if held:
            yield held
        held = line
    if held:
        yield held


def _shown(lines: Sequence[Line]) -> list[Line]:
    """Seconds of each line, so that they add up to the seconds of the sum."""
    shown, before = [], 0
    for line in lines:
        after = before + line.amount
        shown.append(replace(line, shown=after // SECOND - before // SECOND))
        before = after
    return shown
