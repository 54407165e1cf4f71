"""What is said in a chat: numbered without gaps, written once, read from any number on.

A line is one statement and one commit, so it is on the other side within milliseconds; what a ticket makes of it
(message, triggers, clocks, search) follows in tickets/chat/settling.py. The statement holds the chat's row until it is
committed, so the order of numbers is the order in which lines could be read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.chat import wire
from tickets.chat.errors import ChatOver, NotYours
from tickets.models import Attachment, Chat, ChatState, Said, ScanState
from tickets.services.errors import Refused, TooLong

LONGEST: Final = 5_000  # characters of a line
PAGE: Final = 200  # lines in one reading


@dataclass(frozen=True)
class Line:
    """An entry as both sides get it. `files`: {"id", "filename", "size", "content_type"} each."""

    chat_id: int
    seq: int
    said: str
    name: str
    text: str
    at: datetime
    client_id: UUID | None = None
    author_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    files: Sequence[dict[str, Any]] = ()

    def as_dict(self) -> dict[str, Any]:
        """What goes over sockets. Nothing in it is for staff only."""
        return {
            "seq": self.seq,
            "id": str(self.client_id) if self.client_id else None,
            "said": self.said,
            "name": self.name,
            "author": self.author_id,
            "text": self.text,
            "at": self.at.isoformat(),
            "files": list(self.files),
            **{name: value for name, value in self.payload.items() if name != "files"},
        }


def say(
    chat: Chat,
    said: str,
    text: str,
    *,
    client_id: UUID | None = None,
    author: User | None = None,
    name: str = "",
    attachments: Sequence[Attachment] = (),
    payload: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Line:
    """Write a line and tell both sides once it is committed; the same `client_id` again is the line of the first time.

    Raises `ChatOver`, for an agent who is not the chat's `NotYours`, and `Refused` for nothing or too much.
    """
    now = now or timezone.now()
    text = text.replace("\0", "").strip()
    if len(text) > LONGEST:
        raise TooLong(_("This is longer than %(limit)s characters.") % {"limit": LONGEST})
    if said != Said.EVENT and not text and not attachments and not payload:
        raise Refused(_("Write something first."))
    payload = dict(payload or {})
    if attachments:
        payload["files"] = [attachment.pk for attachment in attachments]
    written = Line(
        chat.pk, 0, said, name[:200], text, now, client_id, author.pk if author else None, payload,
        [attachment.as_dict() for attachment in attachments],
    )  # fmt: skip
    line = _write(written) or _written_before(chat, client_id)
    if line is None:
        raise _reason(chat, author)
    wire.tell(chat.pk, {"t": "entry", "entry": line.as_dict()})
    return line


def happened(chat: Chat, kind: str, *, name: str = "", now: datetime | None = None, **facts: Any) -> Line:
    """A line about what happened, not a word of anybody's: "Grace has joined". Each side says it in its language."""
    return say(chat, Said.EVENT, "", name=name, payload={"kind": kind, **facts}, now=now)


WRITE = """
WITH numbered AS (
  UPDATE tickets_chat SET
    last_seq = last_seq + 1,
    last_said_at = %(now)s,
    visitor_said_at = CASE %(said)s WHEN 'visitor' THEN COALESCE(visitor_said_at, %(now)s)
                                    WHEN 'agent' THEN NULL ELSE visitor_said_at END,
    first_reply_at = CASE %(said)s WHEN 'agent' THEN COALESCE(first_reply_at, %(now)s) ELSE first_reply_at END,
    hold_until = CASE %(said)s WHEN 'agent' THEN NULL ELSE hold_until END
  WHERE id = %(chat)s
    AND (state <> 'ended' OR %(said)s = 'event')
    AND (%(said)s <> 'agent' OR (state = 'active' AND agent_id = %(author)s::bigint))
    AND NOT EXISTS (
      SELECT FROM tickets_chatentry WHERE chat_id = %(chat)s AND client_id = %(client_id)s::uuid)
  RETURNING last_seq
)
INSERT INTO tickets_chatentry
  (chat_id, seq, said, client_id, author_id, name, text, payload, created_at, is_settled)
SELECT %(chat)s, last_seq, %(said)s, %(client_id)s::uuid, %(author)s::bigint, %(name)s, %(text)s, %(payload)s::jsonb,
       %(now)s, %(said)s = 'event'
FROM numbered RETURNING seq
"""


def _write(line: Line) -> Line | None:
    """With its number; None where it may not be written, or was written before."""
    values: dict[str, Any] = {
        "chat": line.chat_id, "said": line.said, "now": line.at, "client_id": line.client_id, "author": line.author_id,
        "name": line.name, "text": line.text, "payload": json.dumps(line.payload),
    }  # fmt: skip
    try:
        # Alone it is a transaction of its own; inside another, a line that was there before undoes nothing else.
        with transaction.atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
            cursor.execute(WRITE, values)
            row = cursor.fetchone()
    except IntegrityError:  # the same line at the same moment by another way: that one was first
        return None
    return None if row is None else replace(line, seq=row[0])


def _written_before(chat: Chat, client_id: UUID | None) -> Line | None:
    return next(iter(_read("e.chat_id = %s AND e.client_id = %s", [chat.pk, client_id])), None) if client_id else None


def _reason(chat: Chat, author: User | None) -> Refused:
    state = Chat.objects.values_list("state", flat=True).get(pk=chat.pk)
    return NotYours() if author and state != ChatState.ENDED else ChatOver()


def read(chat_id: int, *, since: int = 0, limit: int = PAGE) -> list[Line]:
    """The lines after number `since`, oldest first."""
    return _read("e.chat_id = %s AND e.seq > %s", [chat_id, since], limit)


def newest(chat_id: int, *, before: int | None = None, limit: int = PAGE) -> list[Line]:
    """The last lines, or the last before number `before`; oldest first as well."""
    if before is None:
        return _read("e.chat_id = %s", [chat_id], limit, "DESC")[::-1]
    return _read("e.chat_id = %s AND e.seq < %s", [chat_id, before], limit, "DESC")[::-1]


def _read(condition: str, values: list[Any], limit: int = 1, order: str = "ASC") -> list[Line]:
    """A settled line's words lie in its message, where they can be redacted and erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.chat_id, e.seq, e.said, e.name, COALESCE(m.text, e.text), e.created_at, e.client_id, e.author_id,"  # noqa: S608
            " e.payload::text FROM tickets_chatentry e LEFT JOIN tickets_message m ON m.id = e.message_id"
            f" WHERE {condition} ORDER BY e.seq {order} LIMIT %s",
            [*values, limit],
        )
        lines = [replace(Line(*row[:8]), payload=json.loads(row[8])) for row in cursor.fetchall()]
    wanted = {pk for line in lines for pk in line.payload.get("files", ())}
    if not wanted:
        return lines
    there = Attachment.objects.filter(removed_at=None).exclude(scan_state=ScanState.INFECTED).in_bulk(wanted)
    return [
        replace(line, files=[there[pk].as_dict() for pk in line.payload.get("files", ()) if pk in there])
        for line in lines
    ]
