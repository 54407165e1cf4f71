"""Terms as questions to the index, in one language or several. Lexemes are letters and digits in quotation marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from helpdesk.lib.marking import WORD_BEGINS, WORD_ENDS, letters, side_by_side
from knowledge_base.search.compounds import Compounds, compounds_of
from knowledge_base.search.parsing import Term
from knowledge_base.search.synonyms import Phrase, SynonymGroups, synonyms_for
from knowledge_base.search.vectors import TITLE, language_mark, quoted
from knowledge_base.search.words import Stems, Word, stems_by_language

SHORTEST_PREFIX: Final = 2  # one letter alone is looked for in titles only
SHORTEST_STEM: Final = 3  # a shorter one marks words that have nothing to do with it


@dataclass(frozen=True)
class Piece:
    """One of the things asked for: a word or words, in any of their forms, or what means the same."""

    anywhere: str
    in_title: str
    patterns: tuple[str, ...]  # for marking it in a text
    is_negative: bool = False
    word: Word | None = None  # the one that was typed, where it may be a mistake


@dataclass(frozen=True)
class Question:
    """All pieces in one language."""

    language: str
    pieces: tuple[Piece, ...]

    @property
    def positive(self) -> list[Piece]:
        return [piece for piece in self.pieces if not piece.is_negative]

    @property
    def all_words(self) -> str:
        return self._within(piece.anywhere for piece in self.positive)

    @property
    def all_in_title(self) -> str:
        return self._within(piece.in_title for piece in self.positive)

    @property
    def for_rank(self) -> str:
        return f"({' & '.join(piece.anywhere for piece in self.positive)})"

    def one(self, query: str) -> str:
        """One piece's own question, in this language."""
        return f"({quoted(language_mark(self.language))} & {query})"

    def _within(self, wanted: Iterable[str]) -> str:
        unwanted = (f"!{piece.anywhere}" for piece in self.pieces if piece.is_negative)
        return f"({' & '.join([quoted(language_mark(self.language)), *wanted, *unwanted])})"


def questions(terms: Sequence[Term], languages: Sequence[str]) -> list[Question]:
    """The same in several languages; none where nothing is asked for."""
    if not terms or not languages:
        return []
    synonyms = synonyms_for(terms, languages)
    own = [word for term in terms for word in term.words]
    stems = stems_by_language({language: {*synonyms[language].words, *own} for language in languages})
    held = compounds_of({term.word for term in terms if term.word and _is_open(term)}, stems)
    asked = (_question(terms, language, synonyms[language], stems[language], held[language]) for language in languages)
    return [found for found in asked if found]


def question(terms: Sequence[Term], language: str) -> Question | None:
    return next(iter(questions(terms, [language])), None)


def _question(
    terms: Sequence[Term], language: str, synonyms: SynonymGroups, stems: Stems, compounds: Compounds
) -> Question | None:
    """Words too common in the language count only if there are no others."""
    has_telling = any(not (term.is_negative or _is_stop(term, stems)) for term in terms)
    pieces, at = [], 0
    while at < len(terms):
        length, others = synonyms.others(terms, at, stems)
        if length == 1 and (word := terms[at].word) and _is_open(terms[at]):
            others += [(Word(other, other),) for other in compounds.get(word, ())]
        if length > 1 or others or not has_telling or not _is_stop(terms[at], stems):
            pieces.append(_piece(terms[at : at + length], others, stems))
        at += length
    return Question(language, tuple(pieces)) if any(not piece.is_negative for piece in pieces) else None


def _is_open(term: Term) -> bool:
    """Other words may stand for it."""
    return not (term.is_quoted or term.is_negative)


def _is_stop(term: Term, stems: Stems) -> bool:
    return term.word is not None and not term.is_quoted and stems.is_stop(term.word)


def _piece(terms: Sequence[Term], others: Sequence[Phrase], stems: Stems) -> Piece:
    """Several terms are what a synonym of several words stands for."""
    same = [Term(phrase) for phrase in others]
    own = _every([_anywhere(term, stems) for term in terms])
    own_title = _every([_in_title(term, stems) for term in terms])
    return Piece(
        anywhere=_any([own, *(_anywhere(term, stems) for term in same)]),
        in_title=_any([own_title, *(_in_title(term, stems) for term in same)]),
        patterns=tuple(_pattern(term, stems) for term in chain(terms, same)),
        is_negative=terms[0].is_negative,
        word=terms[0].word if len(terms) == 1 and not terms[0].is_quoted else None,
    )


def _anywhere(term: Term, stems: Stems) -> str:
    if term.word:
        return _any(_forms(term, term.word, stems))
    last = quoted(term.words[-1].folded) + (":*" if term.is_prefix else "")
    as_said = " <-> ".join([*(quoted(word.folded) for word in term.words[:-1]), last])
    return _any([f"({as_said})", *_joined(term)])


def _in_title(term: Term, stems: Stems) -> str:
    """Titles are short: that all of the words are there is enough."""
    if term.word:
        return _any(_forms(term, term.word, stems, TITLE))
    last = quoted(TITLE + term.words[-1].folded) + (":*" if term.is_prefix else "")
    every = _every([*(quoted(TITLE + word.folded) for word in term.words[:-1]), last])
    return _any([every, *_joined(term, TITLE)])


def _forms(term: Term, word: Word, stems: Stems, mark: str = "") -> list[str]:
    forms = [word.folded] if term.is_quoted else stems.forms(word)
    found = [quoted(mark + form) for form in forms]
    if term.is_prefix:
        is_short = len(word.folded) < SHORTEST_PREFIX and not word.is_unspaced
        found.append(f"{quoted((TITLE if is_short else mark) + word.folded)}:*")
    return found


def _joined(term: Term, mark: str = "") -> list[str]:
    """ "e-mail" as "email"."""
    if term.is_quoted or any(word.is_unspaced for word in term.words):
        return []
    return [quoted(mark + "".join(word.folded for word in term.words)[:60])]


def _pattern(term: Term, stems: Stems) -> str:
    if any(word.is_unspaced for word in term.words):
        return r"[\W_]*".join(letters(word.folded) for word in term.words)
    if not term.word:
        return side_by_side([word.folded for word in term.words], is_prefix=term.is_prefix)
    whole = letters(term.word.folded) + (r"[^\W_]*" if term.is_prefix else WORD_ENDS)
    longer = [_longer(form) for form in stems.forms(term.word) if not term.is_quoted and len(form) >= SHORTEST_STEM]
    return f"{WORD_BEGINS}(?:{'|'.join([whole, *longer])})"


def _longer(stem: str) -> str:
    """The forms of a word begin with its stem; "batteri" stands for "battery" too."""
    beginning = letters(stem[:-1]) + "[iy]" if stem.endswith("i") and len(stem) > SHORTEST_STEM else letters(stem)
    return beginning + r"[^\W_]{0,7}" + WORD_ENDS


def _any(queries: Sequence[str]) -> str:
    return f"({' | '.join(dict.fromkeys(queries))})"


def _every(queries: Sequence[str]) -> str:
    return f"({' & '.join(queries)})"
