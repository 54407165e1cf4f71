"""The queue: a page for whatever list is asked for, and the list alone for the live page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from helpdesk.lib.typed import whole_number
from tickets.conditions import Problem
from tickets.lists import ListQuery, list_query, standard_list
from tickets.models import Ticket, ViewLayout
from tickets.paging import page_of
from tickets.search.parsing import SearchError
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def queue_page(request: StaffRequest) -> HttpResponse:
    context = list_context(request)
    return render(request, "tickets/queue.html", context, status=422 if context["list"].refused else 200)


@require_GET
@staff_only
def ticket_list(request: StaffRequest) -> HttpResponse:
    return render(request, "tickets/_list.html", list_context(request))


@require_GET
@staff_only
def customer_tickets(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The tickets of one customer, for the customer's page."""
    tickets = Ticket.objects.visible_to(request.user).filter(requester_id=customer_id)
    page = page_of(tickets, request.GET.get("after", ""))
    return render(request, "tickets/_of_customer.html", {"page": page, "customer_id": customer_id})


@require_GET
@staff_only
def nav(request: StaffRequest) -> HttpResponse:
    return render(request, "components/nav.html", {"active": request.GET.get("active", ""), "by_itself": True})


def list_context(request: StaffRequest) -> dict[str, Any]:
    """What the list's templates need. Beside a ticket (`plain`) there is room for rows only, whatever was asked."""
    listed = asked_list(request)
    try:
        page = listed.page()
    except SearchError as error:
        listed = replace(listed, refused=(Problem(path="", field="", reason=str(error)),))
        page = listed.page()
    current, plain = request.GET.get("current", ""), "plain" in request.GET
    return {
        **frame_of(listed),
        "page": page,
        "layout": ViewLayout.ROWS if plain else listed.layout,
        "plain": plain,
        "current": whole_number(current) or 0,
    }


def asked_list(request: StaffRequest) -> ListQuery:
    listed = list_query(request)
    if listed is None:
        raise Http404(_("This view no longer exists, or it belongs to somebody else."))
    return listed


def frame_of(listed: ListQuery) -> dict[str, Any]:
    """The list's head, and the sidebar's mark."""
    return {
        "list": listed,
        "view": listed.view,
        "active": listed.view.slug,
        "query": listed.query(),
        "everywhere": listed.query(view="all"),
    }


def list_beside(request: StaffRequest) -> dict[str, Any]:
    """The list the reader of a ticket came from; the open tickets where it is gone, or where he came another way."""
    listed = list_query(request) if "view" in request.GET else None
    return frame_of(listed or standard_list("open", request.user))
