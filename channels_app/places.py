"""Where an agent writes to each of a customer's identities by messenger or SMS."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from channels_app.messaging.routes import are_there, starting_accounts
from channels_app.models import Conversation
from channels_app.registry import adapter_of
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets import policies
from tickets.models import Status, Ticket


def places_to_write(customer: Customer, user: User) -> dict[int, str]:
    """By the id of an identity: the open ticket on which they talk with us there, else where we begin."""
    if not are_there() or not policies.may_reply(user):
        return {}
    talks = Conversation.objects.filter(identity__customer=customer, is_public=False, account__is_active=True)
    talks = talks.filter(unreachable="", ticket__in=Ticket.objects.visible_to(user))
    talks = talks.exclude(ticket__status=Status.CLOSED).exclude(facts__has_key="moved_to")
    found = talks.order_by("pk").values_list("identity_id", "pk", "ticket_id")
    places = {
        identity: f"{reverse('ticket', args=[number])}?route=c{talk}#composer" for identity, talk, number in found
    }
    beginning = {adapter_of(account.kind).identity_kind: account.pk for account in reversed(starting_accounts())}
    for identity in customer.identities.filter(kind__in=beginning).exclude(pk__in=places):
        asked = {"account": beginning[identity.kind], "number": identity.value, "name": customer.name}
        places[identity.pk] = f"{reverse('new-message')}?{urlencode(asked)}"
    return places
