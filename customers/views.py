"""The customer's page: the record. Their tickets come from a tickets address (`hx-get`): customers know no tickets."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from customers.models import Customer


@require_GET
@login_required
def customer_page(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(
        Customer.objects.select_related("organisation").prefetch_related("identities"), pk=customer_id
    )
    return render(request, "customers/customer.html", {"customer": customer})
