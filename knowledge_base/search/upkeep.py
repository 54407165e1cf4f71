"""What keeps the search true in the background: words that are missing, and words that are too many."""

from __future__ import annotations

from django.db import connection, transaction

from knowledge_base.models import ArticleWords, Translation
from knowledge_base.search.indexing import forget_words, index_words

PIECE = 200  # translations in one transaction

FORGET_ALL = "TRUNCATE knowledge_base_knownword"


def index_missing(limit: int = PIECE) -> int:
    """Index what is published and has no words, as after a change of their shape; how many."""
    missing = Translation.objects.exclude(published=None).filter(words=None)
    found = list(missing.select_related("article", "published").order_by("pk")[:limit])
    with transaction.atomic():
        for translation in found:
            index_words(translation)
    return len(found)


def forget_unpublished(limit: int = PIECE) -> int:
    """Words of what nobody reads any more, by whatever way it was taken back; how many."""
    stale = list(Translation.objects.filter(published=None).exclude(words=None).order_by("pk")[:limit])
    for translation in stale:
        forget_words(translation)
    return len(stale)


@transaction.atomic
def begin_again() -> None:
    """Forget all words, so that `index_missing` writes them anew: for a new dictionary."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ALL)
    ArticleWords.objects.all().delete()
