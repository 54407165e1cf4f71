"""From what a telephone shows to the customer who calls."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.errors import Refused as NoNumber
from customers.identify import identify
from customers.models import Customer, IdentityKind, ProvedBy
from customers.phones import e164, readable, usual_country

# How networks and Twilio write that a number is hidden (the digits spell ANONYMOUS, BLOCKED and the like).
HIDDEN = frozenset(
    "anonymous restricted unavailable unknown private blocked withheld hidden "
    "+266696687 266696687 +7378742833 7378742833 +2562533 2562533 +8656696 8656696 +86282452253 86282452253".split()
)
LONGEST = 64  # characters, what the column takes


def clean_number(said: str) -> str:
    """The number in E.164; an extension, `sip:` or `client:` address as it was told; "" when it is hidden."""
    said = "".join(char for char in said if char.isprintable()).strip()[:LONGEST]
    if said.lower() in HIDDEN or said.lower().partition("@")[0].removeprefix("sip:") in HIDDEN:
        return ""
    try:
        return e164(said, usual_country())
    except NoNumber:
        return said


def caller(number: str, *, name: str = "", proved_by: str = ProvedBy.RECEIVED) -> Customer:
    """Who has `number` (as `clean_number` gives it). Whoever hides it is somebody new each time: nothing tells two
    of them from one.
    """
    if not number:
        return Customer.objects.create(name=_("Hidden number"))
    if number.startswith("+") and number[1:].isdecimal():
        return identify(IdentityKind.PHONE, number, name=name, proved_by=proved_by).customer
    return identify(IdentityKind.EXTERNAL, f"tel:{number}", name=name or number, proved_by=proved_by).customer


def shown(number: str) -> str:
    """As people read it."""
    return readable(number) if number else _("Hidden number")
