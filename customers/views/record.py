"""The customer's page: who they are at the side, everything that happened as the main thing.

What needs tickets comes from their addresses (`hx-get`): customers know no tickets.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from customers.views.facts import facts_context
from customers.views.identities import identities_context
from customers.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def customer_page(request: StaffRequest, customer_id: int) -> HttpResponse:
    """One that was merged leads to the survivor; of one that was erased the page says only that."""
    customer = get_object_or_404(Customer.objects.select_related("organisation", "owner"), pk=customer_id)
    if customer.merged_into_id:
        messages.info(request, _("This customer was merged into the one you see."))
        return redirect("customer", customer.merged_into_id)
    if customer.erased_at:
        return render(request, "customers/erased.html", {"customer": customer, "active": "customers"}, status=410)
    context = facts_context(customer, request.user) | identities_context(customer, request.user)
    return render(request, "customers/customer.html", context | {"active": "customers"})
