"""Searching the help centre: a page of answers, what is shown while somebody types, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from helpdesk.lib.limits import address_of, is_too_often
from helpdesk.lib.typed import whole_number
from knowledge_base.audience import reader_of
from knowledge_base.centres import spoken_in
from knowledge_base.moved import follow
from knowledge_base.popular import is_read_by_somebody, is_somebody
from knowledge_base.search.filters import Filters, filters_of
from knowledge_base.search.finding import Found, find
from knowledge_base.search.log import note_click, note_search
from knowledge_base.search.parsing import LONGEST, one_line
from knowledge_base.shell import answer
from knowledge_base.views.help.pages import asked
from knowledge_base.visitors import know_again, visitor_of

INSTANT = 6
PAGE = 20
# From one network address; a school or an office behind one address searches with a few dozen people at once.
MOST_ANSWERED, MOST_NOTED, A_MINUTE = 300, 60, timedelta(minutes=1)


@require_safe
@follow
def search(request: HttpRequest, language: str) -> HttpResponse:
    """`?q=`, and filters: `category`, `section`, `label`, `in=all` languages."""
    centre, language = asked(request, language)
    words, chosen = one_line(request.GET.get("q", ""))[:LONGEST], filters_of(request.GET)
    after = request.GET.get("after", "")
    found = find(
        words, reader=reader_of(request), centre=centre, language=language, limit=PAGE, after=after, **chosen.asked()
    )
    row = None
    is_new = bool(words) and not (after or chosen.is_any) and is_read_by_somebody(request)
    is_noted = is_new and not _is_flood(request)
    if is_noted:
        row = note_search(
            words, centre=centre, language=language, results=found.count,
            visitor=visitor_of(request), customer_id=reader_of(request).customer_id,
        )  # fmt: skip
    number = row.pk if row else chosen.search
    context = {"query": words, "found": found, "search": number, "chosen": chosen}
    response = answer(
        request, "help/search.html", {**context, **_links(request, chosen, found, language, number)}, language=language
    )
    if is_noted:
        know_again(request, response)
    return response


@require_safe
@follow
def instant(request: HttpRequest, language: str) -> HttpResponse:
    """The options below the field. Nothing is noted: what is typed on the way is no search yet.

    Who begins to search gets their number here: what is noted of it and the article that is opened come at once.
    """
    centre, language = asked(request, language)
    if is_too_often("instant", address_of(request), most=MOST_ANSWERED, within=A_MINUTE):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    words = one_line(request.GET.get("q", ""))[:LONGEST]
    found = find(words, reader=reader_of(request), centre=centre, language=language, limit=INSTANT, prefix=True)
    everything = f"{reverse('help-search', args=[language])}?{urlencode({'q': words})}"
    with translation.override(spoken_in(language)):
        context = {"query": words, "found": found, "language": language, "everything": everything}
        html = render_to_string("help/_instant.html", context) if words else ""
    response = HttpResponse(html, headers={"Cache-Control": "private, no-cache", "Content-Language": language})
    if words and is_read_by_somebody(request):
        know_again(request, response)
    return response


@csrf_exempt  # sent by pages that are kept for many readers; it writes down what the reader says of himself, no more
@require_POST
@follow
def noted(request: HttpRequest, language: str) -> HttpResponse:
    """A search whose answer was read below the field: `q`, and the number of the `article` that was opened."""
    centre, language = asked(request, language)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or not is_somebody(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if _is_flood(request):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    reader, visitor = reader_of(request), visitor_of(request)
    words = one_line(request.POST.get("q", ""))[:LONGEST]
    found = find(words, reader=reader, centre=centre, language=language, limit=1, prefix=True)
    row = note_search(
        words, centre=centre, language=language, results=found.count, visitor=visitor, customer_id=reader.customer_id
    )
    article = whole_number(request.POST.get("article", ""))
    if row and article is not None:
        note_click(row.pk, article, visitor=visitor)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if row:
        know_again(request, response)
    return response


def _is_flood(request: HttpRequest) -> bool:
    """More searches than people make: answered as ever on pages, but no longer written down."""
    return is_too_often("search", address_of(request), most=MOST_NOTED, within=A_MINUTE)


def _links(request: HttpRequest, chosen: Filters, found: Found, language: str, search: int | None) -> dict[str, object]:
    """Each says which search it narrows: what is opened there was found by that one."""
    here = reverse("help-search", args=[language])
    of = f"&s={search}" if search else ""
    words = request.GET.get("q", "")
    facets = chosen.facets(found, reader_of(request), language)
    return {
        "facets": [(facet, f"{here}?{chosen.query(words, facet=facet)}{of}") for facet in facets],
        "unfiltered": f"{here}?{urlencode({'q': words})}",
        "everywhere": f"{here}?{urlencode({'q': words, 'in': 'all'})}{of}",
        "more": f"{here}?{chosen.query(words, after=found.after)}{of}" if found.after else "",
    }
