"""The conversation on a ticket's page: messages and events woven into one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from tickets.models import Attachment, Message, Ticket, TicketEvent

MESSAGES_SHOWN = 50
EVENTS_SHOWN = 300

# Kinds that are a line of their own; the others are told by the message they belong to.
# Each has a template in templates/tickets/events/.
LINES = (
    "follow_up.opened",
    "reply.retracted",
    "mail.also_received",
    "message.moved",
    "status.changed",
    "priority.changed",
    "type.changed",
    "subject.changed",
    "tags.changed",
    "assignee.changed",
    "team.changed",
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
    events = TicketEvent.objects.filter(ticket=ticket, kind__in=LINES)
    if has_earlier:
        events = events.filter(created_at__gte=messages[0].created_at)
    if before and messages:
        events = events.filter(created_at__lte=messages[-1].created_at)
    lines = list(events.order_by("-pk")[:EVENTS_SHOWN])[::-1]
    return Timeline(_woven(messages, lines), messages[0].pk if has_earlier else 0)


def _messages(ticket: Ticket, before: int) -> list[Message]:
    files = Attachment.objects.filter(message=OuterRef("pk"), inline=False).order_by("pk")
    row = JSONObject(id="id", filename="filename", size="size", content_type="content_type")
    messages = (
        Message.objects.filter(ticket=ticket)
        .select_related("author_user", "author_customer")
        .annotate(file_rows=ArraySubquery(files.values(json=row)))
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
