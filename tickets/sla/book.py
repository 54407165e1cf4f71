"""The book of a ticket's clocks: what each gesture starts, pauses, settles and re-times. Pure.

The rules are rules-sla-metrics §4 and §6. Turning the pages one gesture at a time, or all of them again from the first,
must end the same: what is stored is the one, `targets.recompute` the other, and a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from helpdesk.accounts.models import Role
from tickets.models import SlaMetric
from tickets.models.ticket import UNSOLVED
from tickets.sla import terms as switch
from tickets.sla.clock import ACTIVE, FULFILLED, PAUSED, RESUMING, RUNS_IN, Clock, Hours
from tickets.sla.facts import Applied, Beginning, PrioritySet, StatusSet, Step, TeamSet, Told, Wrote
from tickets.sla.terms import Terms

END_USER, STAFF_REQUESTER, AGENT, LIGHT = "end_user", "staff_requester", "agent", "light"
AGENT_ROLES = (Role.ADMIN, Role.LEAD, Role.AGENT)
Key = tuple[str, int]


@dataclass
class Book:
    """`clocks` has the newest instance of each metric; `pages` all that were touched since it was opened."""

    status: str
    priority: str
    team_id: int | None
    requester_id: int | None
    requester_user_id: int | None
    last_at: datetime
    terms: Terms | None = None
    calendar_id: int | None = None
    calendar_version: int = 0
    first_at: datetime | None = None  # the first message that a person wrote, by whom, and whether in public
    first_by: str = ""
    first_is_public: bool = False
    has_spoken: bool = False  # an agent, in public
    is_first_over: bool = False  # the first reply was given, or the ticket solved without one
    clocks: dict[str, Clock] = field(default_factory=dict)
    pages: dict[Key, Clock] = field(default_factory=dict, compare=False)
    before: dict[Key, Clock] = field(default_factory=dict, compare=False)
    told: list[Told] = field(default_factory=list, compare=False)  # of instances that are no longer the newest

    @classmethod
    def begun(cls, it: Beginning) -> Book:
        book = cls(it.status, it.priority, it.team_id, it.requester_id, it.requester_user_id, it.opened_at)
        for metric in RESUMING:
            book._start(metric, it.opened_at)
        if it.team_id:
            book._start(SlaMetric.GROUP_OWNERSHIP, it.opened_at)
        return book

    def turn(self, steps: Iterable[Step], hours: Hours) -> None:
        for step in steps:
            _Turn(self, step, hours).make()

    def pass_time(self, now: datetime) -> None:
        """What time alone has done by `now`; nobody has to have written it down yet."""
        for clock in list(self.clocks.values()):
            self._put(clock.passed(now))

    def _put(self, clock: Clock) -> None:
        old = self.clocks.get(clock.metric)
        if clock == old:
            return
        key = (clock.metric, clock.instance)
        if old and old.instance == clock.instance:
            self.before.setdefault(key, old)
        self.clocks[clock.metric] = self.pages[key] = clock

    def _start(self, metric: str, at: datetime, since: datetime | None = None) -> None:
        """A new instance; it runs, or waits for its status. `since`: it counts from earlier on."""
        last = self.clocks.get(metric)
        clock = Clock(metric, last.instance + 1 if last else 1, since or at, state=PAUSED)
        if self.status in RUNS_IN.get(metric, UNSOLVED) or metric not in RUNS_IN:
            clock = clock.running(since or at, self.calendar_id)
        self._put(clock)


class _Turn:
    """One step. Clocks are timed at its end, under the policy and priority that it leaves the ticket with."""

    def __init__(self, book: Book, step: Step, hours: Hours) -> None:
        self.book, self.step, self.hours = book, step, hours
        self.at = max(step.at, book.last_at)  # two processes' clocks differ by a little
        self.was: dict[str, Clock] = {}
        self.priority = book.priority

    def make(self) -> None:
        book = self.book
        book.pass_time(self.at)
        self.was, book.last_at = dict(book.clocks), self.at
        applied = next((fact for fact in self.step.facts if isinstance(fact, Applied)), None)
        if applied:
            self._apply(applied)
        for fact in self.step.facts:
            match fact:
                case Wrote():
                    self._hear(fact)
                case StatusSet():
                    self._move(fact.status)
                case TeamSet():
                    self._hand_over(fact.team_id)
                case PrioritySet():
                    book.priority = fact.priority
                case Told():
                    self._note(fact)
        if applied:
            self._begin_first_reply()
        self._time(is_new_policy=bool(applied))

    # Starting and settling

    def _settle(self, metric: str) -> None:
        """Fulfilled. What began in this very gesture never was: no reply is waited for that is given at once."""
        clock = self._open(metric)
        if clock is None:
            return
        was = self.was.get(metric)
        if clock.started_at == self.at and (was is None or was.instance != clock.instance):
            self._forget(clock)
        else:
            self.book._put(clock.stopped(self.at, FULFILLED, self.hours))

    def _forget(self, clock: Clock) -> None:
        book = self.book
        book.pages.pop((clock.metric, clock.instance), None)
        earlier = book.pages.get((clock.metric, clock.instance - 1)) or self.was.get(clock.metric)
        if earlier:
            book.clocks[clock.metric] = earlier
        else:
            del book.clocks[clock.metric]

    def _open(self, metric: str) -> Clock | None:
        clock = self.book.clocks.get(metric)
        return clock if clock and clock.is_open else None

    def _has(self, name: str) -> bool:
        return bool(self.book.terms and name in self.book.terms.switches)

    # Words

    def _hear(self, wrote: Wrote) -> None:
        who, book = self._who(wrote), self.book
        is_first = book.first_at is None
        if is_first:
            book.first_at, book.first_by, book.first_is_public = self.at, who, wrote.is_public
            self._begin_first_reply()
        if who == AGENT:
            self._agent_wrote(wrote.is_public, is_first)
        elif self._may_wait(who, wrote.is_public) and not is_first:
            is_over = book.has_spoken or book.is_first_over
            if is_over and not self._open(SlaMetric.FIRST_REPLY) and not self._open(SlaMetric.NEXT_REPLY):
                book._start(SlaMetric.NEXT_REPLY, self.at)

    def _who(self, wrote: Wrote) -> str:
        book = self.book
        if not wrote.role:
            is_staff = book.requester_user_id and wrote.customer_id in (None, book.requester_id)
            return STAFF_REQUESTER if is_staff else END_USER
        if book.requester_user_id and wrote.user_id == book.requester_user_id:
            return STAFF_REQUESTER
        return AGENT if wrote.role in AGENT_ROLES else LIGHT

    def _begin_first_reply(self) -> None:
        """From the first message on, as far as the policy lets this kind of message start it."""
        book = self.book
        if book.first_at is None or book.is_first_over or SlaMetric.FIRST_REPLY in book.clocks:
            return
        starts = {
            END_USER: book.first_is_public,
            STAFF_REQUESTER: self._has(switch.FIRST_REPLY_FOR_OWN),
            AGENT: self._has(switch.FIRST_REPLY_FOR_AGENTS),
            LIGHT: self._has(switch.FIRST_REPLY_FOR_LIGHT),
        }
        if starts[book.first_by]:
            book._start(SlaMetric.FIRST_REPLY, self.at, since=book.first_at)

    def _may_wait(self, who: str, is_public: bool) -> bool:
        """Whether the next reply is waited for after such a message."""
        if who == END_USER:
            return is_public or self._has(switch.NEXT_REPLY_FOR_NOTE)
        if who == STAFF_REQUESTER:
            return self._has(switch.NEXT_REPLY_FOR_OWN)
        return not is_public and self._has(switch.NEXT_REPLY_FOR_LIGHT)

    def _agent_wrote(self, is_public: bool, is_first: bool) -> None:
        book = self.book
        if not is_first and (is_public or self._has(switch.FIRST_REPLY_BY_NOTE)):
            self._settle(SlaMetric.FIRST_REPLY)
            book.is_first_over = True
        if is_public or self._has(switch.NEXT_REPLY_BY_NOTE):
            self._settle(SlaMetric.NEXT_REPLY)
        if is_public:
            book.has_spoken = True
            for metric in (SlaMetric.PERIODIC_UPDATE, SlaMetric.PAUSABLE_UPDATE):
                self._settle(metric)
                self._start_update(metric)
        elif self._has(switch.UPDATE_FOR_NOTE) and not self._open(SlaMetric.PERIODIC_UPDATE):
            self._start_update(SlaMetric.PERIODIC_UPDATE)

    def _start_update(self, metric: str) -> None:
        if self.book.status in UNSOLVED:
            self.book._start(metric, self.at)

    # Fields

    def _move(self, status: str) -> None:
        book, was_solved = self.book, self.book.status not in UNSOLVED
        book.status = status
        if status not in UNSOLVED:
            if not was_solved:
                book.is_first_over = book.is_first_over or book.first_at is not None
                for metric in list(book.clocks):
                    self._settle(metric)
            return
        for metric, statuses in RUNS_IN.items():
            clock = book.clocks.get(metric)
            if clock is None or not (clock.is_open or (was_solved and metric in RESUMING)):
                continue
            if status not in statuses:
                book._put(clock.stopped(self.at, PAUSED, self.hours))
            elif clock.state != ACTIVE:
                book._put(clock.running(self.at, book.calendar_id))
        if was_solved and book.team_id:
            book._start(SlaMetric.GROUP_OWNERSHIP, self.at)

    def _hand_over(self, team_id: int | None) -> None:
        self.book.team_id = team_id
        self._settle(SlaMetric.GROUP_OWNERSHIP)
        if team_id and self.book.status in UNSOLVED:
            self.book._start(SlaMetric.GROUP_OWNERSHIP, self.at)

    def _note(self, told: Told) -> None:
        book = self.book
        clock = book.clocks.get(told.metric)
        if clock and clock.instance == told.instance:
            book._put(replace(clock, told=told.what))
            return
        key = (told.metric, told.instance)
        if key in book.pages:
            book.pages[key] = replace(book.pages[key], told=told.what)
        else:
            book.told.append(told)

    # Time

    def _apply(self, applied: Applied) -> None:
        """The hours that count change from here on: what ran until now was counted by the others."""
        book = self.book
        book.terms, book.calendar_version = applied.terms, applied.calendar_version
        if applied.calendar_id == book.calendar_id:
            return
        is_first = not any(clock.target for clock in book.clocks.values())
        old, book.calendar_id = book.calendar_id, applied.calendar_id
        for clock in list(book.clocks.values()):
            if is_first and old is None:  # nobody knew of any hours before: the new ones count from the beginning
                book._put(_by(clock, applied.calendar_id))
            elif clock.state == ACTIVE:
                stopped = clock.stopped(self.at, PAUSED, self.hours)
                book._put(stopped.running(self.at, applied.calendar_id))

    def _time(self, *, is_new_policy: bool) -> None:
        book, is_new_priority = self.book, self.book.priority != self.priority
        for metric, clock in list(book.clocks.items()):
            was = self.was.get(metric)
            if not clock.is_open or (clock is was and not is_new_policy and not is_new_priority):
                continue
            was_open = was is not None and was.instance == clock.instance and was.is_open
            if is_new_policy or is_new_priority or not was_open:
                clock = clock.under(book.terms, book.priority, self.hours)
            book._put(clock.timed(self.at, self.hours))


def _by(clock: Clock, calendar_id: int | None) -> Clock:
    spans = tuple(replace(span, calendar_id=calendar_id) for span in clock.spans)
    return replace(clock, spans=spans, calendar_id=calendar_id)
