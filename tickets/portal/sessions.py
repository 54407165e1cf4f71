"""Which customer is signed in on the public pages. Staff sign in elsewhere; one browser may be both.

A session is an address's, as the link was: it opens what belongs to whoever has the address now. Where it is taken
away from a customer, or two who were merged are parted again, nobody goes on reading what is no longer theirs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.merging import survivor_of
from customers.models import Customer, Identity

IDENTITY: Final = "portal_identity"
SIGNED_IN_AT: Final = "portal_signed_in_at"
LASTS: Final = timedelta(days=30)


def sign_in(request: HttpRequest, identity: Identity) -> None:
    """From here on the session is this address's. Its key changes, so that nobody who knew the old one gets in."""
    request.session.cycle_key()
    request.session[IDENTITY] = identity.pk
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()


def sign_out(request: HttpRequest) -> None:
    request.session.pop(IDENTITY, None)
    request.session.pop(SIGNED_IN_AT, None)
    request.session.cycle_key()


def customer_of(request: HttpRequest) -> Customer | None:
    """Who has the address that signed in; one that was merged is their survivor, one that was erased is nobody."""
    if IDENTITY not in request.session:
        return None
    since = parse_datetime(request.session.get(SIGNED_IN_AT, ""))
    if since is None or timezone.now() - since > LASTS:
        return None
    known = Identity.objects.select_related("customer__organisation").filter(pk=request.session[IDENTITY]).first()
    customer = survivor_of(known.customer) if known else None
    return customer if customer and not customer.erased_at else None
