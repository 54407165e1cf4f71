"""Two records of one person: they had a link that was given to the one, and opened it where the other writes.

They become one where one of the two is known by nothing but this way; where both have proofs of their own an agent is
asked, because a link can be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from customers.actors import Actor
from customers.duplicates import suggest
from customers.errors import Refused
from customers.merging import merge, survivor_of
from customers.models import PROOFS, Customer, Identity, IdentityKind


@transaction.atomic
def by_link(identity: Identity, customer: Customer, also: Iterable[tuple[str, str]] = ()) -> Identity:
    """`identity`, as it is afterwards: of `customer`, unless an agent is to say. `also` is vouched for with it.

    Of two people who open one link at the same moment the second waits here, and finds what the first has proved.
    """
    _lock(identity.customer_id, customer.pk)
    identity = Identity.objects.select_related("customer").get(pk=identity.pk)
    customer, here = survivor_of(Customer.objects.get(pk=customer.pk)), identity.customer
    if here.pk == customer.pk:
        return identity
    survivor, other = customer, here
    if _proofs_besides(here, {(identity.kind, identity.value), *also}):
        survivor, other = here, customer
        if _proofs_besides(customer, set()):
            suggest(here.pk, customer.pk, "link", identity.value)
            return identity
    try:
        merge(survivor, other, actor=Actor.of_customer(survivor), confirmed=True)
    except Refused:  # one of them is being erased
        return identity
    return Identity.objects.select_related("customer").get(pk=identity.pk)


def _lock(*customers: int) -> None:
    """In the order in which merging takes them."""
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=customers)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _proofs_besides(customer: Customer, these: set[tuple[str, str]]) -> bool:
    """A chat's visitor alone is whoever sat at that browser."""
    proved = customer.identities.filter(proved_by__in=PROOFS).exclude(kind=IdentityKind.CHAT)
    return bool(set(proved.values_list("kind", "value")) - these)
