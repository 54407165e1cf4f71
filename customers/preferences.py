"""The signed link by which a customer says what they allow, without an account and without a sign-in.

It holds for ever: a mail may be opened years later, and its unsubscribe button has to work (RFC 8058 §3.1).
"""

from __future__ import annotations

import re

from django.conf import settings

from customers.merging import survivor_of
from customers.models import ContactChannel, Customer, Purpose
from helpdesk.lib.signing import sign, verify

_TOKEN = re.compile(
    r"(?P<customer>[0-9]{1,18})\.(?P<channel>[a-z]{1,12})\.(?P<purpose>[a-z]{1,8})\.(?P<mac>[a-z2-7]{16})"
)
_SIGNED_FOR = "preferences"


def token_of(customer: Customer, channel: str, purpose: str) -> str:
    """`channel` and `purpose` are those of the message in which it stands."""
    return f"{customer.pk}.{channel}.{purpose}.{sign(_SIGNED_FOR, customer.pk, channel, purpose)}"


def preferences_address(customer: Customer, channel: str = ContactChannel.EMAIL, purpose: str = Purpose.SUPPORT) -> str:
    return f"{settings.PUBLIC_URL}/preferences/{token_of(customer, channel, purpose)}/"


def unsubscribe_address(customer: Customer, channel: str, purpose: str) -> str:
    return f"{preferences_address(customer, channel, purpose)}unsubscribe/"


def read_token(token: str) -> tuple[Customer, str, str] | None:
    """The customer, whoever they were merged into since, with channel and purpose; None when nobody signed it so."""
    match = _TOKEN.fullmatch(token)
    if not match or not verify(match["mac"], _SIGNED_FOR, match["customer"], match["channel"], match["purpose"]):
        return None
    named = Customer.objects.select_related("merged_into").filter(pk=match["customer"]).first()
    customer = survivor_of(named) if named else None
    if customer is None or customer.erased_at:
        return None
    return customer, match["channel"], match["purpose"]
