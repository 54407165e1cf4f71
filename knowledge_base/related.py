"""Articles to read next: those that share labels with one, or the words of its title."""

from __future__ import annotations

import re
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q

from knowledge_base.listing import Listed, Stock
from knowledge_base.models import Translation
from knowledge_base.search.languages import dictionary_of

MOST: Final = 4
CANDIDATES: Final = 16
LABEL_WEIGHT: Final = 0.5  # of one label shared, beside a rank between 0 and 1
_WORD: Final = re.compile(r"\w{3,}")


def related_to(translation: Translation, stock: Stock) -> list[Listed]:
    """In the same language; nothing rather than what has nothing to do with it."""
    assert translation.published is not None
    words = _WORD.findall(translation.published.title)[:12]
    labels = translation.article.labels
    if not words and not labels:
        return []
    query = SearchQuery(
        " | ".join(f"'{word}'" for word in words), search_type="raw", config=dictionary_of(translation.language)
    )
    shares = Q(words__vector=query) | Q(article__labels__overlap=labels)
    found = (
        stock.readable()
        .filter(shares, language=translation.language)
        .exclude(article=translation.article_id)
        .annotate(rank=SearchRank(F("words__vector"), query))
        .order_by("-rank", "pk")
        .values_list("article_id", "rank", "article__labels")[:CANDIDATES]
    )
    ranked = sorted(found, key=lambda row: -((row[1] or 0) + LABEL_WEIGHT * len(set(row[2]) & set(labels))))
    return stock.in_order([row[0] for row in ranked], MOST)
