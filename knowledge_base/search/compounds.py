"""Words that have another one in them: "Etikett" is also looked for in "Rücksendeetikett".

Languages that write such words without a blank between them are German, Dutch, the Scandinavian ones and Finnish.
Nothing takes words apart, for which one would need to know them all: the words that articles have are asked which of
them hold what was typed, with enough before it to be a word of its own, and no more behind it than an ending.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import connection

from helpdesk.lib.words import fold
from knowledge_base.search.words import Stems, Word

LANGUAGES: Final = frozenset(("da", "de", "fi", "nb", "nl", "nn", "no", "sv"))
SHORTEST, SHORTEST_STEM = 5, 4  # letters: shorter words stand in others that have nothing to do with them
BEFORE, BEHIND = 3, 3  # letters: at least, at most
MOST: Final = 12  # words that hold one, those that most articles have

HOLDING = """
SELECT asked.language, asked.word, found.word
FROM unnest(%(languages)s::text[], %(words)s::text[], %(patterns)s::text[]) asked (language, word, pattern),
LATERAL (
  SELECT word FROM knowledge_base_knownword k
  WHERE k.language = asked.language AND k.word LIKE '%%' || asked.pattern || '%%'
    AND k.word ~ ('^.{3,}' || asked.pattern || '.{0,3}$')
  ORDER BY articles DESC, word LIMIT %(most)s
) found
"""

Compounds = Mapping[Word, Sequence[str]]


def compounds_of(words: Iterable[Word], stems: Mapping[str, Stems]) -> dict[str, dict[Word, list[str]]]:
    """For each language what its articles say that has one of the words in it, folded as the index has it."""
    found: dict[str, dict[Word, list[str]]] = {language: {} for language in stems}
    asked = [
        (language, word.written, shortest)
        for language in stems
        if language.split("-", 1)[0].lower() in LANGUAGES
        for word in words
        if (shortest := _shortest(word, stems[language]))
    ]
    if not asked:
        return found
    by_writing = {word.written: word for word in words}
    languages, written, patterns = (list(column) for column in zip(*asked, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(HOLDING, {"languages": languages, "words": written, "patterns": patterns, "most": MOST})
        for language, word, holding in cursor.fetchall():
            found[language].setdefault(by_writing[word], []).append(fold(holding))
    return found


def _shortest(word: Word, stems: Stems) -> str:
    """What all forms of the word begin with, with its accents; empty where it is too short to be sure of, or none."""
    forms = [stem for stem in (word.written, *stems.known.get(word.written, ())) if word.written.startswith(stem)]
    shortest = min(forms, key=len)
    is_sure = len(word.written) >= SHORTEST and len(shortest) >= SHORTEST_STEM and shortest.isalpha()
    return shortest if is_sure else ""
