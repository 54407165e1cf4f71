"""What rules write goes where the customer wrote, and not where or when a rule may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.messaging import sending
from channels_app.models import Conversation, ProviderAccount, ProviderMessage
from customers.actors import Actor
from tests.channels_app.messaging.paper import Paper
from tickets.models import Channel, Ticket, TicketEvent
from tickets.services import mail_customer

pytestmark = pytest.mark.django_db
HOUSE = Actor("rule", name="Greeting")


def greet(ticket: Ticket, html: str = "<p>We are on it.</p>") -> None:
    mail_customer(ticket, html, subject="Hello", with_copies=True, actor=HOUSE)


def held(ticket: Ticket) -> dict[str, str]:
    event = TicketEvent.objects.get(ticket=ticket, kind="rule.mail_held")
    return dict(event.payload)


def test_it_goes_by_the_customers_channel(post: Paper, ticket: Ticket) -> None:
    greet(ticket)
    message = ticket.messages.get(is_automatic=True)
    assert (message.channel, message.to, message.subject) == (Channel.WHATSAPP, ["+4915112345678"], "")
    part = ProviderMessage.objects.get(message=message)
    assert sending.deliver(part.pk)
    assert post.said == ["We are on it."]


def test_a_rule_has_no_longer_window_than_the_channels(post: Paper, ticket: Ticket) -> None:
    post.now_can(human_window=timedelta(days=7))
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    greet(ticket)
    assert held(ticket)["reason"] == "channel"
    assert "only for a while" in held(ticket)["words"]
    assert not ticket.messages.filter(is_automatic=True).exists()


def test_more_words_than_the_channel_takes_are_held(post: Paper, ticket: Ticket) -> None:
    greet(ticket, f"<p>{'x' * 200}</p>")
    assert "40 characters longer" in held(ticket)["words"]


def test_nothing_is_posted_in_public_unless_an_admin_allowed_it(
    post: Paper, ticket: Ticket, account: ProviderAccount
) -> None:
    Conversation.objects.update(is_public=True)
    greet(ticket)
    assert held(ticket)["reason"] == "public"
    account.options = {"rules_may_post": True}
    account.save()
    greet(ticket)
    assert ticket.messages.get(is_automatic=True).facts["is_public"]


def test_by_mail_once_they_wrote_by_mail(post: Paper, adas_ticket: Ticket, talk: Conversation) -> None:
    greet(adas_ticket)
    assert adas_ticket.messages.get(is_automatic=True).channel == Channel.EMAIL
