"""From a kept page to the answer of one reader: slots filled, the reading written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html

from helpdesk.lib.typed import whole_number
from knowledge_base.audience import reader_of
from knowledge_base.centres import centre_of, edition_of, spoken_in
from knowledge_base.keeping import Key, Page, fill, kept
from knowledge_base.listing import Stock
from knowledge_base.popular import is_read_by_somebody, note_reading
from knowledge_base.recent import recent_of, remember
from knowledge_base.search.log import note_click
from knowledge_base.shell import frame_videos, theme_of
from knowledge_base.visitors import know_again, known_visitor

SHOWN_RECENT: Final = 4
XML: Final = "application/xml; charset=utf-8"


def serve(request: HttpRequest, language: str, make: Callable[[], Page], *, also: str = "") -> HttpResponse:
    """`also`: what of the address after "?" the page depends on, already checked."""
    page = _kept(request, language, make, also)
    response = _of_one_reader(HttpResponse(_for_one(page, request)), page)
    if page.article is not None:
        _note(request, response, page.article, page.language)
    return frame_videos(response)


def serve_text(request: HttpRequest, language: str, make: Callable[[], str], content_type: str = XML) -> HttpResponse:
    """The same for what machines read: no slots are in it, but who may read more is told of more."""
    page = _kept(request, language, lambda: Page(make(), language))
    return _of_one_reader(HttpResponse(page.html, content_type=content_type), page)


def _of_one_reader(response: HttpResponse, page: Page) -> HttpResponse:
    """Whatever stands between us and the reader must not keep it for others."""
    response["Content-Language"] = page.language
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie",))
    return response


def _kept(request: HttpRequest, language: str, make: Callable[[], Page], also: str = "") -> Page:
    reader = reader_of(request)
    place = f"{request.path}?{also}"
    return kept(Key(edition_of(request), centre_of(request).pk or 0, language, reader.key, place), reader, make)


def _for_one(page: Page, request: HttpRequest) -> str:
    theme = theme_of(request)
    html = page.html if theme == "auto" else page.html.replace('data-theme="auto"', f'data-theme="{theme}"', 1)
    return fill(
        html,
        {
            "recent": lambda: _recent(request, page),
            "csrf": lambda: format_html(
                '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
            ),
        },
    )


def _recent(request: HttpRequest, page: Page) -> str:
    """Empty for who has read nothing else here."""
    numbers = [number for number in recent_of(request) if number != page.article]
    if not numbers:
        return ""
    stock = Stock(centre_of(request), page.language, reader_of(request))
    with translation.override(spoken_in(page.language)):
        articles = stock.in_order(numbers, SHOWN_RECENT)
        context = {"articles": articles, "language": page.language}
        return render_to_string("help/_recent.html", context) if articles else ""


def _note(request: HttpRequest, response: HttpResponse, article: int, language: str) -> None:
    if is_read_by_somebody(request):
        note_reading(request, article, language)
        if search := whole_number(request.GET.get("s", "")):
            note_click(search, article, visitor=known_visitor(request))
        know_again(request, response)
    if request.method == "GET":
        remember(request, response, article)
