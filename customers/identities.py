"""What a customer is known by: added, proved, moved and removed.

One address is one customer's. Where two records claim it, nothing is decided unseen: an unproved one moves when whoever
asks has confirmed it, a proved one never does, and the records can be merged instead.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Refused
from customers.events import record
from customers.identity_events import IdentityAdded, IdentityMoved, IdentityProved, IdentityRemoved
from customers.models import PROOFS, Customer, Identity, IdentityKind, ProvedBy
from customers.normalising import normalise
from customers.phones import usual_country
from customers.record import refuse_gone

MAX_IDENTITIES = 100


class Claimed(Refused):
    """Another record has it: `identity`. It `may_move` when it is asked for again with `take_over`."""

    def __init__(self, identity: Identity) -> None:
        self.identity, self.may_move = identity, not identity.is_verified
        if self.may_move:
            reason = _("Another record has this, but nobody has proved that it is theirs.")
        else:
            reason = _("This was proved to belong to another record. If both are one person, merge the records.")
        super().__init__(reason, field="value")


def add_identity(
    customer: Customer,
    kind: str,
    value: str,
    *,
    actor: Actor,
    proved_by: str = ProvedBy.AGENT,
    take_over: bool = False,
    now: datetime | None = None,
) -> Identity:
    """`Refused` when it cannot be one, `Claimed` when another record has it. Had already: it is proved at most."""
    value = _readable(customer, kind, value)
    with transaction.atomic():
        known = Identity.objects.filter(kind=kind, value=value).first()
        locked = _locked(customer, known)
        if known is None:
            return _create(locked, kind, value, proved_by, actor, now)
        if known.customer_id == locked.pk:
            return prove_identity(known, proved_by, actor=actor, now=now)
        moved = move_identity(known, locked, actor=actor, confirmed=take_over, now=now)
        return prove_identity(moved, proved_by, actor=actor, now=now)


def _readable(customer: Customer, kind: str, value: str) -> str:
    is_number = kind in (IdentityKind.PHONE, IdentityKind.WHATSAPP)
    value = normalise(kind, value, country=_country(customer) if is_number else "")
    if kind == IdentityKind.EMAIL:
        try:
            validate_email(value)
        except ValidationError as error:
            raise Refused(_("This is no e-mail address."), field="value") from error
    return value


def _country(customer: Customer) -> str:
    """Asked anew: whoever has the customer in their hands may have had them for a while."""
    return usual_country(Customer.objects.values_list("time_zone", flat=True).get(pk=customer.pk))


def _locked(customer: Customer, known: Identity | None = None) -> Customer:
    """Both customers that an identity may pass between, always in the same order."""
    ids = {customer.pk} | ({known.customer_id} if known else set())
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    locked = next(row for row in rows if row.pk == customer.pk)
    refuse_gone(locked)
    return locked


def _create(customer: Customer, kind: str, value: str, proved_by: str, actor: Actor, now: datetime | None) -> Identity:
    if customer.identities.count() >= MAX_IDENTITIES:
        raise Refused(_("A record has at most %(count)s identities.") % {"count": MAX_IDENTITIES}, field="value")
    try:
        with transaction.atomic():
            identity = Identity.objects.create(customer=customer, kind=kind, value=value, proved_by=proved_by)
    except IntegrityError as error:  # known since a moment: to be somebody else's, or theirs by a double click
        known = Identity.objects.select_related("customer").get(kind=kind, value=value)
        if known.customer_id == customer.pk:
            return prove_identity(known, proved_by, actor=actor, now=now)
        raise Claimed(known) from error
    record(customer, IdentityAdded(kind, value, proved_by), actor=actor, now=now)
    return identity


@transaction.atomic
def prove_identity(identity: Identity, proved_by: str, *, actor: Actor, now: datetime | None = None) -> Identity:
    """Write down a better proof than there was; the first that counts stays."""
    locked = Identity.objects.select_for_update(of=("self",)).select_related("customer").get(pk=identity.pk)
    if locked.is_verified or proved_by not in PROOFS:
        return locked
    old, locked.proved_by, locked.proved_at = locked.proved_by, proved_by, now or timezone.now()
    locked.save(update_fields=["proved_by", "proved_at"])
    record(locked.customer, IdentityProved(locked.kind, locked.value, old, proved_by), actor=actor, now=now)
    return locked


@transaction.atomic
def move_identity(
    identity: Identity, customer: Customer, *, actor: Actor, confirmed: bool = False, now: datetime | None = None
) -> Identity:
    """Give an unproved identity to `customer`; `Claimed` when it is proved, or nobody has confirmed it."""
    to = _locked(customer, identity)
    locked = Identity.objects.select_for_update(of=("self",)).select_related("customer").get(pk=identity.pk)
    if locked.customer_id == to.pk:
        return locked
    if locked.is_verified or not confirmed:
        raise Claimed(locked)
    before = locked.customer
    locked.customer, locked.proved_by, locked.proved_at = to, ProvedBy.AGENT, now or timezone.now()
    locked.save(update_fields=["customer", "proved_by", "proved_at"])
    moved = IdentityMoved(locked.kind, locked.value, before.pk, str(before), to.pk, str(to))
    for each in (before, to):
        record(each, moved, actor=actor, now=now)
    return locked


@transaction.atomic
def remove_identity(identity: Identity, *, actor: Actor, now: datetime | None = None) -> None:
    """The next message from there makes a new customer. What they wrote before stays where it is."""
    locked = Identity.objects.select_for_update(of=("self",)).select_related("customer").filter(pk=identity.pk).first()
    if locked is None:
        return
    refuse_gone(locked.customer)
    removed = IdentityRemoved(locked.kind, locked.value, locked.proved_by)
    locked.delete()
    record(locked.customer, removed, actor=actor, now=now)
