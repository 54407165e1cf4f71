"""The vocabulary forgets words that no ticket has any more. Both halves run in one transaction with the change."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

WORDS = """
SELECT DISTINCT ltrim(w, '^') FROM tickets_searchentry e, unnest(tsvector_to_array(e.vector)) w
WHERE e.ticket_id = ANY(%s) AND w NOT LIKE '~%%'
"""
FORGET = """
DELETE FROM tickets_searchword k WHERE k.word = ANY(%s)
  AND NOT EXISTS (SELECT FROM tickets_searchentry e WHERE e.vector @@ ('''' || k.word || '''')::tsquery)
"""


def words_on(numbers: Collection[int]) -> list[str]:
    """Before the tickets are indexed anew: every word they have now."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [list(numbers)])
        return [row[0] for row in cursor.fetchall()]


def forget_words(words: Collection[str]) -> None:
    """Afterwards: those that nobody has now are nobody's typing mistake to be put right either."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(words)])
