"""The list of organisations with their numbers, and the numbers on the page of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from customers import policies
from customers.folding import Folded, fold_name
from customers.models import Organisation
from customers.views.support import StaffRequest, staff_only, wants_fragment
from tickets.customers.organisation_numbers import in_list, numbers_of
from tickets.customers.patterns import has, is_indexed
from tickets.models.ticket import UNSOLVED

PAGE_SIZE, LAST_PAGE = 50, 200
MAX_WORDS = 6
SORTS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "name": (_("Name"), ("folded", "pk")),
    "-created": (_("Newest first"), ("-pk",)),
    "-members": (_("Most members"), ("-members", "pk")),
    "-open": (_("Most open tickets"), ("-open", "pk")),
}


@require_GET
@staff_only
def organisations(request: StaffRequest) -> HttpResponse:
    sort, page = sort_of(request), page_number(request)
    rows = list(query(request).select_related("owner", "parent")[page * PAGE_SIZE : (page + 1) * PAGE_SIZE + 1])
    numbers = in_list(rows[:PAGE_SIZE], request.user)
    context: dict[str, Any] = {
        "rows": [(row, numbers[row.pk]) for row in rows[:PAGE_SIZE]],
        "next": page + 1 if len(rows) > PAGE_SIZE and page < LAST_PAGE else 0,
        "text": text_of(request), "query": urlencode({"q": text_of(request), "sort": sort}),
        "sort": sort, "sorts": [(key, label) for key, (label, _order) in SORTS.items()],
        "may_edit": policies.may_edit_customer(request.user), "active": "customers",
    }  # fmt: skip
    fragment = wants_fragment(request) and request.headers.get("HX-Target") == "organisations-found"
    name = "_organisations_found" if fragment else "organisations"
    return render(request, f"tickets/customers/{name}.html", context)


@require_GET
@staff_only
def numbers(request: StaffRequest, organisation_id: int) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    shown = numbers_of(organisation, request.user, now=timezone.localtime())
    return render(
        request, "tickets/customers/_organisation_numbers.html", {"organisation": organisation, "numbers": shown}
    )


def query(request: HttpRequest) -> QuerySet[Organisation]:
    """All that the address of a list means, in its order: for an export, or whatever takes them all."""
    found = Organisation.objects.annotate(folded=Folded("name"))
    for word in fold_name(text_of(request)).split()[:MAX_WORDS]:
        found = found.filter(_named(word))
    sort = sort_of(request)
    if sort == "-members":
        current = Q(customers__merged_into=None, customers__erased_at=None)
        found = found.annotate(members=Count("customers", filter=current))
    if sort == "-open":
        unsolved = Q(customers__tickets__status__in=UNSOLVED)
        found = found.annotate(open=Count("customers__tickets", filter=unsolved))
    return found.order_by(*SORTS[sort][1])


def _named(word: str) -> Q:
    """In its name or one of its domains."""
    named = has("folded", word) if is_indexed(word) else Q(folded__contains=word)
    return named | Q(domains__contains=[word]) | Q(external_id__iexact=word)


def text_of(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\0", " ").split())[:120]


def sort_of(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "")
    return sort if sort in SORTS else "name"


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
