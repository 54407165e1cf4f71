"""Words that no article has which the reader may read, and what may have been meant.

Only what the reader may find is offered: the vocabulary knows the words of internal articles too, and a correction must
not tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import regex
from django.db import connection, transaction

from helpdesk.lib.spelling import distance, swapped
from helpdesk.lib.words import fold
from knowledge_base.search.matching import Scope, said
from knowledge_base.search.questions import Question
from knowledge_base.search.vectors import language_mark, quoted
from knowledge_base.search.words import Word, stems_of, words_of

CANDIDATES: Final = 60
TRIED: Final = 4  # of each word, the nearest
MOST_WRONG: Final = 6  # words of one search
SHORTEST: Final = 4
LONG: Final = 8  # letters from which a word with two mistakes still shares a third of its trigrams
SHORT: Final = 6  # below it one letter may be wrong, from it on two

# Similar by their trigrams; and neighbours swapped, which leave few trigrams in common.
NEAR = """
SELECT word, articles FROM (
  SELECT word, articles FROM knowledge_base_knownword WHERE language = %(language)s AND word %% %(word)s
  ORDER BY similarity(word, %(word)s) DESC, articles DESC LIMIT %(most)s
) near
UNION SELECT word, articles FROM knowledge_base_knownword WHERE language = %(language)s AND word = ANY(%(swapped)s)
"""


def correct(text: str, question: Question, scope: Scope) -> str:
    """`text` with its unknown words replaced by the nearest known ones; empty where there is nothing to correct."""
    found = corrections(question, scope)
    for word, better in found.items():
        text = _replaced(text, word, better)
    return text if found else ""


def corrections(question: Question, scope: Scope) -> dict[Word, str]:
    """For each word that nothing has which the reader may read, the one most likely meant."""
    asked = [piece for piece in question.positive if piece.word and _may_be_wrong(piece.word)]
    known = said([question.one(piece.anywhere) for piece in asked], scope)
    wrong = [piece.word for at, piece in enumerate(asked) if at not in known and piece.word][:MOST_WRONG]
    near = [(word, other) for word in wrong for other in _telling(nearest(word, question.language), question.language)]
    mark = quoted(language_mark(question.language))
    may_be_read = said([f"{mark} & {quoted(fold(other))}" for _word, other in near], scope)
    found: dict[Word, str] = {}
    for at, (word, other) in enumerate(near):
        if at in may_be_read:
            found.setdefault(word, other)
    return found


@transaction.atomic
def nearest(word: Word, language: str) -> list[str]:
    """Known words that `word` may stand for, the likeliest first."""
    with connection.cursor() as cursor:
        threshold = "0.2" if len(word.folded) < LONG else "0.33"
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [threshold])
        cursor.execute(
            NEAR,
            {
                "language": language,
                "word": word.written,
                "most": CANDIDATES,
                "swapped": sorted(swapped(word.written)),
            },
        )
        return _closest(word, cursor.fetchall())


def _telling(words: Sequence[str], language: str) -> list[str]:
    """Nobody means a word that is left out of every search."""
    found = [word for one in words[: 2 * TRIED] for word in words_of(one)[:1]]
    stems = stems_of(found, language)
    return [word.written for word in found if not stems.is_stop(word)][:TRIED]


def _closest(word: Word, known: Iterable[Sequence[object]]) -> list[str]:
    """By letters without their accents: one that is missing is no mistake."""
    allowed = 1 if len(word.folded) < SHORT else 2
    near = []
    for other, articles in known:
        assert isinstance(other, str) and isinstance(articles, int)
        folded = fold(other)
        if folded != word.folded and abs(len(folded) - len(word.folded)) <= allowed:
            near.append((distance(word.folded, folded), -articles, other))
    return [other for away, _often, other in sorted(near) if away <= allowed]


def _may_be_wrong(word: Word) -> bool:
    return len(word.folded) >= SHORTEST and word.folded.isalpha()


def _replaced(text: str, word: Word, better: str) -> str:
    """The first place where the word stands as one; what was typed keeps all else."""
    pattern = regex.compile(rf"(?<![\p{{L}}\p{{N}}]){regex.escape(word.written)}(?![\p{{L}}\p{{N}}])", regex.IGNORECASE)
    return str(pattern.sub(lambda _match: better, text, count=1))
