"""What tickets bring to a customer's timeline: messages, notes, and those events of a ticket that tell a story.

Messages and notes are those on the customer's tickets, and what the customer wrote on tickets of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from helpdesk.lib.reading import Reader
from tickets.customers.sources import MESSAGES, NOTES, TICKETS, VISIBLE, Arm, Source, TicketRef, Told, register
from tickets.models import MessageKind, TicketEvent
from tickets.models.event import TOLD
from tickets.policies import may_read_notes

EXCERPT = 400  # characters
EXCERPT_LINES = 4  # that are not empty; a message that has more of either, or more than words, folds out

# `mine` are the tickets that the first arm has: nearly all that a customer wrote is there, and is not looked up again.
ELSEWHERE = f"""x.ticket_id NOT IN (SELECT id FROM mine) AND EXISTS (
  SELECT FROM tickets_ticket t WHERE t.id = x.ticket_id AND NOT t.requester_id = ANY(%(customers)s) AND {VISIBLE}
)"""  # noqa: S608 our own text

SPOKEN = """
SELECT m.id, m.kind, m.channel, m.author_user_id, m.author_name, m.author_role, m.from_address,
  left(m.text, %(excerpt)s), length(m.text) > %(excerpt)s, m.needs_frame OR m.has_remote_images,
  m.delivery_state, m.is_auto_reply, m.is_automatic, m.is_unverified, m.erased_at IS NOT NULL,
  CASE WHEN u.id IS NOT NULL THEN u.email ELSE c.id::text END,
  CASE WHEN u.id IS NOT NULL THEN coalesce(nullif(u.name, ''), u.email) ELSE c.name END,
  (SELECT count(*) FROM tickets_attachment a WHERE a.message_id = m.id AND NOT a.inline),
  m.created_at, t.id, t.subject, t.status
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
  LEFT JOIN accounts_user u ON u.id = m.author_user_id LEFT JOIN customers_customer c ON c.id = m.author_customer_id
WHERE m.id = ANY(%(ids)s)
"""

_EVENT = Reader(TicketEvent)
HAPPENED = f"""
SELECT {_EVENT.columns("e")}, t.id, t.subject, t.status
FROM tickets_ticketevent e JOIN tickets_ticket t ON t.id = e.ticket_id
WHERE e.id = ANY(%s)
"""  # noqa: S608 names of our own columns


@dataclass(frozen=True, kw_only=True)
class Spoken(Told):
    """A message or a note: its beginning, and whether there is more to fold out."""

    pk: int
    kind: str
    channel: str
    author_id: int | None
    author_name: str
    author_role: str
    from_address: str
    beginning: str
    is_longer: bool
    is_framed: bool
    delivery_state: str
    is_auto_reply: bool
    is_automatic: bool
    is_unverified: bool
    is_erased: bool
    face_key: str | None
    face_name: str | None
    files: int
    at: datetime

    @property
    def lines(self) -> list[str]:
        return [line for line in map(str.strip, self.beginning.splitlines()) if line]

    @property
    def excerpt(self) -> str:
        more = "…" if self.is_longer or len(self.lines) > EXCERPT_LINES else ""
        return "\n".join(self.lines[:EXCERPT_LINES]) + more

    @property
    def has_more(self) -> bool:
        return self.is_longer or len(self.lines) > EXCERPT_LINES or self.is_framed or self.files > 0


@dataclass(frozen=True, kw_only=True)
class Happened(Told):
    """An event of a ticket, told as in its conversation."""

    event: TicketEvent


def spoken(ids: Sequence[int]) -> dict[int, Told]:
    with connection.cursor() as cursor:
        cursor.execute(SPOKEN, {"ids": list(ids), "excerpt": EXCERPT})
        return {row[0]: _spoken(row) for row in cursor.fetchall()}


def _spoken(row: Sequence[object]) -> Spoken:
    *facts, number, subject, status = row
    names = [name for name in Spoken.__dataclass_fields__ if name not in Told.__dataclass_fields__]
    known = dict(zip(names, facts, strict=True))
    return Spoken(ticket=TicketRef(number, subject, status), **known)  # type: ignore[arg-type]


def happened(ids: Sequence[int]) -> dict[int, Told]:
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED, [list(ids)])
        return {
            row[0]: Happened(event=_EVENT.read(row), ticket=TicketRef(*row[_EVENT.width :]))
            for row in cursor.fetchall()
        }


def _of_messages(kind: MessageKind) -> list[Arm]:
    is_kind = f"x.kind = '{kind.value}'"
    return [Arm("ticket_id", "ticket", is_kind), Arm("author_customer_id", where=f"{is_kind} AND {ELSEWHERE}")]


def register_sources() -> None:
    told = ", ".join(f"'{kind}'" for kind in TOLD)
    register(
        Source("message", MESSAGES, "tickets_message", at="created_at", arms=_of_messages(MessageKind.PUBLIC),
               read=spoken, text="x.text")
    )  # fmt: skip
    register(
        Source("note", NOTES, "tickets_message", at="created_at", arms=_of_messages(MessageKind.NOTE),
               read=spoken, text="x.text", seen_by=may_read_notes)
    )  # fmt: skip
    register(
        Source("ticket", TICKETS, "tickets_ticketevent", at="created_at",
               arms=[Arm("ticket_id", "ticket", f"x.kind IN ({told})")], read=happened)
    )  # fmt: skip
