"""Texts of customers as sets of terms: each counts once for a ticket, however often it stands there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from helpdesk.lib.words import fold
from knowledge_base.search.words import Word, stems_by_language
from metrics.models import TermKind

READ: Final = 4_000  # characters of a message: what comes later is a log or a pasted letter
SHORTEST: Final = 3
LONGEST: Final = 40
STOPPED_IN: Final = ("en", "de")  # besides the language of the words: customers mix them

# Looked for where a word begins, or a long line without blanks would be read once for each of its letters.
_NOISE: Final = re.compile(r"^>.*$|(?<!\S)(?:<?(?:https?://|www\.)\S+|[^\s@]{1,100}@\S+)", re.MULTILINE)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_BREAK: Final = re.compile(r"[.!?;:()\n\r\"„“”|–—]+")

Term = tuple[str, str]  # its kind, and its words folded


@dataclass
class Vocabulary:
    """How words are written, by their folded form: "fur" is shown as "für"."""

    written: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    folded: dict[str, str] = field(default_factory=dict)

    def fold(self, word: str) -> str:
        known = self.folded.get(word)
        if known is None:
            known = self.folded[word] = fold(word.replace("’", "'"))
        return known

    def note(self, word: str) -> str:
        folded = self.fold(word)
        self.written[folded][word] += 1
        return folded

    def shown(self, words: str) -> str:
        return " ".join(
            self.written[word].most_common(1)[0][0] if self.written[word] else word for word in words.split()
        )


def terms_of(text: str, vocabulary: Vocabulary) -> set[Term]:
    """Words and neighbouring words of a text; no pair reaches over the end of a sentence."""
    found: set[Term] = set()
    for piece in _pieces(text):
        words = [vocabulary.note(word) for word in piece]
        found.update((TermKind.WORD.value, word) for word in words if _tells(word))
        pairs = ((one, other) for one, other in pairwise(words) if _tells(one) and _tells(other) and one != other)
        found.update((TermKind.PAIR.value, f"{one} {other}") for one, other in pairs)
    return found


def wanted_in(text: str, words: Collection[str], pairs: Collection[str], vocabulary: Vocabulary) -> set[Term]:
    """Those of `words` and `pairs` that stand in the text: much cheaper than all of them, for the weeks before."""
    found: set[Term] = set()
    for piece in _pieces(text):
        folded = [vocabulary.fold(word) for word in piece]
        found.update((TermKind.WORD.value, word) for word in folded if word in words)
        found.update(
            (TermKind.PAIR.value, pair) for one, other in pairwise(folded) if (pair := f"{one} {other}") in pairs
        )
    return found


def _pieces(text: str) -> Iterable[list[str]]:
    for piece in _BREAK.split(_NOISE.sub("\n", text[:READ]).lower()):
        if words := _WORD.findall(piece):
            yield words


def _tells(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and not word.isdecimal() and any(letter.isalpha() for letter in word)


def stop_words(terms: Iterable[Term], vocabulary: Vocabulary, languages: Iterable[str]) -> set[str]:
    """Which of their words are too common to tell anything, by the search's dictionaries. One statement."""
    words = {word for kind, term in terms if kind != TermKind.TAG for word in term.split()}
    asked = {word: Word(vocabulary.shown(word).replace("’", "'"), word) for word in words}
    known = stems_by_language({language: asked.values() for language in {*STOPPED_IN, *languages}})
    return {
        folded
        for folded, word in asked.items()
        if any(stems.is_stop(word) or stems.is_stop(Word(folded, folded)) for stems in known.values())
    }
