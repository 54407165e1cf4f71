"""The conversation on a ticket's page: messages and events woven into one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models.expressions import RawSQL
from django.utils import timezone

from tickets.models import Message, Ticket, TicketEvent

MESSAGES_SHOWN = 50
EVENTS_SHOWN = 300
BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)

# Kinds that are a line of their own; the others are told by the message they belong to.
# Each has a template in templates/tickets/events/.
LINES = (
    "follow_up.opened",
    "reply.retracted",
    "mail.also_received",
    "message.moved",
    "malware.found",
    "status.changed",
    "priority.changed",
    "type.changed",
    "subject.changed",
    "tags.changed",
    "assignee.changed",
    "team.changed",
    "due.changed",
    "bulk.edited",
    "follower.added",
    "follower.removed",
    "cc.added",
    "cc.removed",
)


@dataclass(frozen=True)
class Entry:
    """One item of the conversation; `new_day` is the moment when it is the first of its day."""

    at: datetime
    message: Message | None = None
    event: TicketEvent | None = None
    new_day: datetime | None = None

    @property
    def line(self) -> str:
        return f"tickets/events/{self.event.kind}.html" if self.event else ""


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    earlier: int  # id of the oldest message shown when there are older ones, else 0


def timeline(ticket: Ticket, *, before: int = 0) -> Timeline:
    """The newest messages (those older than message `before`, if given) with the events of their time."""
    messages = _messages(ticket, before)
    has_earlier = len(messages) > MESSAGES_SHOWN
    messages = messages[:MESSAGES_SHOWN][::-1]
    lines = _lines(
        ticket,
        since=messages[0].created_at if has_earlier else BEGINNING,
        until=messages[-1].created_at if before and messages else END,
    )
    return Timeline(_woven(messages, lines), messages[0].pk if has_earlier else 0)


EVENTS = """
SELECT * FROM tickets_ticketevent WHERE ticket_id = %s AND kind = ANY(%s) AND created_at BETWEEN %s AND %s
ORDER BY id DESC LIMIT %s
"""


def _lines(ticket: Ticket, *, since: datetime, until: datetime) -> list[TicketEvent]:
    """By hand: for so small a table part a queryset takes longer to compile than to run."""
    found = TicketEvent.objects.raw(EVENTS, [ticket.pk, list(LINES), since, until, EVENTS_SHOWN])
    return list(found)[::-1]


# The files of a message, as the template lists them. Inline pictures are in the message's own HTML.
FILES = """(
  SELECT json_agg(json_build_object('id', a.id, 'filename', a.filename, 'size', a.size, 'content_type', a.content_type,
                                    'scan_state', a.scan_state, 'scan_detail', a.scan_detail)
                  ORDER BY a.id)
  FROM tickets_attachment a WHERE a.message_id = tickets_message.id AND NOT a.inline
)"""


def _messages(ticket: Ticket, before: int) -> list[Message]:
    messages = (
        Message.objects.filter(ticket_id=ticket.pk)
        .select_related("author_user", "author_customer")
        .annotate(file_rows=RawSQL(FILES, ()))  # noqa: S611 a constant; as a subquery it takes longer to compile than to run
        .order_by("-pk")
    )
    if before:
        messages = messages.filter(pk__lt=before)
    return list(messages[: MESSAGES_SHOWN + 1])


def _woven(messages: Sequence[Message], events: Sequence[TicketEvent]) -> list[Entry]:
    entries = [Entry(message.created_at, message=message) for message in messages]
    entries += [Entry(event.created_at, event=event) for event in events]
    entries.sort(key=lambda entry: (entry.at, entry.event is not None))
    return _with_days(entries)


def _with_days(entries: Sequence[Entry]) -> list[Entry]:
    day: date | None = None
    dated = []
    for entry in entries:
        today = timezone.localtime(entry.at).date()
        dated.append(entry if today == day else Entry(entry.at, entry.message, entry.event, new_day=entry.at))
        day = today
    return dated
