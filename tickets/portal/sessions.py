"""Which customer is signed in on the public pages. Staff sign in elsewhere; one browser may be both."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.models import Customer

CUSTOMER: Final = "portal_customer"
SIGNED_IN_AT: Final = "portal_signed_in_at"
LASTS: Final = timedelta(days=30)


def sign_in(request: HttpRequest, customer: Customer) -> None:
    """From here on the session is this customer's. Its key changes, so that nobody who knew the old one gets in."""
    request.session.cycle_key()
    request.session[CUSTOMER] = customer.pk
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()


def sign_out(request: HttpRequest) -> None:
    request.session.pop(CUSTOMER, None)
    request.session.pop(SIGNED_IN_AT, None)
    request.session.cycle_key()


def customer_of(request: HttpRequest) -> Customer | None:
    """Who is signed in; one that was merged since is their survivor, one that was erased is nobody."""
    if CUSTOMER not in request.session:
        return None
    since = parse_datetime(request.session.get(SIGNED_IN_AT, ""))
    if since is None or timezone.now() - since > LASTS:
        return None
    customer = Customer.objects.select_related("organisation").filter(pk=request.session[CUSTOMER]).first()
    while customer and customer.merged_into_id:
        customer = Customer.objects.select_related("organisation").get(pk=customer.merged_into_id)
    return customer if customer and not customer.erased_at else None
