"""Conversations on our accounts at Meta, on which agents answer by the whole way of a message."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from channels_app.messaging import sending
from channels_app.models import Conversation, Direction, ProviderAccount, ProviderMessage
from channels_app.registry import adapter_of
from customers.actors import Actor
from customers.models import Customer, Identity
from helpdesk.accounts.models import User
from tickets.models import Inbox, Message, Ticket
from tickets.routes import routes_of
from tickets.services import Incoming, add_reply, open_ticket, receive_message


def begin(
    account: ProviderAccount, inbox: Inbox, customer: Customer, key: str, *, hours_ago: float = 0.1, name: str = "in-1"
) -> Conversation:
    """`customer` wrote so long ago, and a ticket was made of it."""
    account.inbox = inbox
    account.save()
    adapter, actor = adapter_of(account.kind), Actor.of_customer(customer)
    ticket = open_ticket(customer, "Rattles", inbox=inbox, channel=adapter.channel, actor=actor)
    identity = Identity.objects.create(
        customer=customer, kind=adapter.identity_kind, value=key.rpartition(":")[2], proved_by="received"
    )
    talk = Conversation.objects.create(
        account=account,
        thread_key=key,
        identity=identity,
        ticket=ticket,
        is_public=key.startswith("post:"),
        last_inbound_at=timezone.now() - timedelta(hours=hours_ago),
    )
    incoming = Incoming(text="It rattles", from_address=key, facts={"conversation": talk.pk})
    message = receive_message(ticket, incoming, customer=customer, channel=adapter.channel, actor=actor)
    ProviderMessage.objects.create(
        account=account, conversation=talk, message=message, external_id=name, direction=Direction.IN
    )
    return talk


def answer(talk: Conversation, by: User, html: str = "<p>Oil it.</p>", **more: object) -> Message:
    ticket = Ticket.objects.get(conversations=talk)
    route = next(route for route in routes_of(ticket) if route.conversation == talk.pk)
    return add_reply(ticket, html, actor=Actor.agent(by), route=route, **more)  # type: ignore[arg-type]


def deliver(message: Message) -> list[ProviderMessage]:
    """Try each part once; as they are then."""
    parts = ProviderMessage.objects.filter(message=message, direction=Direction.OUT).order_by("number")
    for part in parts:
        sending.deliver(part.pk)
    message.refresh_from_db()
    return list(parts.all())
