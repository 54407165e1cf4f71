"""What an offer shows: its articles, as far as their reader may read them by now, each with the address that counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from knowledge_base.audience import Reader
from knowledge_base.models import Offer, Translation
from knowledge_base.offering import token_of


@dataclass(frozen=True)
class OfferedArticle:
    """`path` notes that it was opened, and leads on to the article."""

    article_id: int
    language: str
    title: str
    summary: str
    path: str


def articles_of(row: Offer, reader: Reader, language: str) -> list[OfferedArticle]:
    """In the order of the offer, in a language of the reader's where there is one. In two statements."""
    found = Translation.objects.readable_by(reader).filter(article__in=row.article_ids).select_related("published")
    best: dict[int, Translation] = {}
    for translation in found:
        known = best.get(translation.article_id)
        if known is None or translation.language == language:
            best[translation.article_id] = translation
    return [_shown(row, best[number]) for number in row.article_ids if number in best]


def _shown(row: Offer, translation: Translation) -> OfferedArticle:
    revision = translation.published
    assert revision is not None  # readable_by leaves out what is not published
    path = reverse("offer-article", args=[token_of(row), translation.article_id])
    return OfferedArticle(translation.article_id, translation.language, revision.title, revision.summary, path)
