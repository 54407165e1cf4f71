"""A clock: one instance of one metric on one ticket. Pure: spans of time, and what a promise makes of them.

Moments are aware datetimes, amounts are whole microseconds, so that parts always add up to their sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from tickets.models import SlaMetric, Status
from tickets.models.ticket import UNSOLVED
from tickets.sla.facts import BREACHED
from tickets.sla.terms import Terms

SECOND = 1_000_000

# In which states of the ticket each clock runs; elsewhere it is paused. Replies are waited for whatever the status.
RUNS_IN: dict[str, tuple[str, ...]] = {
    SlaMetric.PERIODIC_UPDATE: UNSOLVED,
    SlaMetric.PAUSABLE_UPDATE: (Status.NEW, Status.OPEN, Status.HOLD),
    SlaMetric.REQUESTER_WAIT: (Status.NEW, Status.OPEN, Status.HOLD),
    SlaMetric.AGENT_WORK: (Status.NEW, Status.OPEN),
    SlaMetric.TOTAL_RESOLUTION: UNSOLVED,
    SlaMetric.GROUP_OWNERSHIP: UNSOLVED,
}
# They begin with the ticket, end when it is solved, and go on when it is opened again.
RESUMING = (SlaMetric.REQUESTER_WAIT, SlaMetric.AGENT_WORK, SlaMetric.TOTAL_RESOLUTION)

ACTIVE, PAUSED, FULFILLED = "active", "paused", "fulfilled"


class Hours(Protocol):
    """Working time by the calendars; `None` stands for the wall clock."""

    def measure(self, calendar_id: int | None, start: datetime, end: datetime) -> int:
        """Microseconds that count, each by the hours that were in force then."""
        ...

    def add(self, calendar_id: int | None, start: datetime, amount: int, *, known_at: datetime) -> datetime | None:
        """When `amount` of microseconds will have passed, as far as was known at that moment; None: never."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """Time that counted, and by whose hours it does where working time is asked for."""

    start: datetime
    end: datetime
    calendar_id: int | None


@dataclass(frozen=True, slots=True)
class Target:
    seconds: int
    is_business: bool
    priority: str
    policy_id: int
    warn_percent: int

    @property
    def amount(self) -> int:
        return self.seconds * SECOND

    @property
    def warn_amount(self) -> int | None:
        return self.amount * self.warn_percent // 100 if self.warn_percent else None


@dataclass(frozen=True, slots=True)
class Clock:
    """`spans` are over; the one that runs began at `since`, by the hours of `calendar_id`.

    `elapsed` is what the spans come to in the time of `target`; without a target nothing is counted yet.
    `applies` turns false when the ticket comes under no promise for the metric any more.
    `told` is what the timeline says of it: nothing, warned, breached.
    """

    metric: str
    instance: int
    started_at: datetime
    state: str = ACTIVE
    spans: tuple[Span, ...] = ()
    since: datetime | None = None
    calendar_id: int | None = None
    target: Target | None = None
    applies: bool = False
    elapsed: int = 0
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    settled_at: datetime | None = None
    told: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in (ACTIVE, PAUSED)

    @property
    def is_running(self) -> bool:
        return self.state == ACTIVE and self.applies

    @property
    def wake_at(self) -> datetime | None:
        """When somebody has to look at it: to warn, to write down the breach, or to tell of one that was seen."""
        if self.breached_at:
            return None if self.told == BREACHED else self.breached_at
        if not self.is_running:
            return None
        warning = (self.warned_at or self.warn_at) if not self.told else None
        moments = [moment for moment in (warning, self.due_at) if moment]
        return min(moments) if moments else None

    def passed(self, now: datetime) -> Clock:
        """What has become true by `now` without anybody doing anything: `due_at` itself is still in time."""
        clock = self
        if not clock.is_running or clock.breached_at:
            return clock
        if clock.warn_at and clock.warn_at < now:
            clock = replace(clock, warned_at=clock.warn_at, warn_at=None)
        if clock.due_at and clock.due_at < now:
            clock = replace(clock, breached_at=clock.due_at, warn_at=None)
        return clock

    def stopped(self, at: datetime, state: str, hours: Hours) -> Clock:
        """Paused or settled: what ran is over and counted."""
        spans, elapsed = self.spans, self.elapsed
        if self.since is not None and self.since < at:
            span = Span(self.since, at, self.calendar_id)
            spans, elapsed = (*spans, span), elapsed + measured(span, self.target, hours)
        return replace(
            self, state=state, spans=spans, elapsed=elapsed, since=None, due_at=None, warn_at=None,
            settled_at=None if state == PAUSED else at,
        )  # fmt: skip

    def running(self, at: datetime, calendar_id: int | None) -> Clock:
        return replace(self, state=ACTIVE, since=at, calendar_id=calendar_id, settled_at=None)

    def under(self, terms: Terms | None, priority: str, hours: Hours) -> Clock:
        """With what `terms` promise for its metric at that priority; its past is counted anew where that differs."""
        promise = terms.promise(priority, self.metric) if terms else None
        if terms is None or promise is None:
            return replace(self, applies=False, due_at=None, warn_at=None)
        target = Target(promise.seconds, promise.is_business, priority, terms.policy_id, terms.warn_percent)
        clock = replace(self, target=target, applies=True)
        if self.target is None or self.target.is_business != target.is_business:
            clock = replace(clock, elapsed=sum(measured(span, target, hours) for span in self.spans))
        return clock

    def timed(self, at: datetime, hours: Hours) -> Clock:
        """Its moments from here on. What is past already is breached now, not when it would have been."""
        target = self.target
        if target is None or not self.applies:
            return self
        if self.since is None:
            is_over = self.breached_at is None and self.elapsed > target.amount
            return replace(self, due_at=None, warn_at=None, breached_at=at if is_over else self.breached_at)
        due_at = self._reached(target.amount, at, hours)
        if self.breached_at or (due_at and due_at < at):
            return replace(self, due_at=due_at, warn_at=None, breached_at=self.breached_at or at)
        amount = target.warn_amount
        warn_at = self._reached(amount, at, hours) if amount is not None else None
        if warn_at and warn_at > at:
            told = "" if self.warned_at else self.told  # there is more time again: it may be told again
            return replace(self, due_at=due_at, warn_at=warn_at, warned_at=None, told=told)
        warned_at = self.warned_at or (at if warn_at else None)
        return replace(self, due_at=due_at, warn_at=None, warned_at=warned_at)

    def _reached(self, amount: int, at: datetime, hours: Hours) -> datetime | None:
        assert self.since and self.target
        left = amount - self.elapsed
        if left <= 0:
            return self.since
        return hours.add(self.calendar_id if self.target.is_business else None, self.since, left, known_at=at)


def measured(span: Span, target: Target | None, hours: Hours) -> int:
    if target is None:
        return 0
    return hours.measure(span.calendar_id if target.is_business else None, span.start, span.end)


def micros(length: timedelta) -> int:
    return (length.days * 86_400 + length.seconds) * SECOND + length.microseconds
