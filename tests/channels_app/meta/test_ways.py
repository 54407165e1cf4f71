"""The whole way of Meta's calls: hook, row, worker, ticket; and of our answers back to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.messaging import hearing
from channels_app.models import (
    Conversation,
    HookPayload,
    HookState,
    MessageTemplate,
    PartState,
    ProviderAccount,
    ProviderMessage,
)
from customers.models import Customer, Identity
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered, HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_messenger import PERSON, MessengerHooks
from helpdesk.demo.stand_ins.graph_whatsapp import SHEENA, WhatsAppHooks, Writer
from tests.channels_app.meta.accounts import PAYLOADS, account_of, payload_names
from tests.channels_app.meta.talks import answer, deliver
from tickets.models import DeliveryState, Inbox, Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(graph: GraphStandIn, support: Inbox, settings: Settings) -> Any:
    settings.UNDO_SEND_SECONDS = 0

    def save(kind: str = "whatsapp", **options: Any) -> ProviderAccount:
        account = account_of(graph, kind, **options)
        account.inbox = support
        account.save()
        return account

    return save


def whatsapp_hooks(graph: GraphStandIn) -> WhatsAppHooks:
    return WhatsAppHooks(graph, now=int(timezone.now().timestamp()) - 600)


def messenger_hooks(graph: GraphStandIn, **more: Any) -> MessengerHooks:
    return MessengerHooks(graph, now=int(timezone.now().timestamp() * 1000) - 600_000, **more)


def call(account: ProviderAccount, made: HookCall) -> int:
    """As Meta would: the status that it gets."""
    address = f"/hooks/{account.kind}/{account.hook_token}/" + (f"?{made.query}" if made.query else "")
    headers: dict[str, Any] = dict(made.headers)
    if made.method == "GET":
        return Client().get(address).status_code
    return Client().post(address, made.body, content_type=made.content_type, headers=headers).status_code


def arrives(account: ProviderAccount, *calls: HookCall) -> None:
    for made in calls:
        assert call(account, made) == 200
    hearing.drain(now=timezone.now())


def test_only_meta_gets_in(graph: GraphStandIn, saved: Any) -> None:
    account = saved()
    made = whatsapp_hooks(graph).text("Hello")
    assert call(account, graph.handshake()) == 200
    assert call(account, graph.handshake(token="guessed")) == 403
    assert call(account, HookCall(made.body, {})) == 403
    assert call(account, graph.hook({}, secret="guessed")) == 403
    assert not HookPayload.objects.exists()
    account.refresh_from_db()
    assert account.refused_count == 3
    body = b"{not json"
    assert call(account, HookCall(body, {"X-Hub-Signature-256": graph.signature(body)})) == 400


def test_a_message_becomes_a_ticket_once(graph: GraphStandIn, saved: Any) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    made = hooks.text("It rattles")
    arrives(account, made, made, hooks.text("Since Monday"))
    ticket = Ticket.objects.get()
    assert [message.text for message in ticket.messages.order_by("pk")] == ["It rattles", "Since Monday"]
    assert ticket.requester.name == "Sheena Nelson"
    known = {(one.kind, one.value) for one in ticket.requester.identities.all()}
    assert known == {("whatsapp", SHEENA.user_id), ("whatsapp", "+16505551234"), ("phone", "+16505551234")}


def test_who_hides_the_number_later_stays_the_same(graph: GraphStandIn, saved: Any) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    arrives(account, hooks.text("Years ago", Writer(user_id="")))
    arrives(account, hooks.text("Now", SHEENA))
    arrives(account, hooks.text("Hidden", Writer(wa_id="", username="sheena")))
    ticket = Ticket.objects.get()
    assert ticket.messages.count() == 3 and Customer.objects.filter(name="Sheena Nelson").count() == 1


def test_an_answer_and_what_becomes_of_it(graph: GraphStandIn, saved: Any, grace: User) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    arrives(account, hooks.text("It rattles"))
    talk = Conversation.objects.get(thread_key=SHEENA.user_id)
    message = answer(talk, grace)
    (part,) = deliver(message)
    assert graph.said[0]["recipient"] == SHEENA.user_id
    named = part.external_id
    arrives(account, hooks.status(named, "read"), hooks.status(named, "delivered"), hooks.status(named, "sent"))
    message.refresh_from_db()
    assert message.delivery_state == DeliveryState.READ and message.facts["read_at"]


def test_a_status_settles_what_was_uncertain(graph: GraphStandIn, saved: Any, grace: User) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    arrives(account, hooks.text("It rattles"))
    graph.misbehave("/messages", Answered(hangs_up=True))
    message = answer(Conversation.objects.get(thread_key=SHEENA.user_id), grace)
    (part,) = deliver(message)
    assert part.state == PartState.UNCERTAIN
    arrives(account, hooks.status("wamid.LATE", "delivered", key=str(part.client_key)))
    part.refresh_from_db()
    assert (part.state, part.external_id) == (PartState.DELIVERED, "wamid.LATE")


def test_a_failed_status_says_what_to_do(graph: GraphStandIn, saved: Any, grace: User) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    arrives(account, hooks.text("It rattles"))
    message = answer(Conversation.objects.get(thread_key=SHEENA.user_id), grace)
    (part,) = deliver(message)
    arrives(account, hooks.status(part.external_id, "failed", code=131049))
    message.refresh_from_db()
    assert message.delivery_state == DeliveryState.FAILED and "advertising" in message.delivery_detail


def test_the_person_wants_no_advertising(graph: GraphStandIn, saved: Any) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    arrives(account, hooks.text("Hello"), hooks.preference("stop"))
    consent = Ticket.objects.get().requester.consents.get()
    assert (consent.channel, consent.purpose, consent.is_given) == ("whatsapp", "outreach", False)


def test_news_of_the_number_and_its_templates(graph: GraphStandIn, saved: Any) -> None:
    account, hooks = saved(), whatsapp_hooks(graph)
    arrives(account, hooks.quality("DOWNGRADE", "TIER_250"), hooks.template("parcel", "APPROVED"))
    account.refresh_from_db()
    assert account.facts["messaging_limit_tier"] == "TIER_250"
    assert MessageTemplate.objects.get().state == "approved"


def test_an_echo_of_ours_is_no_second_message(graph: GraphStandIn, saved: Any, grace: User) -> None:
    page, hooks = saved("messenger"), messenger_hooks(graph)
    arrives(page, hooks.text("It rattles"))
    talk = Conversation.objects.get()
    (part,) = deliver(answer(talk, grace))
    ours = hooks.echo("Oil it.", name=part.external_id, app_id=graph.app_id, key=str(part.client_key))
    arrives(page, ours, hooks.echo("From the page's inbox", app_id="263902037430900"))
    texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
    assert texts == ["It rattles", "Oil it.", "From the page's inbox"]
    hooks.now = int(timezone.now().timestamp() * 1000)
    arrives(page, hooks.read())
    part.refresh_from_db()
    assert part.state == PartState.READ


def test_comments_and_messages_of_one_person_are_two_tickets(graph: GraphStandIn, saved: Any) -> None:
    page, hooks = saved("messenger", reads_comments=True), messenger_hooks(graph)
    arrives(page, hooks.text("In private"), hooks.comment("In public"))
    assert Ticket.objects.count() == 2
    assert Identity.objects.filter(value=PERSON).count() == 1
    public = Conversation.objects.get(is_public=True)
    assert public.ticket and public.ticket.messages.get().facts["post_url"].startswith("https://www.facebook.com/")


def test_several_pages_share_one_address(graph: GraphStandIn, saved: Any) -> None:
    page = saved("messenger")
    other = ProviderAccount(kind="messenger", name="Second page", external_id="220", inbox=page.inbox)
    other.set_secrets(app_secret=graph.app_secret)
    other.save()
    graph.page_id = "220"
    hooks = messenger_hooks(graph)
    arrives(page, hooks.text("To the second page"))
    assert Conversation.objects.get().account == other
    assert HookPayload.objects.get().state == HookState.APPLIED
    other.set_secrets(app_secret="another")
    other.save()
    arrives(page, hooks.text("Signed by somebody else's app"))
    assert Message.objects.count() == 1
    assert HookPayload.objects.order_by("-pk")[0].state == HookState.UNHANDLED


@pytest.mark.parametrize("kind", ["whatsapp", "messenger", "instagram"])
def test_all_that_is_documented_can_be_applied(graph: GraphStandIn, saved: Any, kind: str) -> None:
    account = saved(kind, reads_comments=True)
    for name in payload_names(kind):
        body = (PAYLOADS / kind / f"{name}.json").read_bytes()
        assert call(account, HookCall(body, {"X-Hub-Signature-256": graph.signature(body)})) == 200
    later = timezone.now() + timedelta(seconds=1)
    hearing.drain(now=later)
    assert not HookPayload.objects.filter(state=HookState.FAILED).exists()
    assert ProviderMessage.objects.filter(direction="in").exists()
