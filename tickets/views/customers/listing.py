"""The list of customers: the page, the rows while somebody types, its filter, and how many there are."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from customers.models import Segment
from customers.views.support import StaffRequest, staff_only, wants_fragment
from tickets.builder import conditions_data
from tickets.conditions.scopes import CUSTOMER
from tickets.customers.listing import SORTS, Asked, asked
from tickets.customers.segments import broken, count_of, shown_to
from tickets.views import support
from tickets.wording import as_json, parts_of


@require_GET
@staff_only
def customers(request: StaffRequest) -> HttpResponse:
    """What was not understood is said in the place of the rows, with 422."""
    wanted = asked(request)
    fragment = wants_fragment(request) and request.headers.get("HX-Target") == "customers-found"
    context = found_context(wanted) if fragment else page_context(wanted)
    template = "tickets/customers/_found.html" if fragment else "tickets/customers/list.html"
    return render(request, template, context, status=422 if wanted.refused else 200)


@require_GET
@staff_only
def customer_count(request: StaffRequest) -> HttpResponse:
    """By itself, because a page should not wait for it."""
    wanted = asked(request)
    return render(request, "tickets/customers/_count.html", {"count": count_of(wanted.customers), "of": "list"})


@require_GET
@support.staff_only
def customer_filter(request: support.StaffRequest) -> HttpResponse:
    """The condition builder for the list that is shown: a filter for now, which can be saved as a segment."""
    wanted = asked(request)
    context: dict[str, Any] = {
        "list": wanted,
        "tree": json.dumps(wanted.filter, ensure_ascii=False),
        "data": conditions_data(wanted.filter, request.user, CUSTOMER),
        "problems": [],
    }
    return render(request, "tickets/customers/_filter.html", context)


def found_context(wanted: Asked) -> dict[str, Any]:
    return {"list": wanted, "page": wanted.page(), "query": wanted.query(), "next": wanted.query}


def page_context(wanted: Asked) -> dict[str, Any]:
    chips = [
        {"text": text, "query": wanted.query(filter=without)}
        for text, without in parts_of(wanted.filter, wanted.user, CUSTOMER)
    ]
    return found_context(wanted) | {
        "segments": shown_to(wanted.user, Segment.objects.visible_to(wanted.user)),
        "broken": broken(wanted.segment) if wanted.segment else [],
        "chips": chips,
        "sorts": SORTS,
        "unfiltered": wanted.query(filter="", segment=""),
        "filter_json": as_json(wanted.filter),
        "active": "customers",
    }
