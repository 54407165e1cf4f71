"""The statements of the search: which of the translations that a reader may read have the words, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from knowledge_base.audience import Reader
from knowledge_base.models import HelpCentre, Translation
from knowledge_base.search.questions import Question

MOST: Final = 300  # hits that are put in order and can be paged through; more are only counted
WEIGHTS: Final = "{0.1, 0.3, 0.5, 1.0}"  # of text, headings, summary and labels, title
COLUMNS: Final = ("article__section_id", "article__section__category_id", "language", "article__is_promoted")
PROMOTED: Final = 0.1  # as much as a word in the text counts

# Titles that have all the words come first, whatever else the articles say: readers trust what they can see.
RANKED = """
WITH found AS MATERIALIZED (
  SELECT a.*, m.id IN (SELECT knowledge_base_matching(%(in_title)s::tsquery)) AS in_title
  FROM knowledge_base_matching(%(anywhere)s::tsquery) m (id)
  JOIN ({allowed}) a (id, section_id, category_id, language, is_promoted) ON a.id = m.id
), best AS (
  SELECT * FROM found ORDER BY in_title DESC, is_promoted DESC, id DESC LIMIT %(most)s
)
SELECT b.id, b.section_id, b.category_id, b.language,
  b.in_title::int + ts_rank(%(weights)s, w.vector, %(rank)s::tsquery, 1) + %(promoted)s * b.is_promoted::int AS rank,
  (SELECT count(*) FROM found)
FROM best b JOIN knowledge_base_articlewords w ON w.translation_id = b.id
ORDER BY b.in_title DESC, rank DESC, b.id DESC
"""

# Some of the words are enough: each counts by how rare it is, more in a title, less in a long article. A word that no
# article has is the rarest: what was found without it has to say much of the rest.
WEIGHED = """
WITH found AS MATERIALIZED (
  SELECT p.n, p.in_title, m.id
  FROM unnest(%(numbers)s::int[], %(in_title)s::bool[], %(questions)s::text[]) p (n, in_title, question),
  LATERAL knowledge_base_matching(p.question::tsquery) m (id)
), weights AS (
  SELECT p.n, ln(1 + (SELECT count(*) FROM knowledge_base_articlewords) / greatest(count(f.id), 0.5)::float) AS weight
  FROM unnest(%(numbers)s::int[]) p (n) LEFT JOIN found f ON f.n = p.n AND NOT f.in_title GROUP BY p.n
), added AS (
  SELECT f.id, count(*) FILTER (WHERE NOT f.in_title) AS pieces,
    coalesce(sum(w.weight) FILTER (WHERE NOT f.in_title), 0) AS said,
    coalesce(sum(w.weight) FILTER (WHERE f.in_title), 0) AS titled
  FROM found f JOIN weights w USING (n) GROUP BY f.id
), enough AS MATERIALIZED (
  SELECT a.*, added.said, added.titled
  FROM added JOIN ({allowed}) a (id, section_id, category_id, language, is_promoted) ON a.id = added.id
  WHERE added.pieces >= %(pieces)s AND added.said + added.titled >= %(share)s * (SELECT sum(weight) FROM weights)
), scored AS (
  SELECT * FROM enough ORDER BY said + titled DESC, id DESC LIMIT %(most)s
)
SELECT s.id, s.section_id, s.category_id, s.language,
  (s.said + 1.5 * s.titled) / (1 + ln(1 + length(w.vector)) / 8) AS rank, (SELECT count(*) FROM enough)
FROM scored s JOIN knowledge_base_articlewords w ON w.translation_id = s.id
ORDER BY rank DESC, s.id DESC
"""

SIMILAR = """
SELECT a.id, a.section_id, a.category_id, a.language, similarity(w.title, %(text)s) AS rank, count(*) OVER ()
FROM knowledge_base_articlewords w
JOIN ({allowed}) a (id, section_id, category_id, language, is_promoted) ON a.id = w.translation_id
WHERE w.title %% %(text)s AND w.language = %(language)s
ORDER BY rank DESC, a.id DESC LIMIT %(most)s
"""

SAID = """
SELECT p.n FROM unnest(%(queries)s::text[]) WITH ORDINALITY p (question, n)
WHERE EXISTS (
  SELECT FROM knowledge_base_matching(p.question::tsquery) m (id) JOIN ({allowed}) a (id) ON a.id = m.id
) ORDER BY p.n
"""


@dataclass(frozen=True)
class Scope:
    """Where is searched, and for whom."""

    reader: Reader
    centre: HelpCentre | None = None
    category: int | None = None
    section: int | None = None
    label: str = ""

    @property
    def allowed(self) -> tuple[str, dict[str, Any]]:
        """What the reader may find as a statement with `COLUMNS`, and its parameters by name."""
        centre = self.centre.pk if self.centre else None
        return _allowed(self.reader, centre, self.category, self.section, self.label)


@lru_cache(maxsize=500)
def _allowed(
    reader: Reader, centre: int | None, category: int | None, section: int | None, label: str
) -> tuple[str, dict[str, Any]]:
    """A statement asks again who may read what; to build it takes longer than many a search."""
    allowed = Translation.objects.readable_by(reader)
    if centre is not None:
        allowed = allowed.filter(article__section__category__centre=centre)
    if category is not None:
        allowed = allowed.filter(article__section__category=category)
    if section is not None:
        allowed = allowed.filter(article__section=section)
    if label:
        allowed = allowed.filter(article__labels__contains=[label])
    statement, values = allowed.order_by().values_list("pk", *COLUMNS).query.sql_with_params()
    names = [f"allowed_{number}" for number in range(len(values))]
    return statement % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))


@dataclass(frozen=True)
class Match:
    translation_id: int
    section_id: int
    category_id: int
    language: str
    rank: float
    count: int  # of all that match


def with_all_words(questions: Sequence[Question], scope: Scope) -> list[Match]:
    """The best of those that have every word, best first; each question in its language."""
    return _ask(
        RANKED,
        scope,
        anywhere=" | ".join(question.all_words for question in questions),
        in_title=" | ".join(question.all_in_title for question in questions),
        rank=" | ".join(question.for_rank for question in questions),
        weights=WEIGHTS,
        promoted=PROMOTED,
    )


def with_some_words(question: Question, scope: Scope, *, pieces: int, share: float, most: int = MOST) -> list[Match]:
    """Those that have at least so many of the words, and of their weight at least this share; `most` put in order."""
    asked = question.positive
    both = [
        (number, in_title, question.one(piece.in_title if in_title else piece.anywhere))
        for number, piece in enumerate(asked)
        for in_title in (False, True)
    ]
    numbers, in_title, queries = zip(*both, strict=True)
    return _ask(
        WEIGHED,
        scope,
        numbers=list(numbers),
        in_title=list(in_title),
        questions=list(queries),
        pieces=pieces,
        share=share,
        most=most,
    )


def said(queries: Sequence[str], scope: Scope) -> set[int]:
    """Places of those questions to which some article that the reader may read is an answer."""
    if not queries:
        return set()
    allowed, values = scope.allowed
    with connection.cursor() as cursor:
        cursor.execute(SAID.format(allowed=allowed), {**values, "queries": list(queries)})
        return {number - 1 for (number,) in cursor.fetchall()}


def _ask(statement: str, scope: Scope, **values: Any) -> list[Match]:
    allowed, allowed_values = scope.allowed
    with connection.cursor() as cursor:
        cursor.execute(statement.format(allowed=allowed), {"most": MOST, **allowed_values, **values})
        return [Match(*row) for row in cursor.fetchall()]


def similar_titles(text: str, language: str, scope: Scope) -> list[Match]:
    """By their trigrams, where no word is the same."""
    return _ask(SIMILAR, scope, text=text, language=language)
