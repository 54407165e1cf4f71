"""Shared tickets: members of an organisation that switched them on may see each other's requests.

It is asked of today's membership each time, so who joins, leaves or is merged needs no upkeep. What is seen of a shared
ticket is what its requester sees: public messages, never notes. That is up to who shows it.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from customers.merging import survivor_of
from customers.models import Customer
from tickets.models import Message, Ticket


def shared_with(customer: Customer) -> QuerySet[Ticket]:
    """The requests of others that `customer` may see, in no order; their own are not among them.

    Of a customer who was merged, those of the record that survived; of one who was erased, none.
    """
    survivor = survivor_of(customer)
    if survivor.organisation_id is None or survivor.erased_at:
        return Ticket.objects.none()
    said = Message.objects.public().filter(ticket=OuterRef("pk"))
    shared = Ticket.objects.filter(
        Exists(said), requester__organisation=survivor.organisation_id, requester__organisation__shares_tickets=True
    )
    return shared.exclude(requester=survivor)
