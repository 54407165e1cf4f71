"""What is shown of an article that was found: its title and the piece of it that says most of the words, marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils.safestring import SafeString

from helpdesk.lib.marking import Marker
from knowledge_base.addresses import path_of
from knowledge_base.models import name_in
from knowledge_base.search.matching import Match
from knowledge_base.search.questions import Question

READ: Final = 4_000  # characters of an article in which its excerpt is looked for

SHOWN: Final = """
SELECT t.id, t.article_id, t.language, t.slug, w.title, left(w.text, %(read)s), s.id, s.texts, s.audience, c.texts
FROM knowledge_base_translation t
JOIN knowledge_base_articlewords w ON w.translation_id = t.id
JOIN knowledge_base_article a ON a.id = t.article_id
JOIN knowledge_base_section s ON s.id = a.section_id
JOIN knowledge_base_category c ON c.id = s.category_id
WHERE t.id = ANY(%(numbers)s)
"""


@dataclass(frozen=True)
class Hit:
    """`title_html` and `excerpt_html` are safe HTML: words of authors, escaped, matches in <mark>."""

    translation_id: int
    article_id: int
    language: str
    title: str
    title_html: SafeString
    excerpt_html: SafeString
    path: str
    category: str
    section: str
    section_id: int
    audience: str
    rank: float


def marker_of(questions: Iterable[Question]) -> Marker:
    patterns = (pattern for question in questions for piece in question.positive for pattern in piece.patterns)
    return Marker(dict.fromkeys(patterns))


def hits_of(matches: Sequence[Match], marker: Marker) -> list[Hit]:
    """In the order of `matches`; whatever was taken from readers in between is left out."""
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, {"read": READ, "numbers": [match.translation_id for match in matches]})
        rows = cursor.fetchall()
    known = {row[0]: row for row in rows}
    return [_hit(known[match.translation_id], match.rank, marker) for match in matches if match.translation_id in known]


def _hit(row: Sequence[object], rank: float, marker: Marker) -> Hit:
    number, article_id, language, slug, title, text, section_id, section, audience, category = row
    assert isinstance(number, int) and isinstance(article_id, int) and isinstance(section_id, int)
    language, title = str(language), str(title)
    return Hit(
        translation_id=number,
        article_id=article_id,
        language=language,
        title=title,
        title_html=marker.mark(title),
        excerpt_html=marker.cut(str(text)),
        path=path_of("help-article", language, article_id, str(slug)),
        category=name_in(json.loads(str(category)), language),
        section=name_in(json.loads(str(section)), language),
        section_id=section_id,
        audience=str(audience),
        rank=rank,
    )
