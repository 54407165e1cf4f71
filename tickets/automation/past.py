"""A ticket as it was after each of its gestures, told again from its events: for rules that are tried on the past.

`PastTicket` begins with what the ticket is now, takes back every change that is written down, and then goes through
the gestures in their order. What services keep step by step (counts, moments) it keeps by the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from helpdesk.accounts.models import Team
from tickets.automation.past_events import COLUMNS, LISTS, REFERENCES, PastEvent
from tickets.conditions.facts import Facts
from tickets.conditions.field import Field
from tickets.events import is_quiet
from tickets.models import Message, MessageKind, Status, Ticket
from tickets.models.message import UNSENT

# Columns of a ticket that `PastTicket` sets from its first event on, so that nobody has to fetch them.
SET_HERE = (
    "solved_at", "closed_at", "assigned_at", "requester_updated_at", "assignee_updated_at", "waiting_since",
    "updated_at", "status_changed_at", "reply_count", "reopen_count", "team_stations", "assignee_stations",
)  # fmt: skip
# What is told exactly, of the fields that rules can ask. Everything else is taken as it is today.
BY_EVENTS = frozenset((
    "status", "priority", "type", "current_tags", "group_id", "assignee_id", "subject_includes_word", "via_id",
    "inbox_id", "recipient", "created_at", "updated_on", "solved_at", "closed_at", "due_at", "is_waiting", "replies",
    "reopens", "agent_stations", "group_stations", "NEW", "OPEN", "PENDING", "HOLD", "SOLVED", "CLOSED", "assigned_at",
    "updated_at", "requester_updated_at", "assignee_updated_at", "waiting_since", "due_date", "until_due_date",
    "follower", "cc", "cc_address", "requester_id", "skills",
))  # fmt: skip
BY_MESSAGES = frozenset(("description_includes_word", "comment_includes_word", "ticket_is_public", "attachment"))


class PastTicket:
    """`ticket` is an instance of its own, whose columns are set to what they were; it is never saved."""

    def __init__(
        self,
        ticket: Ticket,
        events: Sequence[PastEvent],
        messages: Iterable[Message] = (),
        today: Facts | None = None,
        teams: Mapping[int, Team] | None = None,
    ) -> None:
        """`today`: what else is asked, loaded of the ticket as it is now. `teams`: all of them, to be looked up."""
        self.ticket = ticket
        self._team_of = teams or {}
        self.today = today or Facts({})
        self.messages = {message.pk: message for message in messages}
        self.now = ticket.created_at
        self.followers = _first_followers(events)
        self.copies: set[str] = set()
        self.groups = [list(group) for _gesture, group in groupby(events, key=lambda event: event.gesture_id)]
        self._events = events
        self._known: dict[str, tuple[Any, ...]] = {}
        self._waited: dict[int | None, datetime | None] = {}
        self._assignees: set[int] = set()
        self._teams: set[int] = set()
        self._chats: set[int] = set()  # all replies of one are one
        self._rewind()

    def gestures(self) -> Iterator[list[PastEvent]]:
        """The events of each gesture, with the ticket as that gesture left it."""
        for events in self.groups:
            self.now = events[0].created_at
            self._known.clear()
            for event in events:
                self._apply(event)
            if not all(is_quiet(event.kind, event.payload) for event in events):
                self._note_update(events[0])
            yield events

    def values(self, field: Field) -> tuple[Any, ...]:
        """As `Facts.values`; what is not told here, of the ticket as it is today."""
        known = self._known.get(field.key)
        if known is None:
            known = self._known[field.key] = self._values(field)
        return known

    def _values(self, field: Field) -> tuple[Any, ...]:
        match field.key:
            case "follower":
                return tuple(self.followers)
            case "cc" | "cc_address":
                return tuple(self.copies)
            case key if key in BY_MESSAGES:
                return self._of_messages(key)
        if field.source.is_costly:
            return self.today.values(field)
        return field.source.values(self.ticket, None)

    def _rewind(self) -> None:
        ticket = self.ticket
        for event in reversed(self._events):
            self._take_back(event.kind, event.payload)
        self._refer("team_id", ticket.team_id)
        for name in ("solved_at", "closed_at", "assigned_at", "requester_updated_at", "assignee_updated_at"):
            setattr(ticket, name, None)
        ticket.waiting_since = None
        ticket.updated_at = ticket.status_changed_at = ticket.created_at
        ticket.reply_count = ticket.reopen_count = 0
        if ticket.assignee_id:
            self._take(ticket.assignee_id, ticket.created_at)
        self._teams = {ticket.team_id} if ticket.team_id else set()
        ticket.team_stations = len(self._teams)
        ticket.assignee_stations = len(self._assignees)

    def _take_back(self, kind: str, payload: dict[str, Any]) -> None:
        ticket = self.ticket
        if column := COLUMNS.get(kind):
            setattr(ticket, column, payload["old"])
        elif column := REFERENCES.get(kind):
            self._refer(column, payload["old_id"])
        elif column := LISTS.get(kind):
            kept = [item for item in getattr(ticket, column) if item not in payload["added"]]
            setattr(ticket, column, [*kept, *payload["removed"]])
        elif kind == "due.changed":
            ticket.due_at = _moment(payload["old"])

    def _apply(self, event: PastEvent) -> None:
        ticket, kind, payload = self.ticket, event.kind, event.payload
        if column := COLUMNS.get(kind):
            setattr(ticket, column, payload["new"])
            if kind == "status.changed":
                self._move(payload["old"], payload["new"])
        elif column := REFERENCES.get(kind):
            self._refer(column, payload["new_id"])
            self._count_stations(kind, payload["new_id"])
        elif column := LISTS.get(kind):
            kept = [item for item in getattr(ticket, column) if item not in payload["removed"]]
            setattr(ticket, column, [*kept, *payload["added"]])
        elif kind == "due.changed":
            ticket.due_at = _moment(payload["new"])
        elif step := _STEPS.get(kind):
            step(self, event)

    def _refer(self, column: str, pk: int | None) -> None:
        setattr(self.ticket, column, pk)
        if column == "team_id" and self._team_of:
            self.ticket._state.fields_cache["team"] = self._team_of.get(pk) if pk else None

    def _move(self, old: str, new: str) -> None:
        ticket = self.ticket
        ticket.status_changed_at = self.now
        if new == Status.SOLVED:
            ticket.solved_at = self.now
        elif new == Status.CLOSED:
            ticket.closed_at = self.now
        elif old == Status.SOLVED:
            ticket.solved_at = None
            ticket.reopen_count += 1

    def _count_stations(self, kind: str, new_id: int | None) -> None:
        if new_id and kind == "assignee.changed":
            self._take(new_id, self.now)
        elif new_id and kind == "team.changed":
            self._teams.add(new_id)
            self.ticket.team_stations = len(self._teams)

    def _take(self, user_id: int, at: datetime) -> None:
        self.ticket.assigned_at = at
        self._assignees.add(user_id)
        self.ticket.assignee_stations = len(self._assignees)

    def _receive(self, event: PastEvent) -> None:
        if not event.payload.get("is_auto_reply"):
            waited = None if self.ticket.status == Status.SOLVED else self.ticket.waiting_since
            self.ticket.waiting_since = waited or self.now

    def _reply(self, event: PastEvent) -> None:
        self._waited[event.message_id] = self.ticket.waiting_since
        self.ticket.waiting_since = None
        chat = event.payload.get("chat")
        self.ticket.reply_count += event.actor_kind not in ("rule", "system") and chat not in self._chats
        if chat:
            self._chats.add(chat)

    def _speak(self, event: PastEvent) -> None:
        if event.payload.get("is_answer"):
            self.ticket.waiting_since = None

    def _retract(self, event: PastEvent) -> None:
        if event.message_id in self._waited:
            self.ticket.waiting_since = self._waited.pop(event.message_id)
            self.ticket.reply_count = max(0, self.ticket.reply_count - 1)

    def _follow(self, event: PastEvent) -> None:
        self.followers ^= {event.payload["user_id"]}

    def _copy(self, event: PastEvent) -> None:
        address = event.payload["address"]
        if event.kind == "cc.added" and event.payload["state"] == "cc":
            self.copies.add(address)
        elif event.kind == "cc.removed":
            self.copies.discard(address)

    def _note_update(self, first: PastEvent) -> None:
        ticket = self.ticket
        ticket.updated_at = max(self.now, ticket.updated_at)
        if first.actor_user_id and first.actor_user_id == ticket.assignee_id:
            ticket.assignee_updated_at = self.now
        elif first.actor_customer_id and first.actor_customer_id == ticket.requester_id:
            ticket.requester_updated_at = self.now

    def _of_messages(self, key: str) -> tuple[Any, ...]:
        """Of what had been written by then; what was taken back later is not there."""
        written = [
            it for it in self.messages.values() if it.created_at <= self.now and it.delivery_state != "cancelled"
        ]
        match key:
            case "description_includes_word":
                return tuple(message.text for message in written[:1])
            case "comment_includes_word":
                return tuple(message.text for message in written)
            case "attachment":
                return tuple(message.pk for message in written if message.attachments.exists())
        return tuple(it.pk for it in written if it.kind == MessageKind.PUBLIC and it.delivery_state not in UNSENT)[:1]


_STEPS = {
    "message.received": PastTicket._receive,
    "reply.added": PastTicket._reply,
    "call.answered": PastTicket._speak,
    "call.written_up": PastTicket._speak,
    "reply.retracted": PastTicket._retract,
    "follower.added": PastTicket._follow,
    "follower.removed": PastTicket._follow,
    "cc.added": PastTicket._copy,
    "cc.removed": PastTicket._copy,
}


def _first_followers(events: Sequence[PastEvent]) -> set[int]:
    """Those of whom the first that is told is that they left."""
    first: dict[int, str] = {}
    for event in events:
        if event.kind in ("follower.added", "follower.removed"):
            first.setdefault(event.payload["user_id"], event.kind)
    return {user for user, kind in first.items() if kind == "follower.removed"}


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
