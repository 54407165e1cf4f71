"""Images of articles: taken in, named by what is in them, and kept as long as some text shows them."""

from __future__ import annotations

from knowledge_base.body import pictures_in
from knowledge_base.models import Article, Picture, Revision


def keep_pictures(article: Article) -> None:
    """Write down which pictures the article shows, in any language and version: who reads it may see them."""
    shown: set[int] = set()
    for body in article.translations.values_list("body", flat=True):
        shown |= pictures_in(body)
    for body in Revision.objects.filter(translation__article=article, body__contains="data-picture").values_list(
        "body", flat=True
    ):
        shown |= pictures_in(body)
    article.pictures.set(Picture.objects.filter(pk__in=shown))
