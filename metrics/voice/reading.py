"""Customers' messages of the last weeks, in pieces: no statement reads more than some hundred tickets.

The tickets are found by when their customer last wrote, which is an index, so that a million older ones cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

PIECE: Final = 500  # tickets a statement

LAST_WROTE = """
SELECT count(*) FROM (SELECT FROM tickets_ticket WHERE requester_updated_at >= %(since)s LIMIT %(most)s) AS found
"""
TICKETS = """
SELECT t.id, t.requester_updated_at FROM tickets_ticket t
WHERE t.requester_updated_at >= %(since)s AND t.id %% %(every)s = 0
  AND (t.requester_updated_at, t.id) < (%(before)s, %(id)s)
ORDER BY t.requester_updated_at DESC, t.id DESC LIMIT %(piece)s
"""
SAID = """
SELECT t.id, t.team_id, t.tags, t.subject, t.created_at, m.author_customer_id, m.created_at, m.text, m.language
FROM tickets_ticket t JOIN tickets_message m ON m.ticket_id = t.id
WHERE t.id = ANY(%(tickets)s) AND m.kind = 'public' AND m.created_at >= %(since)s AND m.created_at < %(until)s
  AND m.author_role = '' AND NOT m.is_auto_reply AND NOT m.is_automatic AND m.erased_at IS NULL
ORDER BY t.requester_updated_at DESC, t.id DESC, m.created_at
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a customer, with its ticket's. `subject` comes with the first message only: it is said once."""

    ticket: int
    team: int | None
    tags: tuple[str, ...]
    subject: str
    customer: int | None
    at: datetime
    text: str
    language: str


def how_many(since: datetime, *, most: int) -> int:
    """Tickets in which a customer wrote since; `most` means that or more."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_WROTE, {"since": since, "most": most})
        return int(cursor.fetchone()[0])


def said(since: datetime, until: datetime, *, every: int = 1) -> Iterator[list[Said]]:
    """Messages ticket by ticket, the newest tickets first; of `every` so many tickets one."""
    before, last = until.replace(year=9999), 0
    while True:
        with connection.cursor() as cursor:
            asked: dict[str, Any] = {"since": since, "every": every, "before": before, "id": last, "piece": PIECE}
            cursor.execute(TICKETS, asked)
            tickets = cursor.fetchall()
            if not tickets:
                return
            last, before = tickets[-1]
            cursor.execute(SAID, {"tickets": [pk for pk, _at in tickets], "since": since, "until": until})
            rows = cursor.fetchall()
        yield [_said(row) for row in rows]


def _said(row: tuple[object, ...]) -> Said:
    ticket, team, tags, subject, opened_at, customer, at, text, language = row
    is_first = isinstance(at, datetime) and isinstance(opened_at, datetime) and (at - opened_at).total_seconds() < 60
    return Said(
        ticket, team, tuple(tags or ()), subject if is_first else "", customer, at, text, language,  # type: ignore[arg-type]
    )  # fmt: skip
