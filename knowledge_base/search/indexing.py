"""Keeps the words of what is published findable, in the transaction that publishes it."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from helpdesk.lib.html.text import html_to_text
from knowledge_base.models import ArticleWords, Translation
from knowledge_base.search.languages import dictionary_of


def index_words(translation: Translation) -> None:
    """Title before summary and labels before text, by the dictionary of its language."""
    revision = translation.published
    if revision is None:
        return forget_words(translation)
    dictionary, text = dictionary_of(translation.language), html_to_text(revision.body)
    above = " ".join([revision.summary, *translation.article.labels])
    vector = (
        SearchVector(Value(revision.title), weight="A", config=dictionary)
        + SearchVector(Value(above), weight="B", config=dictionary)
        + SearchVector(Value(text), weight="D", config=dictionary)
    )
    ArticleWords.objects.update_or_create(
        translation=translation,
        defaults={"language": translation.language, "title": revision.title, "text": text, "vector": vector},
    )
    return None


def forget_words(translation: Translation) -> None:
    ArticleWords.objects.filter(translation=translation).delete()
