"""Articles that an author may want to link to: those whose title says what was typed, then those that are about it."""

from __future__ import annotations

from typing import Final

from knowledge_base.audience import STAFF
from knowledge_base.models import Translation
from knowledge_base.moved import best_of
from knowledge_base.search.finding import find
from knowledge_base.search.parsing import one_line

MOST: Final = 8
MOST_WORDS: Final = 8
IN_LANGUAGES: Final = 4  # titles of one article that are read before there are certainly enough articles


def linkable(words: str, language: str) -> list[Translation]:
    """One text of each article, in `language` where there is one. Drafts too, by their title: staff may read them."""
    words = one_line(words)
    numbers = _by_title(words)
    if words and len(numbers) < MOST:
        hits = find(words, reader=STAFF, centre=None, language=language, limit=MOST, prefix=True).hits
        numbers += [hit.article_id for hit in hits]
    texts: dict[int, list[Translation]] = {number: [] for number in list(dict.fromkeys(numbers))[:MOST]}
    named = Translation.objects.filter(article__in=texts).exclude(title="")
    for text in named.select_related("article__section"):
        texts[text.article_id].append(text)
    return [best for best in (best_of(known, language) for known in texts.values()) if best]


def _by_title(words: str) -> list[int]:
    """Whose titles hold every word, or its beginning or end."""
    found = Translation.objects.filter(article__archived_at=None).exclude(title="")
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(title__icontains=word)
    rows = found.order_by("-article__is_promoted", "title").values_list("article_id", flat=True)
    return list(dict.fromkeys(rows[: MOST * IN_LANGUAGES]))
