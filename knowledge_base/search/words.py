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

STEMS = "SELECT w, ts_lexize(%s::regdictionary, w) FROM unnest(%s::text[]) w"


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
    """One statement, however many words."""
    asked = {form for word in words for form in (word.written, word.folded)}
    if not asked:
        return Stems({})
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [stemmer_of(language), sorted(asked)])
        return Stems({word: tuple(stems) for word, stems in cursor.fetchall() if stems is not None})
