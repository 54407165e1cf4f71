from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import registry
from channels_app.models import Conversation, Direction, ProviderAccount, ProviderKind, ProviderMessage
from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer, IdentityKind
from tests.channels_app.messaging import paper
from tickets.models import Channel, Inbox, Ticket
from tickets.services import Incoming, open_ticket, receive_message

NUMBER = "+4915112345678"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[paper.Paper]:
    """What is sent there, and how it answers; without an undo window."""
    settings.UNDO_SEND_SECONDS = 0
    monkeypatch.setitem(registry.ADAPTERS, ProviderKind.WHATSAPP, f"{paper.__name__}.adapter")
    registry.adapter_of.cache_clear()
    yield paper.adapter
    paper.adapter.clear()
    registry.adapter_of.cache_clear()


@pytest.fixture
def account(post: paper.Paper, support: Inbox) -> ProviderAccount:
    return ProviderAccount.objects.create(
        kind=ProviderKind.WHATSAPP, name="Our number", inbox=support, external_id="100"
    )


@pytest.fixture
def talk(account: ProviderAccount, ada: Customer) -> Conversation:
    """Ada wrote a moment ago, and a ticket was made of it."""
    identity = identify(IdentityKind.WHATSAPP, NUMBER)
    identity.customer = ada
    identity.save()
    conversation = Conversation.objects.create(
        account=account, thread_key=NUMBER.removeprefix("+"), identity=identity, person_name="Ada"
    )
    actor = Actor.of_customer(ada)
    ticket = open_ticket(ada, "Rattles", inbox=account.inbox, channel=Channel.WHATSAPP, actor=actor)
    conversation.ticket, conversation.last_inbound_at = ticket, timezone.now() - timedelta(minutes=1)
    conversation.save()
    says(conversation, "It rattles", "in-1")
    return conversation


def says(conversation: Conversation, text: str, external_id: str) -> ProviderMessage:
    ticket = conversation.ticket
    assert ticket
    incoming = Incoming(text=text, from_address=NUMBER, facts={"conversation": conversation.pk})
    ada = ticket.requester
    message = receive_message(ticket, incoming, customer=ada, channel=Channel.WHATSAPP, actor=Actor.of_customer(ada))
    return ProviderMessage.objects.create(
        account=conversation.account,
        conversation=conversation,
        message=message,
        external_id=external_id,
        direction=Direction.IN,
    )


@pytest.fixture
def ticket(talk: Conversation) -> Ticket:
    assert talk.ticket_id
    return Ticket.objects.get(pk=talk.ticket_id)
