"""From a ticket's history to what is told of it. Pure: rules-sla-metrics §5 and §6, one event after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from metrics.facts.history import History, Line
from metrics.facts.hours import WorkClock, length
from metrics.facts.reading import UNSOLVED_NAMES, Event, events_of
from metrics.facts.told import COLUMNS, DURATIONS, EDITION, SUMS, MomentTold, Row, Stretch, Told
from metrics.models import MomentKind
from tickets.models import Status
from tickets.models.call import SPOKEN
from tickets.sla.clock import SECOND

# In which statuses each sum grows; it is booked when the ticket leaves them.
GROWS_IN: Final = {
    "requester_wait": frozenset({Status.NEW.value, Status.OPEN.value, Status.HOLD.value}),
    "agent_wait": frozenset({Status.PENDING.value}),
    "on_hold": frozenset({Status.HOLD.value}),
    "agent_work": frozenset({Status.NEW.value, Status.OPEN.value}),
}


def tell(history: History, clock: WorkClock) -> Told:
    return _Telling(history, clock).told()


class _Telling:
    """The ticket as it was at each event. What `Fact` has, by the same names."""

    def __init__(self, history: History, clock: WorkClock) -> None:
        self.ticket, self.clock, self.promises = history.ticket, clock, history.promises
        self.course = events_of(history)
        beginning = self.course.beginning
        self.status, self.team_id, self.assignee_id = beginning.status, beginning.team_id, beginning.assignee_id
        self.people = [(self.ticket.opened_at, self.team_id, self.assignee_id)]  # whose it was since when
        self.teams, self.assignees = {self.team_id} - {None}, {self.assignee_id} - {None}
        self.moments: list[MomentTold] = []
        self.stretches: dict[str, list[Stretch]] = defaultdict(list)
        self.growing: dict[str, datetime] = {}
        self.waiting_since: datetime | None = None
        self.has_words = False
        self.chats: set[int] = set()
        self.replies = self.reopens = self.reopens_in_history = self.resolutions = 0
        self.first_reply_at: datetime | None = None
        self.first_assigned_at: datetime | None = None
        self.last_assigned_at: datetime | None = None
        self.first_solved_at: datetime | None = None
        self.solved_at: datetime | None = None
        self.taken_at: datetime | None = None  # the latest assignment when it was solved
        self.solving: list[tuple[Line, int]] = []  # moments of this gesture whose assignee is known at its end

    def told(self) -> Told:
        opened_at = self.ticket.opened_at
        self._count(opened_at, MomentKind.OPENED, self.course.opened_by)
        if self.assignee_id:
            self._assigned(opened_at, self.assignee_id)
        self._grow(opened_at)
        for event in self.course.events:
            if self.solving and self.solving[0][0].gesture_id != event.line.gesture_id:
                self._name_solvers()
            HEARS[event.line.kind](self, event)
        self._name_solvers()
        self._keep_promises()
        self._close_durations()
        return Told(self.ticket.number, self._row(), self.moments, self.stretches, self.waiting_since)

    def _count(self, at: datetime, kind: str, user_id: int | None, team_id: int | None = None, **more: Any) -> None:
        more.setdefault("channel", self.ticket.channel)
        self.moments.append(MomentTold(at, kind, user_id, team_id or self.team_id, **more))

    # Words

    def _hear_customer(self, event: Event) -> None:
        self.has_words = True
        line = event.line
        if line.is_by_machine or line.payload.get("is_auto_reply"):
            return
        self._count(event.at, MomentKind.WRITTEN, None, channel=line.channel or self.ticket.channel)
        if self.waiting_since is None or line.gesture_id in self.course.reopening:
            self.waiting_since = event.at

    def _hear_reply(self, event: Event) -> None:
        line = event.line
        is_opening = self.course.is_by_agent and (not self.has_words or line.gesture_id == self.course.opening)
        self.has_words = True
        if line.is_by_machine or line.role in ("", "system"):
            return
        since, self.waiting_since = self.waiting_since, None
        chat = line.payload.get("chat")
        if is_opening or (chat and chat in self.chats):
            return  # the opening is no answer, and all that is said in a chat is one
        if chat:
            self.chats.add(chat)
        self._reply(event, since)

    def _reply(self, event: Event, since: datetime | None) -> None:
        line, at = event.line, event.at
        is_first = self.first_reply_at is None
        if is_first:
            self.first_reply_at = max(at, self.ticket.opened_at)
        self.replies += 1
        waited = None if since is None else min(since, at)
        self._count(
            at,
            MomentKind.REPLIED,
            line.author_id or line.actor_id,
            channel=line.channel or self.ticket.channel,
            seconds=None if waited is None else length(waited, at) // SECOND,
            seconds_business=None if waited is None else self.clock.between(waited, at) // SECOND,
            name="first" if is_first else "",
        )

    def _hear_note(self, event: Event) -> None:
        self.has_words = True
        line = event.line
        if not line.is_by_machine and line.role not in ("", "system"):
            user = line.author_id or line.actor_id
            self._count(event.at, MomentKind.NOTED, user, channel=line.channel or self.ticket.channel)

    def _hear_call(self, event: Event) -> None:
        """A call in which they were spoken with is an answer, but no reply: calls have numbers of their own."""
        if event.line.payload["outcome"] in SPOKEN:
            self.waiting_since = None

    # People

    def _hand_to_agent(self, event: Event) -> None:
        self.assignee_id = event.line.payload["new_id"]
        self.people.append((event.at, self.team_id, self.assignee_id))
        if self.assignee_id:
            self.assignees |= {self.assignee_id}
            self._assigned(event.at, self.assignee_id)
        self._grow(event.at)

    def _assigned(self, at: datetime, user_id: int) -> None:
        self.first_assigned_at = self.first_assigned_at or at
        self.last_assigned_at = at
        self._count(at, MomentKind.ASSIGNED, user_id)

    def _hand_to_team(self, event: Event) -> None:
        line, old = event.line, self.team_id
        self.team_id = line.payload["new_id"]
        self.people.append((event.at, self.team_id, self.assignee_id))
        self.teams |= {self.team_id} - {None}
        if old and self.team_id:
            self._count(event.at, MomentKind.PASSED_ON, line.actor_id, old, ref=self.team_id)

    def _whose(self, at: datetime) -> tuple[int | None, int | None]:
        """Team and assignee at that moment."""
        held = self.people[0]
        for each in self.people[1:]:
            if each[0] > at:
                break
            held = each
        return held[1], held[2]

    # Status

    def _move(self, event: Event) -> None:
        was_unsolved = self.status in UNSOLVED_NAMES
        self.status = event.status or event.line.payload["new"]
        is_unsolved = self.status in UNSOLVED_NAMES
        if was_unsolved and not is_unsolved:
            self._solve(event)
        elif is_unsolved and not was_unsolved:
            self._reopen(event)
        self._grow(event.at)

    def _solve(self, event: Event) -> None:
        self.resolutions += 1
        self.first_solved_at = self.first_solved_at or event.at
        self.solved_at, self.taken_at = event.at, self.last_assigned_at
        self.solving.append((event.line, len(self.moments)))
        self._count(event.at, MomentKind.SOLVED, self.assignee_id)

    def _reopen(self, event: Event) -> None:
        self.solved_at = self.taken_at = None
        if event.line.gesture_id not in self.course.solving:
            self.reopens += 1
            self._count(event.at, MomentKind.REOPENED, self.assignee_id)

    def _name_solvers(self) -> None:
        """Solved in the same update that gave it to somebody: it is theirs, in whatever order that was written down."""
        for _line, place in self.solving:
            self.moments[place] = self.moments[place]._replace(user_id=self.assignee_id, team_id=self.team_id)
        self.solving.clear()

    # Time

    def _grow(self, at: datetime) -> None:
        """Begin and end stretches, now that status or assignee are others."""
        for name, statuses in GROWS_IN.items():
            self._run(name, self.status in statuses, at)
        self._run("unassigned", self.assignee_id is None and self.status in UNSOLVED_NAMES, at)

    def _run(self, name: str, is_growing: bool, at: datetime) -> None:
        since = self.growing.get(name)
        if is_growing and since is None:
            self.growing[name] = at
        elif not is_growing and since is not None:
            del self.growing[name]
            if since < at:
                self.stretches[name].append((since, at))

    def _close_durations(self) -> None:
        opened_at = self.ticket.opened_at
        ends = {
            "first_reply": self.first_reply_at, "first_resolution": self.first_solved_at,
            "full_resolution": self.solved_at, "first_assignment": self.first_assigned_at,
            "last_assignment": self.last_assigned_at,
        }  # fmt: skip
        for name, end in ends.items():
            if end is not None:
                self.stretches[name].append((opened_at, end))
        if self.solved_at and self.taken_at:
            self.stretches["assignment_to_resolution"].append((self.taken_at, self.solved_at))

    # What is left

    def _keep_promises(self) -> None:
        for promise in self.promises:
            at = promise.breached_at or (promise.settled_at if promise.state == "fulfilled" else None)
            if at is None:
                continue
            kind = MomentKind.BREACHED if promise.breached_at else MomentKind.MET
            counted = int(promise.elapsed) if promise.settled_at else promise.target
            seconds, working = (None, counted) if promise.is_business else (counted, None)
            team_id, user_id = self._whose(at)
            self.moments.append(
                MomentTold(
                    at, kind, user_id, team_id, self.ticket.channel, seconds, working, promise.metric, promise.policy_id
                )
            )

    def _row(self) -> Row:
        ticket = self.ticket
        values: dict[str, Any] = {
            "ticket_id": ticket.number, "event_id": ticket.event_id, "edition": EDITION, "status": ticket.status,
            "priority": ticket.priority, "type": ticket.type, "channel": ticket.channel, "inbox_id": ticket.inbox_id,
            "team_id": ticket.team_id, "assignee_id": ticket.assignee_id, "opened_by_agent": self.course.is_by_agent,
            "is_merged": False, "opened_at": ticket.opened_at, "first_reply_at": self.first_reply_at,
            "first_assigned_at": self.first_assigned_at, "last_assigned_at": self.last_assigned_at,
            "first_solved_at": self.first_solved_at, "solved_at": self.solved_at, "replies": self.replies,
            "reopens": self.reopens, "reopens_in_history": self.course.reopens, "resolutions": self.resolutions,
            "assignee_stations": len(self.assignees), "team_stations": len(self.teams),
        }  # fmt: skip
        for name in DURATIONS:
            values[name], values[f"{name}_business"] = self._seconds(name)
        return tuple([values[column] for column in COLUMNS])

    def _seconds(self, name: str) -> tuple[int | None, int | None]:
        stretches = self.stretches.get(name)
        if stretches is None:
            return (0, 0) if name in SUMS else (None, None)
        total = working = 0
        for start, end in stretches:
            total += length(start, end)
            working += self.clock.at(end) - self.clock.at(start)
        return total // SECOND, working // SECOND


HEARS: Mapping[str, Callable[[_Telling, Event], None]] = {
    "message.received": _Telling._hear_customer,
    "reply.added": _Telling._hear_reply,
    "note.added": _Telling._hear_note,
    "call.settled": _Telling._hear_call,
    "call.written_up": _Telling._hear_call,
    "assignee.changed": _Telling._hand_to_agent,
    "team.changed": _Telling._hand_to_team,
    "status.changed": _Telling._move,
}
