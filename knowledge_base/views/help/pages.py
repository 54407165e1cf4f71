"""The help centre: home, categories, sections, articles. All can be read without a script."""

from __future__ import annotations

from typing import Final

from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from knowledge_base.addresses import category_path, home_path, number_in, section_path
from knowledge_base.articles import Opened, article_page
from knowledge_base.audience import Reader, reader_of
from knowledge_base.centres import (
    centre_of,
    closest_language,
    is_set_up,
    languages_of,
    preferred_language,
    spoken_in,
)
from knowledge_base.keeping import Page
from knowledge_base.listing import Stock
from knowledge_base.models import AudienceKind, Category, HelpCentre, Section, name_in
from knowledge_base.moved import Moved, check_path, follow, old_address
from knowledge_base.popular import most_read
from knowledge_base.seo import Seo, crumbs_data, home_seo
from knowledge_base.serving import serve
from knowledge_base.shell import draw_for_all, spoken

MOST_READ: Final = 5
PROMOTED: Final = 4
BEGINNING: Final = 6  # articles of a section on its category's page
ON_A_PAGE: Final = 100


def front(request: HttpRequest) -> HttpResponse | None:
    """The home as it is shown at "/"; None where nobody would find anything there."""
    centre = centre_of(request)
    if not is_set_up(centre):
        return None
    language, reader = preferred_language(request, centre), reader_of(request)

    def make() -> Page:
        if not Stock(centre, language, reader).has_any():
            raise Http404
        return _home(reader, centre, language)

    try:
        return serve(request, language, make)
    except Http404:
        return None


@require_safe
def any_language(request: HttpRequest) -> HttpResponse:
    """The home's address cut short: where it is in the language that the reader's browser asks for."""
    centre = centre_of(request)
    if not is_set_up(centre):
        raise Http404
    response = redirect("help-home", preferred_language(request, centre))
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
@follow
def home(request: HttpRequest, language: str) -> HttpResponse:
    centre, language = asked(request, language)
    return serve(request, language, lambda: _home(reader_of(request), centre, language))


@require_safe
@follow
def category(request: HttpRequest, language: str, category_place: str) -> HttpResponse:
    centre, language = asked(request, language)
    return serve(request, language, lambda: _category(request, centre, language, number_in(category_place)))


@require_safe
@follow
def section(request: HttpRequest, language: str, section_place: str) -> HttpResponse:
    centre, language = asked(request, language)
    wanted = request.GET.get("page", "")
    page = (int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 0) or 1
    return serve(
        request, language, lambda: _section(request, centre, language, number_in(section_place), page), also=str(page)
    )


@require_safe
@follow
def article(request: HttpRequest, language: str, article_place: str) -> HttpResponse:
    centre, language = asked(request, language)
    opened = Opened(centre, language, reader_of(request), number_in(article_place))
    return serve(request, language, lambda: article_page(request, opened))


def asked(request: HttpRequest, language: str) -> tuple[HelpCentre, str]:
    """The help centre and its language. Raises Moved where the address says it otherwise, Http404 without a centre."""
    centre = centre_of(request)
    if not is_set_up(centre):
        raise Http404
    known = closest_language(centre, language)
    if known == language:
        return centre, language
    if old := old_address(request.path, reader_of(request), known or centre.default_language):
        raise Moved(old)
    rest = request.path.removeprefix(f"/hc/{language}/")
    raise Moved(home_path(known or centre.default_language) + rest, for_good=known is not None)


def _home(reader: Reader, centre: HelpCentre, language: str) -> Page:
    stock = Stock(centre, language, reader)
    promoted = stock.listed(article__is_promoted=True, most=PROMOTED)
    read = stock.in_order(most_read(centre), MOST_READ)
    context = {
        "welcome": centre.welcome.get(language, ""),
        "topics": stock.topics(),
        "promoted": promoted or read[:PROMOTED],
        "most_read": read or stock.listed(most=MOST_READ),
        "is_read": bool(read),
        "seo": home_seo(centre, language),
    }
    return Page(draw_for_all("help/home.html", context, centre=centre, language=language, reader=reader), language)


def _category(request: HttpRequest, centre: HelpCentre, language: str, number: int) -> Page:
    found, reader = get_object_or_404(Category.objects.filter(centre=centre), pk=number), reader_of(request)
    shelves = Stock(centre, language, reader).shelves(found, BEGINNING)
    if not shelves:
        raise Http404  # whoever may read nothing in it is not told its name
    path = category_path(found, language)
    check_path(request, path)
    paths = {code: category_path(found, code) for code in languages_of(centre)}
    crumbs = _crumbs(language)
    name = name_in(found.texts, language)
    context = {
        "category": found,
        "shelves": [(shelf, section_path(shelf.section, language)) for shelf in shelves],
        "crumbs": crumbs,
        "languages": spoken(centre, paths.items()),
        "seo": Seo(
            centre,
            name,
            path,
            description=found.texts.get(language, {}).get("description", ""),
            alternates=paths,
            data=(crumbs_data(centre, [*crumbs, (name, path)]),),
        ),
    }
    return Page(draw_for_all("help/category.html", context, centre=centre, language=language, reader=reader), language)


def _section(request: HttpRequest, centre: HelpCentre, language: str, number: int, page: int) -> Page:
    reader = reader_of(request)
    readable = Section.objects.filter(reader.may_read(), category__centre=centre)
    found = get_object_or_404(readable.select_related("category"), pk=number)
    path = section_path(found, language)
    check_path(request, path)
    pages = Paginator(Stock(centre, language, reader).listed(article__section=found), ON_A_PAGE)
    try:
        shown = pages.page(page)
    except EmptyPage as error:  # each number would be kept as a page of its own
        raise Http404 from error
    paths = {code: section_path(found, code) for code in languages_of(centre)}
    crumbs = [*_crumbs(language), (name_in(found.category.texts, language), category_path(found.category, language))]
    name = name_in(found.texts, language)
    context = {
        "section": found,
        "page": shown,
        "crumbs": crumbs,
        "languages": spoken(centre, paths.items()),
        "seo": Seo(
            centre,
            name,
            path,
            description=found.texts.get(language, {}).get("description", ""),
            alternates=paths,
            is_public=found.audience == AudienceKind.PUBLIC,
            data=(crumbs_data(centre, [*crumbs, (name, path)]),),
        ),
    }
    return Page(draw_for_all("help/section.html", context, centre=centre, language=language, reader=reader), language)


def _crumbs(language: str) -> list[tuple[str, str]]:
    with translation.override(spoken_in(language)):
        return [(_("Help"), home_path(language))]
