"""A comment below a post of ours, answered privately: once, within seven days, until its author writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.messaging import hearing, private, sending
from channels_app.models import ProviderAccount
from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_messenger import MessengerHooks
from tests.channels_app.meta.accounts import account_of
from tests.channels_app.serving import serving
from tickets.models import Inbox, Message, Ticket
from tickets.routes import routes_of
from tickets.services import Refused, add_reply

pytestmark = pytest.mark.django_db
PERSON = "25000000000000077"


@pytest.fixture
def graph(settings: Settings) -> Iterator[GraphStandIn]:
    stand_in = GraphStandIn()
    with serving(stand_in) as url:
        settings.PROVIDER_URLS = {**settings.PROVIDER_URLS, "graph": url}
        settings.UNDO_SEND_SECONDS = 0
        yield stand_in


@pytest.fixture
def page(graph: GraphStandIn, support: Inbox) -> ProviderAccount:
    account = account_of(graph, "messenger", reads_comments=True)
    account.inbox = support
    account.save()
    return account


def told(account: ProviderAccount, call: HookCall) -> None:
    Client().post(
        f"/hooks/messenger/{account.hook_token}/", call.body, content_type=call.content_type, headers=call.headers
    )
    hearing.drain(now=timezone.now())


def moved(graph: GraphStandIn, page: ProviderAccount, by: User) -> Ticket:
    hooks = MessengerHooks(graph, now=int(timezone.now().timestamp() * 1000))
    told(page, hooks.comment("Does it work below zero?", PERSON, name="900_41"))
    ticket = Ticket.objects.get()
    private.take_to_private(ticket, "Please write to us: https://m.me/acme", actor=Actor.agent(by))
    return ticket


def whisper(ticket: Ticket, by: User, words: str = "Hello! Which one do you have?") -> Message:
    route = next(each for each in routes_of(ticket) if not each.is_public)
    return add_reply(ticket, f"<p>{words}</p>", actor=Actor.agent(by), route=route)


def test_the_first_private_message_answers_the_comment(graph: GraphStandIn, page: ProviderAccount, grace: User) -> None:
    ticket = moved(graph, page, grace)
    whisper(ticket, grace)
    sending.sweep(now=timezone.now() + timedelta(minutes=1))
    public = next(said for said in graph.said if "comment" in said)
    secret = next(said for said in graph.said if "recipient" in said)
    assert public["message"] == "Please write to us: https://m.me/acme" and public["comment"] == "900_41"
    assert secret["recipient"] == {"comment_id": "900_41"} and "messaging_type" not in secret


def test_there_is_no_second_one(graph: GraphStandIn, page: ProviderAccount, grace: User) -> None:
    ticket = moved(graph, page, grace)
    whisper(ticket, grace)
    with pytest.raises(Refused, match="once"):
        whisper(ticket, grace, "And another thing")


def test_it_is_one_message(graph: GraphStandIn, page: ProviderAccount, grace: User) -> None:
    ticket = moved(graph, page, grace)
    with pytest.raises(Refused, match=r"shorten|longer"):
        whisper(ticket, grace, "long words " * 300)


def test_once_they_write_it_is_a_talk_like_any_other(graph: GraphStandIn, page: ProviderAccount, grace: User) -> None:
    ticket = moved(graph, page, grace)
    hooks = MessengerHooks(graph, now=int(timezone.now().timestamp() * 1000))
    told(page, hooks.text("The old one", PERSON, name="m_7"))
    assert Message.objects.get(text="The old one").ticket == ticket
    whisper(ticket, grace)
    sending.sweep(now=timezone.now() + timedelta(minutes=1))
    assert graph.said[-1]["recipient"] == {"id": PERSON}
