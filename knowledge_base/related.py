"""Articles to read next: those that say what the title and the labels of one say."""

from __future__ import annotations

from typing import Final

from knowledge_base.listing import Listed, Stock
from knowledge_base.models import Translation
from knowledge_base.search.matching import Scope, with_some_words
from knowledge_base.search.parsing import parse
from knowledge_base.search.questions import question

MOST: Final = 4
CANDIDATES: Final = 16
SHARE: Final = 0.15  # of what is said: less is chance


def related_to(translation: Translation, stock: Stock) -> list[Listed]:
    """In the same language; nothing rather than what has nothing to do with it."""
    assert translation.published is not None
    said = " ".join([translation.published.title, *translation.article.labels]).replace('"', " ").replace("-", " ")
    asked = question(parse(said), translation.language)
    if asked is None:
        return []
    found = with_some_words(asked, Scope(stock.reader, stock.centre), pieces=1, share=SHARE)
    others = [match.translation_id for match in found if match.translation_id != translation.pk][:CANDIDATES]
    articles = dict(Translation.objects.filter(pk__in=others).values_list("pk", "article_id"))
    return stock.in_order([articles[pk] for pk in others if pk in articles], MOST)
