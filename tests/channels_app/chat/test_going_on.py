"""From a chat on by WhatsApp: the link that its visitor gets, and what comes of writing there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import sync_to_async

from channels_app.models import ProviderAccount
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_whatsapp import WhatsAppHooks
from tests.channels_app.chat.conftest import Accept, Browser
from tests.channels_app.hooking import hear
from tickets.models import Chat, ChatWidget, Inbox, Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Browser]
NUMBER = "+15550783881"


@pytest.fixture
def graph() -> GraphStandIn:
    return GraphStandIn()


@pytest.fixture
def whatsapp(graph: GraphStandIn, support: Inbox, widget: ChatWidget) -> ProviderAccount:
    ChatWidget.objects.filter(pk=widget.pk).update(whatsapp=NUMBER)
    account = ProviderAccount(
        kind="whatsapp", name="Shop", inbox=support, external_id=graph.phone_number_id, options={"number": NUMBER}
    )
    account.set_secrets(app_secret=graph.app_secret, access_token=graph.access_token)
    account.save()
    return account


async def chat_of(visitor: Browser) -> dict[str, Any]:
    await visitor.hello()
    await visitor.start("Which bell is the loud one?", name="Ada")
    told = await visitor.next("chat")
    return dict(told["chat"])


async def test_it_goes_on_with_the_same_ticket(
    browser: Open, accept: Accept, grace: User, whatsapp: ProviderAccount, graph: GraphStandIn
) -> None:
    visitor = browser()
    await chat_of(visitor)
    await accept(grace)
    told = (await visitor.next("chat"))["chat"]
    link = urlsplit(told["whatsapp"])
    assert (link.hostname, link.path) == ("wa.me", "/15550783881")
    words = parse_qs(link.query)["text"][0]
    await sync_to_async(hear)(whatsapp, WhatsAppHooks(graph).text(words))
    ticket = await Ticket.objects.aget()
    assert ticket == await Ticket.objects.aget(chats=await Chat.objects.aget())
    said = [each async for each in Message.objects.filter(ticket=ticket, channel="whatsapp")]
    assert [each.text for each in said] == [words]


async def test_a_number_that_is_none_of_ours_gets_no_word(
    browser: Open, widget: ChatWidget, whatsapp: ProviderAccount
) -> None:
    await ChatWidget.objects.filter(pk=widget.pk).aupdate(whatsapp="+31201234567")
    assert (await chat_of(browser()))["whatsapp"] == ""
