"""Who the visitor of a chat is: somebody new, until it is proved who."""

from __future__ import annotations

from customers.identify import identify
from customers.models import Customer, IdentityKind, ProvedBy
from tickets.models import ChatVisitor


def customer_of(visitor: ChatVisitor) -> Customer:
    """The customer behind a visitor, a new one for the first words of somebody unknown.

    The name they give is used as a name; an address that they merely type leads to nobody else's record.
    """
    if visitor.customer_id and visitor.customer:
        return visitor.customer
    identity = identify(IdentityKind.CHAT, str(visitor.pk), name=visitor.claimed_name, proved_by=ProvedBy.WIDGET_TOKEN)
    ChatVisitor.objects.filter(pk=visitor.pk).update(customer=identity.customer)
    visitor.customer = identity.customer
    return identity.customer
