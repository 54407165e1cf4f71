"""From what was typed to what is asked. Nothing that can be typed is an error: what is no word is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import regex

from helpdesk.lib.words import fold
from knowledge_base.search.words import Word, words_of

LONGEST: Final = 200  # characters that are read, and kept in the log
MOST_TERMS: Final = 24

# A minus before a word leaves out what has it; quotation marks ask for words as they stand.
_TERM: Final = regex.compile(
    r"""(?:(?<=\s)|^)(?P<minus>-)?(?:["“”„«»](?P<quoted>[^"“”„«»]*)(?:["“”„«»]|$)|(?P<bare>[^\s"“”„«»]+))
        |(?P<rest>[^\s"“”„«»]+)""",
    regex.VERBOSE,
)


@dataclass(frozen=True)
class Term:
    """One word, or several that stand side by side in this order."""

    words: tuple[Word, ...]
    is_quoted: bool = False
    is_prefix: bool = False
    is_negative: bool = False

    @property
    def word(self) -> Word | None:
        """The only one."""
        return self.words[0] if len(self.words) == 1 else None


def one_line(text: str) -> str:
    """What was typed, as it can be stored and shown: blanks folded, and none of what no text may contain."""
    return " ".join(text.replace("\x00", " ").encode("utf-8", "replace").decode().split())


def as_counted(text: str) -> str:
    """The same for searches that differ only in accents, signs and size of letters."""
    return fold(" ".join(word.folded for word in words_of(text[:LONGEST])))[:LONGEST]


def parse(text: str, *, is_prefix: bool = False) -> tuple[Term, ...]:
    """`is_prefix`: the last word may still go on."""
    text = one_line(text[: LONGEST * 10])[:LONGEST]
    terms = list(_terms(text))[:MOST_TERMS]
    if is_prefix and terms and not (terms[-1].is_quoted or terms[-1].is_negative):
        terms[-1] = replace(terms[-1], is_prefix=True)
    return tuple(terms)


def _terms(text: str) -> Iterator[Term]:
    for match in _TERM.finditer(text):
        is_quoted = match["quoted"] is not None
        words = words_of(match["quoted"] if is_quoted else match["bare"] or match["rest"] or "")
        if not words:
            continue
        for piece in [words] if is_quoted else _pieces(words):
            yield Term(tuple(piece), is_quoted=is_quoted, is_negative=bool(match["minus"]))


def _pieces(words: list[Word]) -> Iterator[list[Word]]:
    """Signs of scripts without blanks two by two, as if each pair were a word; what blanks divide stays together."""
    spaced: list[Word] = []
    signs: list[Word] = []
    for word in words:
        if word.is_unspaced:
            if spaced:
                yield spaced
            spaced, signs = [], [*signs, word]
        else:
            yield from _pairs(signs)
            spaced, signs = [*spaced, word], []
    if spaced:
        yield spaced
    yield from _pairs(signs)


def _pairs(signs: list[Word]) -> Iterator[list[Word]]:
    if len(signs) == 1:
        yield signs
    for first, second in pairwise(signs):
        yield [first, second]
