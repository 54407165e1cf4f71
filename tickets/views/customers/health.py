"""A customer at a glance: a card of their page, and a part of the panel beside their tickets."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from customers.models import Customer
from customers.money import money
from customers.policies import may_see_customers
from tickets.customers.health import health_of
from tickets.realtime import customer_topic
from tickets.sla.words import length
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def customer_health(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """`?beside=ticket` draws it as a section of the ticket's panel."""
    require(may_see_customers(request.user))
    customer = get_object_or_404(Customer, pk=customer_id)
    if customer.merged_into_id:
        return redirect(f"{reverse('customer-health', args=[customer.merged_into_id])}?{request.GET.urlencode()}")
    return _drawn(request, customer)


def _drawn(request: StaffRequest, customer: Customer) -> HttpResponse:
    health = health_of(customer, request.user, now=timezone.now())
    context = {
        "customer": customer,
        "health": health,
        "usual_reply": length(health.usual_reply.total_seconds()) if health.usual_reply is not None else "",
        "worth": [(money(worth.total, worth.currency), worth.orders) for worth in health.worth],
        "is_beside": request.GET.get("beside") == "ticket",
        "topic": customer_topic(customer.pk),
        "src": request.get_full_path(),
    }
    return render(request, "tickets/customers/_health.html", context)
