"""The events of tickets, read in bulk as far as telling a ticket again needs them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.conditions.catalogue import ALL
from tickets.models import Message

# Kinds of events with `old` and `new`, and the column that they tell of.
COLUMNS = {
    "status.changed": "status",
    "priority.changed": "priority",
    "type.changed": "type",
    "subject.changed": "subject",
}
REFERENCES = {"assignee.changed": "assignee_id", "team.changed": "team_id", "calendar.changed": "calendar_id"}
LISTS = {"tags.changed": "tags", "skills.changed": "skills"}
# All kinds whose payload is read here, or by those who ask what was before a gesture: no other is fetched.
WITH_PAYLOAD = sorted({
    *COLUMNS, *REFERENCES, *LISTS, *(field.past.kind for field in ALL if field.past), "due.changed", "message.received",
    "follower.added", "follower.removed", "cc.added", "cc.removed", "delivery.changed",
    "call.answered", "call.written_up",
})  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING: dict[str, Any] = {}


@dataclass(slots=True)
class PastEvent:
    """The columns of a TicketEvent that are asked for, and the rows that they name where somebody asks for them."""

    ticket_id: int
    gesture_id: str
    kind: str
    payload: dict[str, Any]
    created_at: datetime
    actor_kind: str
    actor_user_id: int | None
    actor_customer_id: int | None
    rule_id: int | None
    message_id: int | None
    message: Message | None = None
    actor_user: User | None = None
    actor_customer: Customer | None = None


# Without what happens to every sent message, which no condition sees. Microseconds since 1970 are read ten times as
# fast as moments, and there are a dozen events to a ticket.
EVENTS = """
SELECT ticket_id, gesture_id::text, kind,
  CASE WHEN kind = ANY(%s) OR (kind = 'reply.added' AND payload ? 'chat') THEN payload::text END,
  (extract(epoch FROM created_at) * 1000000)::bigint, actor_kind, actor_user_id, actor_customer_id, rule_id, message_id
FROM tickets_ticketevent
WHERE ticket_id = ANY(%s) AND (kind <> 'delivery.changed' OR payload ->> 'new' IN ('failed', 'unknown'))
ORDER BY id
"""


def past_events(numbers: Sequence[int]) -> dict[int, list[PastEvent]]:
    """By ticket, in their order."""
    by_ticket: dict[int, list[PastEvent]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [WITH_PAYLOAD, list(numbers)])
        for ticket, gesture, kind, payload, micros, *more in cursor.fetchall():
            told = json.loads(payload) if payload else NOTHING
            at = EPOCH + timedelta(microseconds=micros)
            by_ticket[ticket].append(PastEvent(ticket, gesture, kind, told, at, *more))
    return by_ticket
