"""The map for search engines: every public page, once in each language, each naming its others.

https://www.sitemaps.org/protocol.html allows 50,000 addresses a file; a larger help centre gets several and an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from math import ceil
from typing import Final, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from knowledge_base.addresses import category_path, home_path, path_of, section_path
from knowledge_base.audience import ANYBODY
from knowledge_base.centres import address_of, languages_of
from knowledge_base.models import HelpCentre, Section, Translation

IN_A_FILE: Final = 5_000  # articles, each with all its languages: well below what may be
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


class Place(NamedTuple):
    """A page in all its languages: code → path. They may have changed at different times."""

    paths: dict[str, str]
    changed: dict[str, datetime | None]


def index(centre: HelpCentre) -> str:
    """The only file, or where there are several the list of them."""
    count = pages_of(centre)
    if count == 1:
        return part(centre, 1)
    site = address_of(centre)
    files = (f"{site}{reverse('help-sitemap-part', args=[number])}" for number in range(1, count + 1))
    listed = "".join(f"<sitemap><loc>{file}</loc></sitemap>" for file in files)
    return f"{HEAD}<sitemapindex {NAMES}>{listed}</sitemapindex>\n"


def pages_of(centre: HelpCentre) -> int:
    return max(1, ceil(_public(centre).values("article").distinct().count() / IN_A_FILE))


def part(centre: HelpCentre, number: int) -> str:
    site = address_of(centre)
    places = _articles(centre, number)
    if number == 1:
        places = [*_above(centre), *places]
    urls = "".join(line for place in places for line in _lines(site, place))
    return f'{HEAD}<urlset {NAMES} xmlns:xhtml="http://www.w3.org/1999/xhtml">{urls}</urlset>\n'


def _public(centre: HelpCentre) -> QuerySet[Translation]:
    return Translation.objects.readable_by(ANYBODY).filter(
        article__section__category__centre=centre, language__in=languages_of(centre)
    )


def _articles(centre: HelpCentre, number: int) -> list[Place]:
    first = (number - 1) * IN_A_FILE
    chosen = _public(centre).order_by("article_id").values_list("article_id", flat=True).distinct()
    articles: dict[int, Place] = {}
    rows = _public(centre).filter(article__in=list(chosen[first : first + IN_A_FILE])).order_by("article_id", "pk")
    for article, language, slug, changed in rows.values_list("article_id", "language", "slug", "edited_at"):
        place = articles.setdefault(article, Place({}, {}))
        place.paths[language] = path_of("help-article", language, article, slug)
        place.changed[language] = changed
    return list(articles.values())


def _above(centre: HelpCentre) -> Iterator[Place]:
    """The home, and the categories and sections in which everybody finds something."""
    languages = languages_of(centre)
    yield Place({code: home_path(code) for code in languages}, {})
    filled = _public(centre).values("article__section")
    sections = list(Section.objects.filter(pk__in=filled).select_related("category"))
    for category in {section.category_id: section.category for section in sections}.values():
        yield Place({code: category_path(category, code) for code in languages}, {})
    for section in sections:
        yield Place({code: section_path(section, code) for code in languages}, {})


def _lines(site: str, place: Place) -> Iterator[str]:
    links = [(code, escape(site + path)) for code, path in place.paths.items()]
    others = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>' for code, url in links)
    for code, url in links:
        changed = place.changed.get(code)
        when = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%S}Z</lastmod>" if changed else ""
        yield f"<url><loc>{url}</loc>{when}{others if len(links) > 1 else ''}</url>"
