"""The words of an article as a `tsvector` literal, with two kinds of marks among them.

- `^refund`: the word stands in the title. "In the title first" is then a question to the index; the weights that
  PostgreSQL itself knows would have to be read from each hit.
- `@de`: the language, so that one index serves all of them.

Neither can be typed: words are letters and digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from knowledge_base.search.words import Stems, Word

TITLE: Final = "^"
GAP: Final = 10  # between two texts, so that no phrase reaches from one into the next
LAST_POSITION: Final = 16_000  # PostgreSQL counts to 16,383
MOST_PLACES: Final = 60  # of one word: PostgreSQL keeps 255
MOST_BYTES: Final = 800_000  # PostgreSQL refuses a vector of 1 MB


def language_mark(language: str) -> str:
    return f"@{language.lower()}"


def quoted(lexeme: str) -> str:
    """For both kinds of literals. Lexemes are letters and digits, and marks before them."""
    return f"'{lexeme}'"


class Vector:
    """A vector that is being filled, text by text."""

    def __init__(self, language: str, stems: Stems) -> None:
        self._stems = stems
        self._places: dict[str, list[str]] = {language_mark(language): []}
        self._position = 0
        self._bytes = 0

    def add(self, words: Iterable[Word], weight: str, *, is_title: bool = False) -> None:
        """`weight` from A to D, as `ts_rank` takes it."""
        for word in words:
            self._position += 1
            if self._position > LAST_POSITION:
                return
            for form in self._stems.forms(word):
                self._put(form, f"{self._position}{weight}")
                if is_title:
                    self._put(TITLE + form)
        self._position += GAP

    def add_bare(self, lexemes: Iterable[str], *, is_title: bool = False) -> None:
        """Found wherever they stand, but part of no phrase."""
        for lexeme in lexemes:
            self._put(lexeme)
            if is_title:
                self._put(TITLE + lexeme)

    def _put(self, lexeme: str, place: str = "") -> None:
        places = self._places.get(lexeme)
        if places is None:
            if self._bytes > MOST_BYTES:
                return
            places = self._places[lexeme] = []
            self._bytes += len(lexeme.encode()) + 12
        if place and len(places) < MOST_PLACES:
            places.append(place)
            self._bytes += 2

    def __str__(self) -> str:
        return " ".join(
            f"{quoted(lexeme)}:{','.join(places)}" if places else quoted(lexeme)
            for lexeme, places in self._places.items()
        )
