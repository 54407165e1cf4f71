"""What to show of a ticket that was found: its best matching message, cut out around the words, the words marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString

from helpdesk.lib.marking import WORD_BEGINS, WORD_ENDS, Marker, letters, side_by_side
from helpdesk.lib.words import fold_in_place
from tickets.models import DeliveryState, MessageKind
from tickets.search.parsing import Term
from tickets.search.rows import Row
from tickets.search.tsquery import forms_of

READ = 4_000  # characters of a message that are looked at first
MESSAGES_LOOKED_AT = 8  # of each ticket, the newest
MOST_READ_DEEPER = 5  # tickets of a page whose match is further back

NEWEST = """
SELECT m.ticket_id, m.id, m.kind, m.author_name, m.created_at, left(m.text, %s)
FROM unnest(%s::bigint[]) t (id), LATERAL (
  SELECT * FROM tickets_message m WHERE m.ticket_id = t.id AND m.delivery_state <> %s ORDER BY m.id DESC LIMIT %s
) m
"""


@dataclass(frozen=True)
class Excerpt:
    """`marked` and `filename` are safe HTML: words of a customer's, escaped, matches in <mark>."""

    marked: SafeString
    author: str = ""
    is_note: bool = False
    created_at: datetime | None = None
    message_id: int | None = None
    filename: str = ""


def marker_of(terms: Iterable[Term]) -> Marker:
    """Marks the positive terms of a search."""
    return Marker(_pattern(term) for term in terms if not term.is_negative)


def _pattern(term: Term) -> str:
    if term.is_phrase or len(term.words) > 1:
        return side_by_side(term.words, is_prefix=term.is_prefix)
    word = term.words[0]
    forms = [f"{word}:*"] if term.is_prefix else forms_of(word)
    alternatives = [
        letters(form[:-2]) + r"[^\W_]*" if form.endswith(":*") else letters(form) + WORD_ENDS for form in forms
    ]
    return f"{WORD_BEGINS}(?:{'|'.join(alternatives)})"


def excerpts(tickets: Sequence[Row], marker: Marker) -> dict[int, Excerpt]:
    """Ticket number → what to show of it. Where the words are in the head only, its newest message without marks."""
    numbers = [ticket.pk for ticket in tickets]
    if not numbers or not marker.number:
        return {}
    best: dict[int, tuple[int, Excerpt]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [READ, numbers, DeliveryState.CANCELLED, MESSAGES_LOOKED_AT])
        _take_best(cursor.fetchall(), marker, best)
        in_head = {ticket.pk for ticket in tickets if marker.score(fold_in_place(_head(ticket)))}
        if unmarked := [number for number, (score, _text) in best.items() if not score and number not in in_head]:
            _take_older(cursor, unmarked, marker, best)
    partly = [number for number, (score, _text) in best.items() if score < marker.number]
    return _with_files(partly, {number: excerpt for number, (_score, excerpt) in best.items()}, marker)


def _head(ticket: Row) -> str:
    return f"{ticket.subject} {ticket.requester}"


def _take_best(rows: Iterable[Sequence[object]], marker: Marker, best: dict[int, tuple[int, Excerpt]]) -> None:
    """Of each ticket the message with the most terms; of equals the newest, which comes first."""
    chosen: dict[int, tuple[int, Sequence[object]]] = {}
    for row in rows:
        number, text = row[0], row[5]
        assert isinstance(number, int) and isinstance(text, str)
        score = marker.score(fold_in_place(text))
        known = chosen.get(number) or best.get(number)
        if known is None or score > known[0]:
            chosen[number] = (score, row)
    best.update({number: (score, _excerpt(row, marker)) for number, (score, row) in chosen.items()})


def _excerpt(row: Sequence[object], marker: Marker) -> Excerpt:
    _number, message_id, kind, author, created_at, text = row
    return Excerpt(
        marked=marker.cut(str(text)),
        author=str(author),
        is_note=kind == MessageKind.NOTE,
        created_at=created_at if isinstance(created_at, datetime) else None,
        message_id=message_id if isinstance(message_id, int) else None,
    )


OLDER = """
SELECT m.ticket_id, m.id, m.kind, m.author_name, m.created_at, left(m.text, 40000)
FROM unnest(%s::bigint[]) t (id), LATERAL (
  SELECT * FROM tickets_message m WHERE m.ticket_id = t.id AND m.delivery_state <> %s ORDER BY m.id DESC LIMIT 100
) m
"""


def _take_older(cursor: Any, numbers: list[int], marker: Marker, best: dict[int, tuple[int, Excerpt]]) -> None:
    """Long conversations and long mails, where the newest say nothing of what was sought. A few of them."""
    cursor.execute(OLDER, [numbers[:MOST_READ_DEEPER], DeliveryState.CANCELLED])
    _take_best(cursor.fetchall(), marker, best)


FILES = """
SELECT m.ticket_id, a.filename FROM tickets_message m JOIN tickets_attachment a ON a.message_id = m.id
WHERE m.ticket_id = ANY(%s) AND m.delivery_state <> %s ORDER BY a.id
"""


def _with_files(numbers: Sequence[int], found: dict[int, Excerpt], marker: Marker) -> dict[int, Excerpt]:
    """The names of files that match, for these tickets."""
    with connection.cursor() as cursor:
        cursor.execute(FILES, [list(numbers), DeliveryState.CANCELLED])
        rows = cursor.fetchall()
    for number, name in rows:
        if number in found and not found[number].filename and marker.score(fold_in_place(name)):
            found[number] = replace(found[number], filename=marker.mark(name))
    return found
