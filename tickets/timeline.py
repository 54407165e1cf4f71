"""The conversation on a ticket's page: messages and events woven into one line of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from helpdesk.lib.reading import Reader
from tickets.models import Channel, DeliveryState, Message, MessageKind, Ticket, TicketEvent

MESSAGES_SHOWN = 50
EVENTS_SHOWN = 300
NEWEST = 2**63 - 1
AS_MAIL = frozenset((Channel.WEB, Channel.FORM, Channel.PORTAL))  # answered by e-mail

# Kinds that are a line of their own; the others are told by the message they belong to.
# Each has a template in templates/tickets/events/.
LINES = (
    "follow_up.opened",
    "note.changed",
    "reply.scheduled",
    "reply.rescheduled",
    "reply.held_back",
    "reply.retracted",
    "mail.also_received",
    "message.moved",
    "malware.found",
    "message.redacted",
    "message.edited",
    "message.withdrawn",
    "public_case.sorted",
    "public_case.flagged",
    "public_case.private",
    "proposal.made",
    "proposal.approved",
    "proposal.declined",
    "proposal.withdrawn",
    "status.changed",
    "rating.given",
    "survey.sent",
    "survey.skipped",
    "chat.started",
    "chat.accepted",
    "chat.transferred",
    "chat.ended",
    "call.started",
    "call.answered",
    "call.held",
    "call.resumed",
    "call.recording_paused",
    "call.transferred",
    "call.ended",
    "callback.owed",
    "callback.claimed",
    "callback.postponed",
    "callback.settled",
    "article.helped",
    "priority.changed",
    "type.changed",
    "subject.changed",
    "tags.changed",
    "assignee.changed",
    "team.changed",
    "ticket.routed",
    "ticket.taken_back",
    "due.changed",
    "sla.applied",
    "sla.retimed",
    "sla.warned",
    "sla.breached",
    "bulk.edited",
    "macro.applied",
    "follower.added",
    "follower.removed",
    "cc.added",
    "cc.removed",
    "calendar.changed",
    "skills.changed",
    "requester.language_changed",
    "rule.fired",
    "rule.failed",
    "rule.mail_held",
    "rule.told",
    "rule.notifies",
    "rules.stopped",
    "account_action.pressed",
    "account_action.answered",
    "article.begun",
    "article.flagged",
)


@dataclass(frozen=True)
class Entry:
    """One item of the conversation; `new_day` is the moment when it is the first of its day, `crossing` the channel
    when customer and agents go on by another one.
    """

    at: datetime
    message: Message | None = None
    event: TicketEvent | None = None
    new_day: datetime | None = None
    crossing: str = ""

    @property
    def line(self) -> str:
        return f"tickets/events/{self.event.kind}.html" if self.event else ""


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    earlier: int  # id of the oldest message shown when there are older ones, else 0


def timeline(ticket: Ticket, *, before: int = 0) -> Timeline:
    """The newest messages (those older than message `before`, if given) with the events of their time."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SHOWN} SELECT {TALK}", asked_of(ticket, before))
        return read(*cursor.fetchone() or (None, None))


EVENT, MESSAGE = Reader(TicketEvent), Reader(Message)
BESIDES = ("author_key", "author_title", "file_rows")
# The messages, one more than are shown, with the files of each as the page lists them (inline pictures are in its own
# HTML), and with what its author's face is drawn from: `author_key` and `author_title`, null when nobody is known.
SHOWN = f"""
WITH found AS (
  SELECT m.id, m.created_at, {MESSAGE.as_json("m")} AS fields,
    CASE WHEN u.id IS NOT NULL THEN u.email ELSE c.id::text END AS author_key,
    CASE WHEN u.id IS NOT NULL THEN coalesce(nullif(u.name, ''), u.email) ELSE c.name END AS author_title,
    (SELECT json_agg(json_build_object('id', a.id, 'filename', a.filename, 'size', a.size,
                                       'content_type', a.content_type,
                                       'scan_state', a.scan_state, 'scan_detail', a.scan_detail,
                                       'removed_at', a.removed_at, 'removed_by', a.removed_by) ORDER BY a.id)
       FROM tickets_attachment a WHERE a.message_id = m.id AND NOT a.inline) AS file_rows
  FROM tickets_message m LEFT JOIN accounts_user u ON u.id = m.author_user_id
    LEFT JOIN customers_customer c ON c.id = m.author_customer_id
  WHERE m.ticket_id = %(ticket)s AND m.id < %(before)s ORDER BY m.id DESC LIMIT {MESSAGES_SHOWN + 1}
)"""  # noqa: S608 names of our own columns
# Two values of one row, so that other statements can bring the conversation along.
TALK = f"""
  (SELECT json_agg(json_build_array(f.fields, f.author_key, f.author_title, f.file_rows) ORDER BY f.id) FROM found f),
  (SELECT json_agg(lines.fields ORDER BY lines.id) FROM (
     SELECT e.id, {EVENT.as_json("e")} AS fields FROM tickets_ticketevent e
     WHERE e.ticket_id = %(ticket)s AND e.kind IN ({", ".join(map(repr, LINES))})
       AND e.created_at >= coalesce(
         (SELECT created_at FROM found WHERE (SELECT count(*) FROM found) > {MESSAGES_SHOWN}
            ORDER BY id DESC OFFSET {MESSAGES_SHOWN - 1} LIMIT 1), '-infinity')
       AND e.created_at <= coalesce(
         (SELECT created_at FROM found WHERE %(before)s < {NEWEST} ORDER BY id DESC LIMIT 1), 'infinity')
     ORDER BY e.id DESC LIMIT {EVENTS_SHOWN}) AS lines)
"""  # noqa: S608 names of our own columns


def asked_of(ticket: Ticket, before: int = 0) -> dict[str, int]:
    """What `SHOWN` and `TALK` have to be given."""
    return {"ticket": ticket.pk, "before": before or NEWEST}


def read(found: list[list[Any]] | None, lines: list[list[Any]] | None) -> Timeline:
    """What `TALK` brought."""
    messages = [_message(*parts) for parts in found or ()]
    has_earlier = len(messages) > MESSAGES_SHOWN
    messages = messages[-MESSAGES_SHOWN:]
    return Timeline(
        _woven(messages, [EVENT.read_json(fields) for fields in lines or ()]), messages[0].pk if has_earlier else 0
    )


def _message(fields: list[Any], *besides: Any) -> Message:
    message = MESSAGE.read_json(fields)
    vars(message).update(zip(BESIDES, besides, strict=True))
    return message


def _woven(messages: Sequence[Message], events: Sequence[TicketEvent]) -> list[Entry]:
    entries = [Entry(_place(message), message=message) for message in messages]
    entries += [Entry(event.created_at, event=event) for event in events]
    entries.sort(key=lambda entry: (entry.at, entry.event is not None))
    return _with_days(entries, _crossings(entry.message for entry in entries if entry.message))


def _place(message: Message) -> datetime:
    """What is still to be sent stands at the end, whenever it was written."""
    return timezone.now() if message.delivery_state == DeliveryState.SCHEDULED else message.created_at


def _crossings(messages: Iterable[Message]) -> dict[int, str]:
    """By the id of the first message on another channel: that channel. What begins on a form goes on by e-mail."""
    crossings, before = {}, ""
    for message in messages:
        if message.kind != MessageKind.PUBLIC:
            continue
        channel = Channel.EMAIL if message.channel in AS_MAIL else message.channel
        if before and channel != before:
            crossings[message.pk] = str(channel)
        before = channel
    return crossings


def _with_days(entries: Sequence[Entry], crossings: dict[int, str]) -> list[Entry]:
    day: date | None = None
    zone = timezone.get_current_timezone()
    dated = []
    for entry in entries:
        today = entry.at.astimezone(zone).date()
        crossing = crossings.get(entry.message.pk, "") if crossings and entry.message else ""
        is_same = today == day and not crossing
        dated.append(
            entry if is_same else replace(entry, new_day=entry.at if today != day else None, crossing=crossing)
        )
        day = today
    return dated
