"""The page of one article: found for its reader, or the way to what stands for it, and drawn with all around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils import translation as speech
from django.utils.translation import gettext as _

from knowledge_base.addresses import category_path, home_path, path_of, section_path
from knowledge_base.audience import Reader
from knowledge_base.centres import direction_of, languages_of, own_name, spoken_in
from knowledge_base.keeping import Page
from knowledge_base.listing import Listed, Stock
from knowledge_base.models import AudienceKind, HelpCentre, Translation, name_in
from knowledge_base.moved import best_of, check_path, instead_of
from knowledge_base.related import related_to
from knowledge_base.rendering import Rendered, render
from knowledge_base.seo import Seo, article_data, crumbs_data, questions_data
from knowledge_base.shell import draw_for_all, spoken

ENOUGH_CONTENTS: Final = 2  # headings from which on a list of them helps
BESIDE: Final = 12  # articles of the section that are shown next to one
_PICTURE: Final = re.compile(r'<img src="(/hc/pictures/[^"]+)"')


@dataclass(frozen=True)
class Opened:
    """What was asked for. `language` is one of the help centre's."""

    centre: HelpCentre
    language: str
    reader: Reader
    number: int

    @property
    def stock(self) -> Stock:
        return Stock(self.centre, self.language, self.reader)


def article_page(request: HttpRequest, opened: Opened) -> Page:
    """Raises Http404, and Moved where another address is the right one."""
    texts = _readable(opened)
    shown = best_of(texts, opened.language, opened.centre.default_language)
    if shown is None:
        moved = instead_of(opened.number, opened.centre, opened.reader, opened.language)
        raise moved or Http404
    spoken_here = languages_of(opened.centre)
    paths = {text.language: _path(text, text.language) for text in texts if text.language in spoken_here}
    check_path(request, _path(shown, opened.language))
    with speech.override(spoken_in(opened.language)):
        context = _context(opened, shown, paths)
    html = draw_for_all(
        "help/article.html", context, centre=opened.centre, language=opened.language, reader=opened.reader
    )
    return Page(html, opened.language, article=opened.number)


def _readable(opened: Opened) -> list[Translation]:
    found = Translation.objects.readable_by(opened.reader).filter(
        article=opened.number, article__section__category__centre=opened.centre
    )
    return list(found.select_related("published", "article__section__category"))


def _context(opened: Opened, shown: Translation, paths: dict[str, str]) -> dict[str, Any]:
    assert shown.published is not None
    rendered = render(shown.published.body, language=shown.language, reader=opened.reader)
    crumbs = _crumbs(opened, shown)
    offered = {code: paths.get(code) or _path(shown, code) for code in opened.centre.languages}
    return {
        "article": shown.article,
        "translation": shown,
        "revision": shown.published,
        "rendered": rendered,
        "contents": rendered.contents if len(rendered.contents) >= ENOUGH_CONTENTS else [],
        "updated": shown.edited_at or shown.published_at,
        "crumbs": crumbs,
        "section": shown.article.section,
        "section_path": section_path(shown.article.section, opened.language),
        "beside": _beside(opened, shown),
        "related": related_to(shown, opened.stock),
        "foreign": _foreign(opened, shown),
        "languages": spoken(opened.centre, offered.items()),
        "seo": _seo(opened, shown, paths, rendered, crumbs),
    }


def _path(shown: Translation, language: str) -> str:
    """Where a translation is read by somebody who reads in `language`."""
    return path_of("help-article", language, shown.article_id, shown.slug)


def _crumbs(opened: Opened, shown: Translation) -> list[tuple[str, str]]:
    section = shown.article.section
    return [
        (_("Help"), home_path(opened.language)),
        (name_in(section.category.texts, opened.language), category_path(section.category, opened.language)),
        (name_in(section.texts, opened.language), section_path(section, opened.language)),
    ]


def _beside(opened: Opened, shown: Translation) -> list[Listed]:
    """Its neighbours in the section: those around it where there are many."""
    articles = opened.stock.listed(article__section=shown.article.section_id)
    here = next((place for place, other in enumerate(articles) if other.article_id == opened.number), 0)
    first = max(0, min(here - BESIDE // 2, len(articles) - BESIDE))
    return articles[first : first + BESIDE]


def _foreign(opened: Opened, shown: Translation) -> dict[str, str] | None:
    """What to say where the article is not there in the reader's language."""
    if shown.language == opened.language:
        return None
    return {
        "language": shown.language,
        "direction": direction_of(shown.language),
        "name": own_name(shown.language),
        "wanted": own_name(opened.language),
    }


def _seo(
    opened: Opened, shown: Translation, paths: dict[str, str], rendered: Rendered, crumbs: list[tuple[str, str]]
) -> Seo:
    assert shown.published is not None and shown.published_at is not None
    title, path = shown.published.title, paths.get(shown.language) or _path(shown, opened.language)
    about = article_data(
        opened.centre,
        path=path,
        title=title,
        summary=shown.published.summary,
        language=shown.language,
        first=shown.published_at,
        last=shown.edited_at or shown.published_at,
    )
    picture = _PICTURE.search(rendered.html)  # the article's own list knows those of drafts and other languages too
    questions = questions_data(rendered.html)
    return Seo(
        opened.centre,
        title,
        path,
        description=shown.published.summary,
        alternates=paths,
        image=picture[1] if picture else "",
        kind="article",
        is_public=shown.article.section.audience == AudienceKind.PUBLIC,
        data=(about, crumbs_data(opened.centre, [*crumbs, (title, path)]), *([questions] if questions else [])),
    )
