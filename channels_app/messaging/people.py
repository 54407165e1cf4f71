"""From the provider's key of a person to their identity, and so to their customer."""

from __future__ import annotations

from channels_app.base import Person
from channels_app.messaging.text import storable
from channels_app.models import ProviderAccount
from channels_app.registry import adapter_of
from customers.errors import Refused
from customers.identify import identify
from customers.models import Identity, IdentityKind


def identity_of(account: ProviderAccount, person: Person) -> Identity:
    """Inside a transaction. Whoever writes the first time is a new customer, or one that the provider vouches for."""
    kind, key, name = adapter_of(account.kind).identity_kind, storable(person.key), storable(person.name).strip()
    name = name or storable(person.handle).strip()
    try:
        if kind != IdentityKind.EXTERNAL:
            return identify(kind, key, name=name)
    except Refused:  # letters in place of a number, as shops write texts: nobody can be answered there
        pass
    return identify(IdentityKind.EXTERNAL, own_key(account, key), name=name)


def own_key(account: ProviderAccount, key: str) -> str:
    """What only means something on this account, so that it is never taken for another network's number."""
    shown = "".join(char for char in key if char.isprintable())[:200]
    return f"{account.kind}:{account.pk}:{shown or '?'}"
