"""Keeps the words of what is published findable, in the transaction that publishes it."""

from __future__ import annotations

import re
from typing import Final

from django.db import connection, transaction

from helpdesk.lib.html.text import html_to_text
from knowledge_base.models import Article, ArticleWords, ContentBlock, Revision, Translation
from knowledge_base.search.vectors import Vector
from knowledge_base.search.vocabulary import count_words, vocabulary
from knowledge_base.search.words import joined_words, stems_of, words_of

MAX_TEXT: Final = 200_000  # characters of one article; no person reads more
_BLOCK: Final = re.compile(r'<div[^>]* data-block="(\d{1,18})"[^>]*>(?:\s*</div>)?')
_HEADING: Final = re.compile(r"<h[2-4][^>]*>(.*?)</h[2-4]>", re.DOTALL)

KEEP = """
INSERT INTO knowledge_base_articlewords (translation_id, language, title, text, vector)
VALUES (%s, %s, %s, %s, %s::tsvector)
ON CONFLICT (translation_id) DO UPDATE SET language = EXCLUDED.language, title = EXCLUDED.title,
  text = EXCLUDED.text, vector = EXCLUDED.vector
"""


@transaction.atomic
def index_words(translation: Translation) -> None:
    """Write what readers see of it, or nothing: for whoever publishes, takes back, or changes labels."""
    revision = translation.published
    if revision is None:
        return forget_words(translation)
    body = with_blocks(revision.body, translation.language)
    text = f"{revision.summary}\n{html_to_text(body)}".strip()[:MAX_TEXT]
    before = _words_kept(translation)
    vector = _vector(translation, revision, text, html_to_text(" ".join(_HEADING.findall(body))))
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [translation.pk, translation.language, revision.title, text, vector])
    count_words(translation.language, before=before, after=vocabulary(f"{revision.title}\n{text}"))
    return None


@transaction.atomic
def forget_words(translation: Translation) -> None:
    count_words(translation.language, before=_words_kept(translation), after=())
    ArticleWords.objects.filter(translation=translation).delete()


def index_article(article: Article) -> None:
    """In all its languages: its labels have changed."""
    for translation in article.translations.select_related("article", "published"):
        index_words(translation)


def index_block(block: ContentBlock) -> None:
    """Every article that shows these reusable words is found by the new ones."""
    shown_in = Translation.objects.filter(published__body__contains=f'data-block="{block.pk}"')
    for translation in shown_in.select_related("article", "published").order_by("pk"):
        index_words(translation)


def with_blocks(body: str, language: str) -> str:
    """A body with its reusable words in it, in its language, as readers get them."""
    numbers = {int(number) for number in _BLOCK.findall(body)}
    if not numbers:
        return body
    texts = dict(ContentBlock.objects.filter(pk__in=numbers).values_list("pk", "texts"))
    return _BLOCK.sub(lambda place: _text_in(texts.get(int(place[1]), {}), language), body)


def _text_in(texts: dict[str, str], language: str) -> str:
    return f"<div>{texts.get(language) or next(iter(texts.values()), '')}</div>"


def _words_kept(translation: Translation) -> set[str]:
    kept = ArticleWords.objects.filter(translation=translation).values_list("title", "text").first()
    return vocabulary("\n".join(kept)) if kept else set()


def _vector(translation: Translation, revision: Revision, text: str, headings: str) -> str:
    """Title before summary and labels before headings before text."""
    labels = " ".join(translation.article.labels)
    texts = [(revision.title, "A"), (revision.summary, "B"), (labels, "B"), (headings, "C"), (text, "D")]
    words = [(words_of(piece), weight) for piece, weight in texts]
    stems = stems_of({word for piece, _weight in words for word in piece}, translation.language)
    vector = Vector(translation.language, stems)
    vector.add_bare(joined_words(revision.title), is_title=True)
    for piece, weight in words:
        vector.add(piece, weight, is_title=weight == "A")
    vector.add_bare(joined_words(f"{labels}\n{text}"))
    return str(vector)
