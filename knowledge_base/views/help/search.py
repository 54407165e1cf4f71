"""Searching the help centre: a page of answers, and what is shown while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from knowledge_base.audience import reader_of
from knowledge_base.listing import Stock
from knowledge_base.moved import follow
from knowledge_base.shell import answer
from knowledge_base.views.help.pages import asked


@require_safe
@follow
def search(request: HttpRequest, language: str) -> HttpResponse:
    centre, language = asked(request, language)
    words = request.GET.get("q", "").strip()[:200]
    stock = Stock(centre, language, reader_of(request))
    found = stock.listed(published__title__icontains=words, most=20) if words else []
    return answer(request, "help/search.html", {"query": words, "articles": found}, language=language)


@require_safe
@follow
def instant(request: HttpRequest, language: str) -> HttpResponse:
    asked(request, language)
    return HttpResponse(status=204)
