"""Words that nobody has written, and what may have been meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import connection, transaction

from helpdesk.lib.spelling import closest, swapped
from tickets.search.parsing import Query, Term

CANDIDATES = 60
# Similar by their trigrams; and neighbours swapped, which leave few trigrams in common.
NEAR = """
SELECT word, tickets FROM (
  SELECT word, tickets FROM tickets_searchword WHERE word %% %s
  ORDER BY similarity(word, %s) DESC, tickets DESC LIMIT %s
) near
UNION SELECT word, tickets FROM tickets_searchword WHERE word = ANY(%s)
"""
IS_KNOWN = "SELECT EXISTS (SELECT FROM tickets_searchword WHERE word LIKE %s || '%%')"


@dataclass(frozen=True)
class Correction:
    query: Query
    text: str  # what was typed, with the other words in it
    instead_of: tuple[str, ...]


@transaction.atomic
def correct(query: Query) -> Correction | None:
    """The same search with its unknown words replaced by the nearest known ones; None where nothing is near."""
    terms: list[Term] = []
    text, wrong = query.text, []
    for term in query.terms:
        better = None if term.is_negative or term.is_phrase or len(term.words) != 1 else nearest(term.words[0])
        if better:
            wrong.append(term.written)
            text = text.replace(term.written, better, 1)
            term = replace(term, words=(better,), written=better)
        terms.append(term)
    return Correction(replace(query, terms=tuple(terms), text=text), text, tuple(wrong)) if wrong else None


def nearest(word: str) -> str | None:
    """The known word that `word` most likely stands for; None if it is known, too short, or like no other."""
    if len(word) < 4 or not word.isalpha():
        return None
    with connection.cursor() as cursor:
        cursor.execute(IS_KNOWN, [word])
        if cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', '0.2', true)")
        cursor.execute(NEAR, [word, word, CANDIDATES, sorted(swapped(word))])
        return next(iter(closest(word, cursor.fetchall())), None)
