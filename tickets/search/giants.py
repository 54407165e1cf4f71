"""Tickets with so many words that these take several rows.

One row can't say what such a ticket has in all: a word may stand in its first and the other in its last, and a word
that must not be there in any. So what is asked is asked piece by piece, each of all rows of giants, which have a small
index of their own, and what the pieces find is put together. A ticket with one row is found by one look, as ever.
"""

from __future__ import annotations

from django.db.models import Q

from tickets.models import SearchEntry
from tickets.search.tsquery import Asked

# As the condition of the index says it: the planner takes the index for nothing less.
PIECE = "SELECT ticket_id FROM tickets_searchentry WHERE (part > 0 OR NOT is_last)"
# Its newest message, which the place in the order goes by, is in its last row.
GIANTS = """
giants_{tier} AS MATERIALIZED (
  SELECT l.newest, l.ticket_id FROM tickets_searchentry l WHERE l.part > 0 AND l.is_last AND l.ticket_id IN ({pieces})
)"""


def giants(tier: int, asked: Asked) -> tuple[str, list[str]]:
    """A common table expression with the giants that have what is asked for, and its parameters."""
    piece = f"{PIECE} AND vector @@ %s::tsquery"
    pieces = " INTERSECT ".join([piece] * len(asked.all_of)) or PIECE
    pieces += f" EXCEPT {piece}" * len(asked.none_of)
    return GIANTS.format(tier=tier, pieces=pieces), [*asked.all_of, *asked.none_of]


def tickets_with(asked: Asked) -> Q:
    """All tickets, giants or not, that have what is asked for."""
    entries = SearchEntry.objects.order_by().values("ticket_id")
    is_giant = Q(part__gt=0) | Q(is_last=False)
    parts = entries.filter(is_giant)
    found = Q(pk__in=parts)
    for wanted in asked.all_of:
        found &= Q(pk__in=parts.filter(vector__asks=wanted))
    for unwanted in asked.none_of:
        found &= ~Q(pk__in=parts.filter(vector__asks=unwanted))
    return Q(pk__in=entries.filter(part=0, is_last=True, vector__asks=asked.in_one_row)) | found
