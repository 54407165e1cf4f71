"""The search page, suggestions while typing, and the searches that a person keeps."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets.models import SavedSearch
from tickets.search import history
from tickets.search.help import quick_filters
from tickets.search.parsing import one_line
from tickets.search.results import Results, search
from tickets.search.suggestions import suggest
from tickets.services import Refused
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def search_page(request: StaffRequest) -> HttpResponse:
    """Results for `q`; without it, what was searched for before. `exact=1` leaves the words as they are typed."""
    text, after = one_line(request.GET.get("q", "")), request.GET.get("after", "")
    is_exact, is_any = request.GET.get("exact") == "1", request.GET.get("any") == "1"
    results = search(text, request.user, after=after, is_exact=is_exact, is_any=is_any)
    if not (results.error or results.query.is_empty or after):
        history.remember(text, user=request.user)
    context = page_context(request, text, results) | {"after": after, "is_exact": is_exact, "is_any": is_any}
    return render(request, "tickets/search/page.html", context, status=422 if results.error else 200)


def page_context(request: StaffRequest, text: str, results: Results) -> dict[str, Any]:
    kept = {"q": text, "any": request.GET.get("any", ""), "exact": request.GET.get("exact", "")}
    more = urlencode({name: value for name, value in kept.items() if value} | {"after": results.after})
    saved, recent = history.kept(request.user)
    tree = json.dumps(results.query.tree, separators=(",", ":"), ensure_ascii=False)
    return {
        "active": "search",
        "text": text,
        "results": results,
        "more_url": f"?{more}" if results.after else "",
        "words_only": " ".join(term.written for term in results.query.positive),
        "view_url": f"/agent/views/new/?{urlencode({'view': 'all', 'filter': tree})}" if results.query.tree else "",
        "list_url": _list_url(text, results) if not kept["any"] else "",
        "recent": recent,
        "saved": saved,
        "is_saved": any(one.query == text for one in saved),
        "quick_filters": quick_filters(text) if text and not results.error else [],
    }


def _list_url(text: str, results: Results) -> str:
    """What was found as a list: to be sorted, grouped, walked through and changed in one go."""
    if not results.tickets:
        return ""
    searched = results.correction.text if results.correction else text
    return f"/agent/?{urlencode({'view': 'all', 'q': searched})}"


@require_GET
@staff_only
def suggestions(request: StaffRequest) -> JsonResponse:
    return JsonResponse({"results": suggest(request.GET.get("q", ""), request.user)})


@require_POST
@staff_only
def saved_searches(request: StaffRequest) -> HttpResponse:
    """Keep a search under a name."""
    query = request.POST.get("q", "")
    try:
        kept = history.save_search(query, request.POST.get("title", ""), user=request.user)
        messages.success(request, _("Saved as “%(title)s”.") % {"title": kept.title})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(query)


@require_POST
@staff_only
def saved_search(request: StaffRequest, search_id: int) -> HttpResponse:
    """Rename one of one's own searches, or with `delete` forget it."""
    kept = get_object_or_404(SavedSearch, pk=search_id, user=request.user)
    try:
        if "delete" in request.POST:
            history.delete_search(kept)
        else:
            history.rename_search(kept, request.POST.get("title", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(request.POST.get("q", ""))


@require_POST
@staff_only
def recent_searches(request: StaffRequest) -> HttpResponse:
    """Forget what was searched for and not saved."""
    history.clear_recent(request.user)
    return _back(request.POST.get("q", ""))


def _back(query: str) -> HttpResponse:
    query = query.strip()[:2_000]
    return redirect(f"/agent/search/?{urlencode({'q': query})}" if query else "/agent/search/")
