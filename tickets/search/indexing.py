"""Keeping the words of tickets where the search finds them, in the transaction that changed them.

A message that is added to a ticket is appended to the ticket's last part: one statement, whatever its length. What
changes words that are stored already (subject, tags, a reply taken back, a message moved) reads the ticket again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from helpdesk.lib.words import words_of
from tickets.events import (
    DeliveryChanged,
    FileFetched,
    MessageEdited,
    MessageMoved,
    MessageReceived,
    MessageRedacted,
    MessageWithdrawn,
    NoteAdded,
    NoteChanged,
    ReplyAdded,
    ReplyHeldBack,
    ReplyRetracted,
    ReplyScheduled,
    RuleMailed,
    SubjectChanged,
    TagsChanged,
    TicketOpened,
)
from tickets.models import DeliveryState, Ticket, TicketEvent
from tickets.search.vectors import GAP, MAX_PART, OVERLAP, head_marks, head_words, literal, marks_in_sql, range_marks
from tickets.services.consuming import Together, Told

ADDS = {MessageReceived.kind, ReplyAdded.kind, ReplyScheduled.kind, NoteAdded.kind, RuleMailed.kind}
MAX_TEXT = 400_000  # characters of one message; no person writes more
REWRITES = {
    SubjectChanged.kind, NoteChanged.kind, ReplyRetracted.kind, ReplyHeldBack.kind, MessageMoved.kind,
    MessageRedacted.kind, MessageEdited.kind, MessageWithdrawn.kind, FileFetched.kind,
}  # fmt: skip

# Locked, so that no message can be added between the reading of a ticket and the writing of its words.
HEADS = """
SELECT t.id, t.subject, t.tags, c.name, o.name
FROM tickets_ticket t
JOIN customers_customer c ON c.id = t.requester_id
LEFT JOIN customers_organisation o ON o.id = c.organisation_id
WHERE t.id = ANY(%s) ORDER BY t.id FOR NO KEY UPDATE OF t
"""
# The history below a mail is read for the ticket's first message only: what later ones quote is here already.
MESSAGES = """
SELECT m.ticket_id, m.id, m.text, m.quoted_text, m.from_address, array_to_string(m."to" || m.cc || m.bcc, ' '),
  CASE WHEN m.author_role = '' THEN m.author_name ELSE '' END,
  (SELECT string_agg(a.filename, ' ') FROM tickets_attachment a WHERE a.message_id = m.id)
FROM tickets_message m WHERE m.{column} = ANY(%s) AND m.delivery_state <> %s ORDER BY m.ticket_id, m.id
"""
APPEND = f"""
UPDATE tickets_searchentry SET
  vector = ts_delete(vector, {marks_in_sql("newest")})
    || array_to_tsvector({marks_in_sql("greatest(newest, %(newest)s)")}) || %(vector)s::tsvector,
  newest = greatest(newest, %(newest)s),
  words = words + %(words)s
WHERE ticket_id = %(number)s AND is_last AND words + %(words)s <= {MAX_PART}
"""  # noqa: S608 our own SQL, values stay parameters
NOTE_STALE = """
INSERT INTO tickets_stalesearchentry (ticket_id, noted_at) SELECT number, now() FROM unnest(%s::bigint[]) AS number
ON CONFLICT (ticket_id) DO UPDATE SET noted_at = excluded.noted_at
"""
INSERT = """
INSERT INTO tickets_searchentry (ticket_id, part, is_last, newest, words, vector)
SELECT r.ticket_id, r.part, r.is_last, r.newest, r.words, r.vector::tsvector
FROM unnest(%s::bigint[], %s::int[], %s::boolean[], %s::bigint[], %s::int[], %s::text[])
  AS r (ticket_id, part, is_last, newest, words, vector)
"""


@Together
def index_events(told: Told) -> None:
    """Event consumer: a message is found the moment it is stored."""
    with connection.cursor() as cursor:
        if stale := [ticket.pk for ticket, events in told if _makes_stale(cursor, ticket, events)]:
            cursor.execute(NOTE_STALE, [stale])


def _makes_stale(cursor: Any, ticket: Ticket, events: list[TicketEvent]) -> bool:
    """Write what has to be found at once; True where it is enough to note that the ticket be read again."""
    kinds = {event.kind for event in events}
    added = [event.message_id for event in events if event.kind in ADDS and event.message_id]
    if TicketOpened.kind in kinds:
        _open(cursor, ticket)
    elif any(_rewrites(event) for event in events) or (added and not _append(cursor, ticket.pk, added)):
        _rewrite(cursor, [ticket.pk])
    else:  # tags may come by the thousand, and `tag:` asks the ticket itself
        return TagsChanged.kind in kinds
    return False


def _rewrites(event: TicketEvent) -> bool:
    if event.kind == DeliveryChanged.kind:
        return bool(event.payload["new"] == DeliveryState.CANCELLED)
    return event.kind in REWRITES


@transaction.atomic
def index_tickets(numbers: Sequence[int]) -> None:
    """Read these tickets and write their words anew."""
    with connection.cursor() as cursor:
        _rewrite(cursor, numbers)


def _open(cursor: Any, ticket: Ticket) -> None:
    """A ticket that was not there before: nobody else sees it yet, and it has no rows."""
    requester = ticket.requester
    organisation = requester.organisation.name if requester.organisation else ""
    head = head_words(ticket.pk, [requester.name, organisation, ticket.subject, *ticket.tags])
    _write(cursor, {ticket.pk: [_Part(ticket.pk, head)]})


def _append(cursor: Any, number: int, message_ids: Sequence[int]) -> bool:
    """Whether the words of these messages found room in the ticket's last row."""
    cursor.execute(MESSAGES.format(column="id"), [list(message_ids), DeliveryState.CANCELLED])
    words = [word for message in cursor.fetchall() for word in _words(message, is_first=False)]
    vector, newest = literal(words), max(message_ids)
    cursor.execute(APPEND, {"vector": vector, "newest": newest, "words": len(words), "number": number})
    return bool(cursor.rowcount)


def _rewrite(cursor: Any, numbers: Sequence[int]) -> None:
    cursor.execute(HEADS, [list(numbers)])
    parts = {row[0]: [_Part(row[0], head_words(row[0], _head_texts(row)))] for row in cursor.fetchall()}
    cursor.execute("DELETE FROM tickets_searchentry WHERE ticket_id = ANY(%s)", [list(numbers)])
    if parts:
        _write(cursor, parts)


def _write(cursor: Any, parts: dict[int, list[_Part]]) -> None:
    cursor.execute(MESSAGES.format(column="ticket_id"), [list(parts), DeliveryState.CANCELLED])
    for number, messages in groupby(cursor.fetchall(), key=itemgetter(0)):
        for place, message in enumerate(messages):
            _add(parts[number], message[1], _words(message, is_first=place == 0))
    rows = [part.row(is_last=part is of_one[-1]) for of_one in parts.values() for part in of_one]
    cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])


@dataclass
class _Part:
    """A row that is being filled."""

    number: int
    head: list[str]
    part: int = 0
    newest: int = 0
    words: list[str] = field(default_factory=list)

    def row(self, *, is_last: bool) -> tuple[int, int, bool, int, int, str]:
        words = [*self.head, *self.words]
        vector = literal(words, marks=[*head_marks(self.head), *range_marks(self.newest)])
        return self.number, self.part, is_last, self.newest, len(words), vector


def _add(parts: list[_Part], message_id: int, words: list[str]) -> None:
    """Put a message's words into the last part, and what does not fit there into new ones, which overlap."""
    while True:
        last = parts[-1]
        room = MAX_PART - len(last.head) - len(last.words)
        if len(words) <= room or not last.words:
            last.words += words[:room]
            last.newest = max(last.newest, message_id)
            words = words[room - OVERLAP :] if len(words) > room else []
        if not words:
            return
        parts.append(_Part(last.number, last.head, last.part + 1))


def _head_texts(row: Sequence[Any]) -> list[str]:
    _number, subject, tags, customer, organisation = row
    return [customer, organisation or "", subject, *tags]


def _words(message: Sequence[Any], *, is_first: bool) -> list[str]:
    """The words of a message with its people and files, a gap before each text."""
    _number, _id, text, quoted, sender, recipients, author, files = message
    texts = [text[:MAX_TEXT], quoted[:MAX_TEXT] if is_first else "", f"{author} {sender}", recipients, files or ""]
    return [word for piece in texts if piece.strip() for word in [*[""] * GAP, *words_of(piece)]]
