"""Links by which a customer is known on each channel that can carry a word of ours."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from channels_app.models import Conversation, ProviderAccount
from channels_app.start_links import start_links
from customers.models import Customer
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_messenger import MessengerHooks
from helpdesk.demo.stand_ins.graph_whatsapp import WhatsAppHooks
from tests.channels_app.hooking import hear
from tests.channels_app.meta.accounts import account_of
from tickets.models import Inbox, Ticket


@pytest.fixture
def graph() -> GraphStandIn:
    return GraphStandIn()


def connected(graph: GraphStandIn, kind: str, inbox: Inbox) -> ProviderAccount:
    account = account_of(graph, kind, number=f"+{graph.display_phone_number}")
    account.inbox, account.facts = inbox, {"username": "acme"}
    account.save()
    return account


def word_of(ada: Customer, name: str) -> str:
    """What the only link carries."""
    [link] = start_links(ada, now=timezone.now())
    return parse_qs(urlsplit(link.url).query)[name][0]


def test_whatsapp_carries_it_in_the_words(graph: GraphStandIn, support: Inbox, ada: Customer) -> None:
    account = connected(graph, "whatsapp", support)
    [link] = start_links(ada, now=timezone.now())
    assert link.url.startswith(f"https://wa.me/{graph.display_phone_number}?text=")
    assert (link.bot, link.channel_label) == (f"+{graph.display_phone_number}", "WhatsApp")
    hear(account, WhatsAppHooks(graph).text(word_of(ada, "text")))
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.subject) == (ada, "Hello!")


@pytest.mark.parametrize(("kind", "host"), [("messenger", "m.me"), ("instagram", "ig.me")])
def test_meta_tells_it_beside_the_words(
    graph: GraphStandIn, support: Inbox, ada: Customer, kind: str, host: str
) -> None:
    account = connected(graph, kind, support)
    [link] = start_links(ada, now=timezone.now())
    assert urlsplit(link.url).hostname == host
    referral = {"referral": {"ref": word_of(ada, "ref"), "source": "SHORTLINK", "type": "OPEN_THREAD"}}
    hooks = MessengerHooks(graph, is_instagram=kind == "instagram")
    hear(account, hooks.event(referral), hooks.text("It is me"))
    assert Ticket.objects.get().requester == ada
    assert Conversation.objects.get().identity.customer == ada  # type: ignore[union-attr]


def test_a_referral_of_others_is_nothing_of_ours(graph: GraphStandIn, support: Inbox) -> None:
    account = connected(graph, "messenger", support)
    hear(account, MessengerHooks(graph).event({"referral": {"ref": "summer-sale", "source": "SHORTLINK"}}))
    assert account.payloads.get().state == "unhandled"
    assert not Ticket.objects.exists()


def test_an_account_that_is_broken_is_not_offered(graph: GraphStandIn, support: Inbox, ada: Customer) -> None:
    account = connected(graph, "messenger", support)
    ProviderAccount.objects.filter(pk=account.pk).update(problem="Meta refuses our access token.")
    assert start_links(ada, now=timezone.now()) == []
