"""From what a reader typed to the articles that answer it. docs/decisions/help-search.md says why it is made like this.

Tried one after the other, until something is found: every word in the reader's language; in the other languages of
the help centre; with mistyped words corrected; some of the words; corrected words in the language to fall back on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from knowledge_base.audience import Reader
from knowledge_base.models import HelpCentre
from knowledge_base.search.hits import Hit, hits_of, marker_of
from knowledge_base.search.languages import languages_of
from knowledge_base.search.matching import Match, Scope, with_all_words, with_some_words
from knowledge_base.search.parsing import one_line, parse
from knowledge_base.search.questions import Question, questions
from knowledge_base.search.suggesting import suggest
from knowledge_base.search.typos import correct

__all__ = ["Found", "Hit", "find", "suggest"]

SHARE: Final = 0.5  # of the weight of the words, where not all of them are found


@dataclass(frozen=True)
class Found:
    """`after` is the next page's; `correction` the words that were read instead of what was typed.

    `is_partial`: not all of the words are in each article. `is_elsewhere`: the reader's language has none.
    `sections`, `categories` and `languages` say how many of the hits lie where, for filters.
    """

    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    correction: str = ""
    after: str = ""
    is_partial: bool = False
    is_elsewhere: bool = False
    sections: dict[int, int] = field(default_factory=dict)
    categories: dict[int, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Answer:
    matches: Sequence[Match]
    questions: Sequence[Question]
    correction: str = ""
    is_partial: bool = False
    is_elsewhere: bool = False


def find(
    words: str,
    *,
    reader: Reader,
    centre: HelpCentre | None,
    language: str,
    limit: int = 20,
    after: str | None = None,
    prefix: bool = False,
    section: int | None = None,
    category: int | None = None,
    label: str = "",
    everywhere: bool = False,
) -> Found:
    """A page of the articles that answer `words`, of those that `reader` may read. Never fails, whatever was typed.

    `prefix`: the last word may still go on. `after`: what the page before said. `everywhere`: in all languages at once.
    """
    scope = Scope(reader, centre, category=category, section=section, label=label)
    others = [other for other in languages_of(centre, language) if other != language]
    first = [language, *others] if everywhere else [language]
    answers = _answers(one_line(words), scope, first, [] if everywhere else others, prefix=prefix)
    answer = next((answer for answer in answers if answer.matches), None)
    return _page(answer, limit, _offset(after)) if answer else Found()


def _answers(
    text: str, scope: Scope, first: Sequence[str], others: Sequence[str], *, prefix: bool
) -> Iterator[_Answer]:
    own = _questions(text, first, prefix=prefix)
    if not own:
        return
    yield _Answer(with_all_words(own, scope), own)
    if elsewhere := _questions(text, others, prefix=prefix):
        yield _Answer(with_all_words(elsewhere, scope), elsewhere, is_elsewhere=True)
    yield from _corrected(text, own, scope, prefix=prefix)
    pieces = len(own[0].positive)
    if pieces > 1:
        some = with_some_words(own[0], scope, pieces=ceil(pieces / 2), share=SHARE)
        yield _Answer(some, own[:1], is_partial=True)
    yield from _corrected(text, elsewhere[:1], scope, prefix=prefix, is_elsewhere=True)


def _corrected(
    text: str, questions: Sequence[Question], scope: Scope, *, prefix: bool, is_elsewhere: bool = False
) -> Iterator[_Answer]:
    """Each language corrects by its own words."""
    for asked in questions:
        if (better := correct(text, asked, scope)) and (other := _questions(better, [asked.language], prefix=prefix)):
            yield _Answer(with_all_words(other, scope), other, better, is_elsewhere=is_elsewhere)


def _questions(text: str, languages: Sequence[str], *, prefix: bool) -> list[Question]:
    return questions(parse(text, is_prefix=prefix), languages)


def _page(answer: _Answer, limit: int, offset: int) -> Found:
    matches = answer.matches
    page = matches[offset : offset + limit]
    return Found(
        hits=hits_of(page, marker_of(answer.questions)),
        count=matches[0].count,
        correction=answer.correction,
        after=str(offset + limit) if len(matches) > offset + limit else "",
        is_partial=answer.is_partial,
        is_elsewhere=answer.is_elsewhere,
        sections=dict(Counter(match.section_id for match in matches).most_common()),
        categories=dict(Counter(match.category_id for match in matches).most_common()),
        languages=dict(Counter(match.language for match in matches).most_common()),
    )


def _offset(after: str | None) -> int:
    """0 for what we did not make."""
    return int(after) if after and after.isascii() and after.isdecimal() and len(after) < 6 else 0
