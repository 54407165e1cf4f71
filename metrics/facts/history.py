"""What facts are told from: tickets, their timelines and their settled promises, many at once in three statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tickets import events

WORDS = (events.MessageReceived.kind, events.ReplyAdded.kind, events.NoteAdded.kind)
CALLS = (events.CallSettled.kind, events.CallWrittenUp.kind)
KINDS = [
    *WORDS,
    *CALLS,
    events.TicketOpened.kind,
    events.ReplyRetracted.kind,
    events.MessageMoved.kind,
    events.StatusChanged.kind,
    events.AssigneeChanged.kind,
    events.TeamChanged.kind,
    events.CalendarChanged.kind,
]


class Known(NamedTuple):
    """A ticket as it is now; `event_id` is the last of its events."""

    number: int
    opened_at: datetime
    status: str
    priority: str
    type: str
    channel: str
    inbox_id: int
    team_id: int | None
    assignee_id: int | None
    calendar_id: int | None
    event_id: int


class Line(NamedTuple):
    """An event, with what has to be known of its message. `said_at` is empty for what is no message."""

    number: int
    id: int
    gesture_id: UUID
    kind: str
    payload: Mapping[str, Any]
    at: datetime
    actor_kind: str
    actor_id: int | None
    said_at: datetime | None
    channel: str | None
    role: str | None
    is_by_machine: bool | None
    author_id: int | None


class Promise(NamedTuple):
    """A clock that was kept or missed; `amount` in seconds, of working time where `is_business`."""

    number: int
    metric: str
    policy_id: int | None
    target: int
    is_business: bool
    elapsed: float
    state: str
    settled_at: datetime | None
    breached_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    ticket: Known
    lines: Sequence[Line]
    promises: Sequence[Promise]


# Tickets first: what happens while the others are read is left to the next time, by the number of the event.
TICKETS = """
SELECT id, created_at, status, priority, type, channel, inbox_id, team_id, assignee_id, calendar_id, last_event_id
FROM tickets_ticket WHERE id = ANY(%s) ORDER BY id
"""
LINES = """
SELECT e.ticket_id, e.id, e.gesture_id, e.kind, e.payload::json, e.created_at, e.actor_kind, e.actor_user_id,
       m.created_at, m.channel, m.author_role, m.is_automatic OR m.is_auto_reply, m.author_user_id
FROM tickets_ticketevent e LEFT JOIN tickets_message m ON m.id = e.message_id
WHERE e.ticket_id = ANY(%s) AND e.kind = ANY(%s) ORDER BY e.ticket_id, e.id
"""
PROMISES = """
SELECT ticket_id, metric, policy_id, target, is_business, elapsed, state, settled_at, breached_at
FROM tickets_slatarget WHERE ticket_id = ANY(%s) AND (settled_at IS NOT NULL OR breached_at IS NOT NULL)
ORDER BY ticket_id, id
"""


def read_histories(numbers: Sequence[int]) -> Iterator[History]:
    """Of those tickets that there are, in the order of their numbers."""
    wanted = list(numbers)
    with connection.cursor() as cursor:
        cursor.execute(TICKETS, [wanted])
        tickets = [Known(*row) for row in cursor.fetchall()]
        last = {ticket.number: ticket.event_id for ticket in tickets}
        lines: dict[int, list[Line]] = defaultdict(list)
        cursor.execute(LINES, [wanted, KINDS])
        for row in cursor.fetchall():
            if row[1] <= last.get(row[0], 0):
                lines[row[0]].append(Line(*row))
        promises: dict[int, list[Promise]] = defaultdict(list)
        cursor.execute(PROMISES, [wanted])
        for row in cursor.fetchall():
            promises[row[0]].append(Promise(*row))
    for ticket in tickets:
        yield History(ticket, lines.get(ticket.number, ()), promises.get(ticket.number, ()))
