"""Which words articles of a language contain: what mistyped ones are compared with, and how common each is."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from knowledge_base.search.words import words_of

SHORTEST, LONGEST = 3, 40  # what is shorter or longer is nobody's typing mistake

# One at a time: two publishers who count the same words in another order would wait for each other.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('knowledge_base_knownword'))"
ADD = """
INSERT INTO knowledge_base_knownword AS known (language, word, articles)
SELECT %s, word, 1 FROM unnest(%s::text[]) word
ON CONFLICT (language, word) DO UPDATE SET articles = known.articles + 1
"""
TAKE = """
UPDATE knowledge_base_knownword SET articles = greatest(articles - 1, 0) WHERE language = %s AND word = ANY(%s)
"""
FORGET = "DELETE FROM knowledge_base_knownword WHERE language = %s AND word = ANY(%s) AND articles = 0"


def vocabulary(text: str) -> set[str]:
    """With their accents, as a correction shows them."""
    words = (word.written for word in words_of(text))
    return {word for word in words if SHORTEST <= len(word) <= LONGEST and word.isalpha()}


def count_words(language: str, *, before: Iterable[str], after: Iterable[str]) -> None:
    """An article that had the words `before` has the words `after`."""
    before, after = set(before), set(after)
    gone, new = sorted(before - after), sorted(after - before)
    if not gone and not new:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        if gone:
            cursor.execute(TAKE, [language, gone])
            cursor.execute(FORGET, [language, gone])
        if new:
            cursor.execute(ADD, [language, new])
