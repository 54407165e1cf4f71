"""Articles that may answer what somebody is writing: the subject of a request, or a whole ticket.

Nobody writes to be found, so some of the words are enough: those that tell articles apart, by how often they are said
here and how rarely elsewhere. What is short may be mistyped, and its last word unfinished.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log
from typing import Final

from django.db import connection

from knowledge_base.audience import Reader
from knowledge_base.models import HelpCentre, KnownWord
from knowledge_base.search.hits import Hit, hits_of, marker_of
from knowledge_base.search.matching import Match, Scope, similar_titles, with_some_words
from knowledge_base.search.parsing import Term, one_line, parse
from knowledge_base.search.questions import Question, question
from knowledge_base.search.typos import correct
from knowledge_base.search.words import Word, words_of

LONGEST: Final = 20_000  # characters that are read
SHORT: Final = 12  # words up to which all are asked for, in their order
MOST_TELLING: Final = 12  # words of a longer text that are asked for
FIRST_LINE: Final = 3  # its words count as if they were said so often: it is the subject
WEIGHED: Final = 60  # that say most of the words; which of them is longer than the others costs a look at each
TOO_COMMON: Final = 0.3  # of all articles that have a word: it tells nothing


def suggest(words: str, *, reader: Reader, centre: HelpCentre | None, language: str, limit: int = 5) -> list[Hit]:
    """The likeliest first, in the reader's language or else in the one to fall back on; rather none than any.

    The first line of `words` is taken for the subject. Never fails, whatever it is.
    """
    scope = Scope(reader, centre)
    for other in dict.fromkeys([language, centre.default_language if centre else language]):
        matches, asked = _suggested(words.replace("\x00", " ")[:LONGEST], scope, other)
        if matches:
            return hits_of(matches[:limit], marker_of([asked] if asked else []))
    return []


def _suggested(text: str, scope: Scope, language: str) -> tuple[list[Match], Question | None]:
    said = words_of(text)
    if len(said) > SHORT:
        asked = question(_telling(text, language) or parse(text)[:MOST_TELLING], language)
        return (_matching(asked, scope) if asked else []), asked
    text = one_line(text)
    asked = _all_of(text, language)
    if asked is None:
        return [], None
    matches = _matching(asked, scope)
    if not matches and (better := correct(text, asked, scope)):
        asked = _all_of(better, language) or asked
        matches = _matching(asked, scope)
    return matches or similar_titles(text, language, scope), asked


def _all_of(text: str, language: str) -> Question | None:
    """Quotation marks and minuses mean nothing in a letter."""
    terms = [replace(term, is_quoted=False, is_negative=False) for term in parse(text, is_prefix=True)]
    return question(terms, language)


def _matching(asked: Question, scope: Scope) -> list[Match]:
    pieces = len(asked.positive)
    if pieces <= 2:
        return with_some_words(asked, scope, pieces=1, share=0.3, most=WEIGHED)
    return with_some_words(asked, scope, pieces=2, share=0.25 if pieces <= 6 else 0.2, most=WEIGHED)


def _telling(text: str, language: str) -> list[Term]:
    """The words of a long text by which articles can be told apart."""
    often = Counter[Word](words_of(text))
    for word in words_of(text.strip().split("\n", 1)[0])[:SHORT]:
        often[word] += FIRST_LINE
    total = _articles(language)
    known = KnownWord.objects.filter(language=language, word__in=[word.written for word in often])
    articles = dict(known.values_list("word", "articles"))
    weights = {
        word: (1 + log(times)) * log(1 + total / articles[word.written])
        for word, times in often.items()
        if 0 < articles.get(word.written, 0) <= max(total * TOO_COMMON, 3)
    }
    best = sorted(weights, key=lambda word: (-weights[word], word.folded))[:MOST_TELLING]
    return [Term((word,)) for word in best]


def _articles(language: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM knowledge_base_articlewords WHERE language = %s", [language])
        return int(cursor.fetchone()[0])
