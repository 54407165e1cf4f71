"""Addresses that lead elsewhere: renamed, archived, from another help centre. What worked once keeps working."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Final
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect

from knowledge_base.addresses import article_path, section_path
from knowledge_base.audience import Reader
from knowledge_base.models import Article, HelpCentre, OldAddress, Section, Translation

MOST_SUCCESSORS: Final = 10
_AFTER_NUMBER: Final = re.compile(r"(/\d+)-[^/]*$")


class Moved(Exception):
    """What was asked for lies at `path`: for good, so that search engines follow, or for now."""

    def __init__(self, path: str, *, for_good: bool = True) -> None:
        super().__init__(path)
        self.path, self.for_good = path, for_good


def follow(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def followed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Moved as moved:
            query = request.META.get("QUERY_STRING", "")
            path = f"{moved.path}?{query}" if query else moved.path
            return HttpResponsePermanentRedirect(path) if moved.for_good else HttpResponseRedirect(path)

    return followed


def check_path(request: HttpRequest, path: str) -> None:
    """The number in the address was right; the words after it may be old ones."""
    if request.path != unquote(path):
        raise Moved(path)


def old_address(path: str, reader: Reader, language: str) -> str | None:
    """Where an address of another help centre leads now; None where it is unknown, or not for this reader.

    Imports keep a path without the slash at its end, and may keep it with the number alone ("/hc/en-us/articles/360"):
    it stands for every way in which the words after the number were ever written.
    """
    if "\x00" in path:  # the one sign that the database can't be asked for
        return None
    bare = path.rstrip("/")
    forms = {path, bare, bare.lower(), _AFTER_NUMBER.sub(r"\1", bare), _AFTER_NUMBER.sub(r"\1", bare.lower())}
    old = OldAddress.objects.filter(path__in=forms - {""}).select_related("article", "section").first()
    if old is None:
        return None
    language = old.language or language
    if old.article:
        return way_to(old.article, reader, language)
    if old.section and Section.objects.filter(reader.may_read(), pk=old.section.pk).exists():
        return section_path(old.section, language)
    return None


def way_to(article: Article, reader: Reader, language: str) -> str | None:
    """The address at which a reader finds the article, or what stands for it since it was archived."""
    for _step in range(MOST_SUCCESSORS):
        readable = Translation.objects.readable_by(reader).filter(article=article).select_related("article")
        if found := best_of(list(readable), language):
            return article_path(found)
        if article.successor is None:
            return None
        article = article.successor
    return None


def instead_of(number: int, centre: HelpCentre, reader: Reader, language: str) -> Moved | None:
    """For an article that nobody reads any more: its successor, else its section. A draft was never anywhere."""
    article = (
        Article.objects.filter(pk=number, section__category__centre=centre)
        .filter(reader.may_read("section__"))
        .select_related("section", "successor")
        .first()
    )
    if article is None or not article.translations.filter(published_at__isnull=False).exists():
        return None
    path = way_to(article, reader, language) if article.successor else None
    return Moved(path or section_path(article.section, language), for_good=article.archived_at is not None)


def best_of(translations: list[Translation], *languages: str) -> Translation | None:
    """The first language that there is, else the one it was written in first, else any."""

    def rank(translation: Translation) -> int:
        if translation.language in languages:
            return languages.index(translation.language)
        return len(languages) if translation.language == translation.article.language else len(languages) + 1

    return min(translations, key=rank, default=None)
