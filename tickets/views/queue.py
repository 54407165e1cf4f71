"""The queue: a page for each standard view, and the list alone for the live page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tickets import queue
from tickets.models import Ticket
from tickets.paging import page_of
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def queue_page(request: StaffRequest) -> HttpResponse:
    return render(request, "tickets/queue.html", list_context(request))


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
    return render(request, "components/nav.html", {"active": request.GET.get("active", "")})


def list_context(request: StaffRequest) -> dict[str, Any]:
    slug = request.GET.get("view", "")
    view = queue.VIEWS.get(slug) or queue.VIEWS[queue.DEFAULT_VIEW]
    after = request.GET.get("after", "")
    current = request.GET.get("current", "")
    page = page_of(queue.tickets_in(view.slug, request.user), after)
    return {
        "view": view,
        "active": view.slug,
        "page": page,
        "after": after,
        "current": int(current) if current.isdecimal() else 0,
    }
