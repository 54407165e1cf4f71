"""From the provider's key of a person to their identity, and so to their customer."""

from __future__ import annotations

from channels_app.base import Person
from channels_app.messaging import joining
from channels_app.messaging.starting import Led
from channels_app.messaging.text import storable
from channels_app.models import ProviderAccount, ProviderKind
from channels_app.registry import adapter_of
from customers.actors import SYSTEM
from customers.duplicates import suggest
from customers.errors import Refused
from customers.identify import identify
from customers.identities import add_identity
from customers.models import Customer, Identity, IdentityKind, ProvedBy
from customers.normalising import normalise


def identity_of(account: ProviderAccount, person: Person, *, led: Led | None = None) -> Identity:
    """Inside a transaction. Whoever writes the first time is somebody new, but for those whose provider names an
    address that was proved here, and those who came by a link that we gave them (`led`).
    """
    kind, value = key_of(account, person.key)
    name = storable(person.name).strip() or storable(person.handle).strip()
    also = [found for one in person.also if (found := _readable(*one))]
    is_new = not Identity.objects.filter(kind=kind, value=value).exists()
    if is_new and (customer := led.customer if led else _by_address(also)):
        _add(customer, kind, value, account)
    identity = identify(kind, value, name=name)
    if led:
        identity = joining.by_link(identity, led.customer, also)
    for other, address in also:
        _add(identity.customer, other, address, account)
    return identity


def key_of(account: ProviderAccount, key: str) -> tuple[str, str]:
    """Under which kind and value a person of this account is known."""
    kind, key = adapter_of(account.kind).identity_kind, storable(key)
    if kind != IdentityKind.EXTERNAL and (readable := _readable(kind, key)):
        return readable
    return IdentityKind.EXTERNAL, own_key(account, key)  # letters in place of a number: a shop, whom nobody can answer


def own_key(account: ProviderAccount, key: str) -> str:
    """What only means something on this account, so that it is never taken for another network's number."""
    shown = "".join(char for char in key if char.isprintable())[:200]
    return f"{account.kind}:{account.pk}:{shown.strip() or '?'}"


def _by_address(also: list[tuple[str, str]]) -> Customer | None:
    for kind, value in also:
        known = Identity.objects.select_related("customer").filter(kind=kind, value=value).first()
        if known and known.is_verified:
            return known.customer
    return None


def _add(customer: Customer, kind: str, value: str, account: ProviderAccount) -> None:
    """Unless it is somebody else's by now: whether the two are one person is for an agent to say."""
    proof = ProvedBy.API if account.kind == ProviderKind.GENERIC else ProvedBy.RECEIVED
    known = Identity.objects.filter(kind=kind, value=value).first()
    if known and known.customer_id != customer.pk:
        suggest(customer.pk, known.customer_id, "vouched", value)
    if known and (known.customer_id != customer.pk or known.is_verified):
        return
    try:
        add_identity(customer, kind, value, actor=SYSTEM, proved_by=proof)
    except Refused:  # too many, or another was faster
        return


def _readable(kind: str, value: str) -> tuple[str, str] | None:
    try:
        return kind, normalise(kind, storable(value))
    except Refused:
        return None
