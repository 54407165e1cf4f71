"""Where a visitor can be written to: an address that they typed, which proves nothing, or one that is known.

Who types an address is not given what belongs to it: nobody's record, tickets or name. It is kept as their word, mails
to them go there, and when another record has it staff are told so.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.identities import Claimed, add_identity
from customers.models import Customer, Identity, IdentityKind, ProvedBy
from customers.normalising import normalise
from tickets.chat.visitors import customer_of
from tickets.models import ChatVisitor
from tickets.services import Refused, own_addresses

LONGEST = 254  # characters, RFC 5321 §4.5.3.1.3


def tidy(email: str) -> str:
    """As it is stored and compared. Raises `Refused` for what is no address, and for our own: that would be a loop."""
    address = normalise(IdentityKind.EMAIL, email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(_("This is no e-mail address."), field="email") from error
    if len(address) > LONGEST or own_addresses([address]):
        raise Refused(_("Please give an address of your own."), field="email")
    return address


def keep_word(visitor: ChatVisitor, *, name: str = "", email: str = "") -> None:
    """What the visitor says of themselves, as their word. `email` is tidy."""
    told = {"claimed_name": " ".join(name.split())[:200], "claimed_email": email}
    changed = {field: value for field, value in told.items() if value and getattr(visitor, field) != value}
    for field, value in changed.items():
        setattr(visitor, field, value)
    if changed:
        visitor.save(update_fields=[*changed])


def take_address(visitor: ChatVisitor, email: str, *, now: datetime | None = None) -> Customer | None:
    """Put `email` on the visitor's own record, unproved. Whose it is instead, when another record has it."""
    customer = customer_of(visitor)
    actor = Actor.of_customer(customer)
    try:
        add_identity(customer, IdentityKind.EMAIL, email, actor=actor, proved_by=ProvedBy.CLAIMED, now=now)
    except Claimed as claimed:
        return claimed.identity.customer
    return None


def holder_of(visitor: ChatVisitor) -> Identity | None:
    """The address that the visitor says is theirs, when it is on somebody else's record."""
    if not visitor.claimed_email:
        return None
    known = Identity.objects.filter(kind=IdentityKind.EMAIL, value=visitor.claimed_email)
    return known.exclude(customer=visitor.customer_id).select_related("customer").first()


def claimed_by(customer: Customer) -> Identity | None:
    """The address that `customer` said in a chat is theirs and that nothing proves to be so; on whichever record."""
    said = ChatVisitor.objects.filter(customer=customer).exclude(claimed_email="").order_by("-last_seen_at")
    address = said.values_list("claimed_email", flat=True).first()
    known = Identity.objects.filter(kind=IdentityKind.EMAIL, value=address or "").select_related("customer").first()
    return None if known and known.customer_id == customer.pk and known.is_verified else known


def address_of(visitor: ChatVisitor) -> str:
    """A proved one of theirs, else what they typed last, else any that is known; empty when there is none."""
    known = list(visitor.customer.identities.filter(kind=IdentityKind.EMAIL)) if visitor.customer else []
    proved = next((each.value for each in known if each.is_verified), "")
    return proved or visitor.claimed_email or (known[0].value if known else "")
