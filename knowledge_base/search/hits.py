"""What is shown of an article that was found: its title and the piece of it that says most of the words, marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import CharField, F
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from helpdesk.lib.marking import Marker
from knowledge_base.addresses import path_of
from knowledge_base.models import Translation, name_in
from knowledge_base.search.matching import Match
from knowledge_base.search.questions import Question

READ: Final = 4_000  # characters of an article in which its excerpt is looked for


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
    patterns = [piece.pattern for question in questions for piece in question.positive]
    return Marker(dict.fromkeys(patterns))


def hits_of(matches: Sequence[Match], marker: Marker) -> list[Hit]:
    """In the order of `matches`; whatever was taken from readers in between is left out."""
    rows = (
        Translation.objects.filter(pk__in=[match.translation_id for match in matches])
        .exclude(words=None)
        .values_list(
            "pk",
            "article_id",
            "language",
            "slug",
            "words__title",
            Left("words__text", READ, output_field=CharField()),
            "article__section_id",
            "article__section__texts",
            "article__section__audience",
            F("article__section__category__texts"),
        )
    )
    known = {row[0]: row for row in rows}
    return [_hit(known[match.translation_id], match.rank, marker) for match in matches if match.translation_id in known]


def _hit(row: Sequence[object], rank: float, marker: Marker) -> Hit:
    number, article_id, language, slug, title, text, section_id, section, audience, category = row
    assert isinstance(number, int) and isinstance(article_id, int) and isinstance(section_id, int)
    assert isinstance(section, dict) and isinstance(category, dict)
    language, title = str(language), str(title)
    return Hit(
        translation_id=number,
        article_id=article_id,
        language=language,
        title=title,
        title_html=marker.mark(title),
        excerpt_html=marker.cut(str(text)),
        path=path_of("help-article", language, article_id, str(slug)),
        category=name_in(category, language),
        section=name_in(section, language),
        section_id=section_id,
        audience=str(audience),
        rank=rank,
    )
