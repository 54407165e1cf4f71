"""Words of articles and of questions, as the index has them: as they are written, and by their stems.

A word is looked for folded (small letters, no accents) and by its stem in the dictionary of its language. The stemmer
gets the word both with its accents and without: dictionaries need them ("cancelación", "й"), readers leave them out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import regex
from django.db import connection

from helpdesk.lib.words import MAX_WORD, UNSPACED, fold
from knowledge_base.search.languages import stemmer_of

# Signs that belong to the letter before them are part of the word: in Hindi and Tamil they are its vowels.
_WORD: Final = regex.compile(rf"[{UNSPACED}]|[\p{{L}}\p{{N}}][[\p{{L}}\p{{N}}\p{{M}}]--[{UNSPACED}]]*", regex.V1)
_HYPHENATED: Final = regex.compile(r"[\p{L}\p{N}]+(?:[-‐‑][\p{L}\p{N}]+)+")
_UNSPACED: Final = regex.compile(rf"[{UNSPACED}]")

STEMS = """
SELECT asked.language, asked.word, ts_lexize(asked.stemmer::regdictionary, asked.word)
FROM unnest(%s::text[], %s::text[], %s::text[]) asked (language, stemmer, word)
"""


@dataclass(frozen=True)
class Word:
    """`written`: small letters with their accents; `folded`: without, as it is compared."""

    written: str
    folded: str

    @property
    def is_unspaced(self) -> bool:
        """One of the signs of a script that has no blanks between words."""
        return bool(_UNSPACED.fullmatch(self.folded))


def words_of(text: str) -> list[Word]:
    """The words of a text in their order; one that is absurdly long is cut."""
    return list(_words(unicodedata.normalize("NFC", text).lower()))


def _words(text: str) -> Iterator[Word]:
    for written in _WORD.findall(text):
        folded = fold(written)
        if _WORD.fullmatch(folded):
            yield Word(written[:MAX_WORD], folded[:MAX_WORD])
        else:  # one sign that stands for several, as ½ does
            yield from (Word(piece[:MAX_WORD], piece[:MAX_WORD]) for piece in _WORD.findall(folded))


def joined_words(text: str) -> set[str]:
    """Words with a hyphen, folded, as if they had none: "e-mail" is found as "email" too."""
    return {"".join(word.folded for word in words_of(found))[:MAX_WORD] for found in _HYPHENATED.findall(text)}


@dataclass(frozen=True)
class Stems:
    """What the dictionary of one language makes of some words."""

    known: Mapping[str, tuple[str, ...]]

    def forms(self, word: Word) -> list[str]:
        """All that the index has of it: the word and its stems, folded."""
        stems = [*self.known.get(word.written, ()), *self.known.get(word.folded, ())]
        return list(dict.fromkeys([word.folded, *filter(None, map(fold, stems))]))

    def is_stop(self, word: Word) -> bool:
        """Too common in its language to tell articles apart."""
        return self.known.get(word.written) == ()


def stems_of(words: Iterable[Word], language: str) -> Stems:
    return stems_by_language({language: words})[language]


def stems_by_language(asked: Mapping[str, Iterable[Word]]) -> dict[str, Stems]:
    """One statement, however many words and languages."""
    rows = [
        (language, stemmer_of(language), form)
        for language, words in asked.items()
        for form in sorted({form for word in words for form in (word.written, word.folded)})
    ]
    known: dict[str, dict[str, tuple[str, ...]]] = {language: {} for language in asked}
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(STEMS, [list(column) for column in zip(*rows, strict=True)])
            for language, word, stems in cursor.fetchall():
                known[language][word] = tuple(stems or ()) if stems is not None else (word,)
    return {language: Stems(stems) for language, stems in known.items()}
