"""Articles as lists name them: each once, in the reader's language, else in the one to fall back on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from knowledge_base.addresses import path_of
from knowledge_base.audience import Reader
from knowledge_base.models import Category, HelpCentre, Section, Translation

COLUMNS = (
    "article_id",
    "article__section_id",
    "language",
    "slug",
    "published__title",
    "published__summary",
    "article__is_promoted",
)


@dataclass(frozen=True)
class Listed:
    """`language` may be another one than the list's: its title is said in it."""

    article_id: int
    section_id: int
    language: str
    path: str
    title: str
    summary: str
    is_promoted: bool


@dataclass(frozen=True)
class Shelf:
    """A section with the beginning of its articles, and how many there are."""

    section: Section
    articles: list[Listed]
    count: int


@dataclass(frozen=True)
class Topic:
    category: Category
    count: int


@dataclass(frozen=True)
class Stock:
    """What there is for whom: all lists of one page ask it."""

    centre: HelpCentre
    language: str
    reader: Reader

    @property
    def chain(self) -> tuple[str, ...]:
        """Languages in which an article may be shown here, the best first."""
        return tuple(dict.fromkeys((self.language, self.centre.default_language)))

    def readable(self) -> QuerySet[Translation]:
        return Translation.objects.readable_by(self.reader).filter(
            article__section__category__centre=self.centre, language__in=self.chain
        )

    def listed(self, *conditions: Q, most: int | None = None, **facts: Any) -> list[Listed]:
        """In the order that authors gave them; `most` of them at most."""
        rows = self.readable().filter(*conditions, **facts).order_by("article__position", "article_id")
        found: dict[int, Listed] = {}
        for row in rows.values_list(*COLUMNS):
            if row[0] not in found or row[2] == self.language:
                found[row[0]] = _listed(row)
        return list(found.values())[:most]

    def in_order(self, numbers: Iterable[int], most: int) -> list[Listed]:
        """Those of the articles that may be read, in the order of `numbers`."""
        wanted = list(numbers)
        known = {article.article_id: article for article in self.listed(article_id__in=wanted)}
        return [known[number] for number in wanted if number in known][:most]

    def topics(self) -> list[Topic]:
        """Categories in which something may be read."""
        counts = self._counts("article__section__category_id")
        found = Category.objects.filter(centre=self.centre, pk__in=counts)
        return [Topic(category, counts[category.pk]) for category in found]

    def shelves(self, category: Category, most: int) -> list[Shelf]:
        """The category's sections in which something may be read, with their first articles."""
        by_section: dict[int, list[Listed]] = {}
        for article in self.listed(article__section__category=category):
            by_section.setdefault(article.section_id, []).append(article)
        sections = category.sections.filter(pk__in=by_section)
        return [Shelf(section, by_section[section.pk][:most], len(by_section[section.pk])) for section in sections]

    def has_any(self) -> bool:
        return self.readable().exists()

    def _counts(self, of: str) -> dict[int, int]:
        rows = self.readable().order_by().values_list(of).annotate(count=Count("article_id", distinct=True))
        return dict(rows)


def _listed(row: tuple[Any, ...]) -> Listed:
    number, section, language, slug, title, summary, is_promoted = row
    path = path_of("help-article", language, number, slug)
    return Listed(number, section, language, path, title, summary, is_promoted)
