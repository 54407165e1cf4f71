"""Whom a shop means: a customer by our id, the shop's own id, an e-mail address or a phone number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from customers.actors import Actor
from customers.errors import Refused
from customers.events import RecordCreated, record
from customers.identify import identify, normalise
from customers.models import Customer, Identity, IdentityKind, ProvedBy, RecordEvent
from helpdesk.lib.typed import whole_number

# In this order: the first that is known decides, and the others must not say somebody else.
NAMED_BY = {"external_id": IdentityKind.EXTERNAL, "email": IdentityKind.EMAIL, "phone": IdentityKind.PHONE}
MOST_MERGES = 20  # records merged one into the next; more would be a circle


def find_or_create(given: Mapping[str, Any], *, may_create: bool, actor: Actor) -> Customer:
    """The one customer that `given` names. Raises `Refused` (field "customer") for nobody, or for two."""
    if given.get("id") not in (None, ""):
        return _by_id(str(given["id"]))
    named = _identities(given)
    if not named:
        raise Refused("Customer: give one of id, external_id, email, phone", field="customer")
    known = [identity.customer for kind, value in named if (identity := _known(kind, value))]
    if len({customer.pk for customer in known}) > 1:
        raise Refused("Customer: what is given belongs to different customers", field="customer")
    if known:
        return _in_use(known[0])
    if not may_create:
        raise Refused("Customer: not found; send create_customer true to create it", field="customer")
    _refuse_no_address(given)
    return _create(named, str(given.get("name") or ""), actor)


def _refuse_no_address(given: Mapping[str, Any]) -> None:
    """Mail comes from stranger ones than these, and is found by them; nobody is created with one."""
    if address := str(given.get("email") or "").strip():
        try:
            validate_email(address)
        except ValidationError as error:
            raise Refused("Customer: email is not valid", field="customer") from error


def _by_id(text: str) -> Customer:
    number = whole_number(text)
    found = Customer.objects.filter(pk=number).first() if number is not None else None
    if found is None:
        raise Refused("Customer: id not found", field="customer")
    return _in_use(found)


def _in_use(customer: Customer) -> Customer:
    for _ in range(MOST_MERGES):
        if customer.merged_into is None:
            break
        customer = customer.merged_into
    if customer.erased_at:
        raise Refused("Customer: was erased", field="customer")
    return customer


def _identities(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    named: list[tuple[str, str]] = []
    for key, kind in NAMED_BY.items():
        if text := str(given.get(key) or "").strip():
            try:
                named.append((kind, normalise(kind, text)))
            except (ValueError, Refused) as error:
                raise Refused(f"Customer: {key} is not valid ({error})", field="customer") from error
    return named


def _known(kind: str, value: str) -> Identity | None:
    return Identity.objects.select_related("customer__merged_into").filter(kind=kind, value=value).first()


@transaction.atomic
def _create(named: list[tuple[str, str]], name: str, actor: Actor) -> Customer:
    """The first identity makes the customer (whoever is faster), the others are put to it."""
    customer = identify(*named[0], name=name, proved_by=ProvedBy.API).customer
    for kind, value in named[1:]:
        Identity.objects.get_or_create(
            kind=kind, value=value, defaults={"customer": customer, "proved_by": ProvedBy.API}
        )
    if not RecordEvent.objects.filter(customer=customer, kind=RecordCreated.kind).exists():  # the same told at once
        record(customer, RecordCreated("api"), actor=actor)
    return customer
