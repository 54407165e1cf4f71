"""A talk by Telegram from the bot's button to reactions, through hook, worker, ticket and back."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.utils import timezone

from channels_app.messaging.starting import start_for
from channels_app.models import HookPayload, HookState, PartState, ProviderAccount, ProviderMessage
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.telegram import ADA, Telegram, refused
from tests.channels_app.hooking import hear, post, send_all
from tickets.models import Channel, DeliveryState, Message, Ticket
from tickets.services import add_reply


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 0


def answer(grace: User, html: str = "<p>Open the <b>valve</b>.</p>") -> Message:
    return add_reply(Ticket.objects.get(), html, actor=Actor.agent(grace))


def test_a_message_its_answer_and_a_thumb(bot: ProviderAccount, telegram: Telegram, grace: User) -> None:
    hear(bot, telegram.text("/start"))
    assert not Ticket.objects.exists()
    first = telegram.message("The pump wont start")
    hear(bot, telegram.call(telegram.update("message", first)))
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.requester.name) == (Channel.TELEGRAM, "Ada Lovelace")
    reply = answer(grace)
    send_all()
    (said,) = telegram.sent
    assert (said["text"], said["entities"]) == ("Open the valve.", [{"type": "bold", "offset": 9, "length": 5}])
    reply.refresh_from_db()
    assert reply.delivery_state == DeliveryState.SENT
    part = ProviderMessage.objects.get(message=reply)
    ours = {**first, "message_id": int(part.external_id.partition(":")[2])}
    hear(bot, telegram.reaction(ours, "👍"), telegram.edited(first, text="The pump won't start"))
    reply.refresh_from_db()
    assert [one["emoji"] for one in reply.facts["reactions"]] == ["👍"]
    message = Message.objects.get(author_customer__isnull=False)
    assert (message.text, message.facts["earlier"][0]["text"]) == ("The pump won't start", "The pump wont start")


def test_a_link_of_ours_says_who_has_come(bot: ProviderAccount, telegram: Telegram, ada: Customer) -> None:
    hear(bot, telegram.text(f"/start {start_for(ada, now=timezone.now())}"), telegram.text("Hello"))
    assert Ticket.objects.get().requester == ada
    stranger = {**ADA, "id": 6, "first_name": "Eve"}
    hear(bot, telegram.text(f"/start {ada.pk}_99999999999_made-up", sender=stranger))
    hear(bot, telegram.text("It is me", sender=stranger))
    assert Ticket.objects.exclude(requester=ada).get().requester.name.startswith("Eve")


def test_an_album_is_one_message(bot: ProviderAccount, telegram: Telegram) -> None:
    pictures = [
        telegram.photo("one", media_group_id="7", caption="My pump"),
        telegram.photo("two", media_group_id="7"),
        telegram.photo("three", media_group_id="7"),
    ]
    calls = [telegram.call(telegram.update("message", picture)) for picture in pictures]
    hear(bot, calls[2], calls[0], calls[1])
    message = Message.objects.get()
    assert message.text == "My pump"
    assert message.attachments.count() == 3


def test_who_blocks_the_bot_cannot_be_written_to_until_they_come_back(
    bot: ProviderAccount, telegram: Telegram, grace: User
) -> None:
    hear(bot, telegram.text("Hello"))
    hear(bot, telegram.membership("kicked"))
    assert bot.conversations.get().unreachable
    hear(bot, telegram.membership("member", before="kicked"))
    assert not bot.conversations.get().unreachable
    telegram.blocked.add(5000000001)
    reply = answer(grace)
    send_all()
    reply.refresh_from_db()
    assert reply.delivery_state == DeliveryState.FAILED
    hear(bot, telegram.text("I am back"))
    assert not bot.conversations.get().unreachable


def test_telegrams_wait_is_kept(bot: ProviderAccount, telegram: Telegram, grace: User) -> None:
    hear(bot, telegram.text("Hello"))
    telegram.misbehave("sendMessage", refused(429, "Too Many Requests: retry after 40", retry_after=40))
    reply = answer(grace)
    send_all()
    part = ProviderMessage.objects.get(message=reply)
    bot.refresh_from_db()
    assert part.state in (PartState.WAITING, PartState.SENT)
    assert bot.paused_until
    assert 30 < (bot.paused_until - timezone.now()).total_seconds() <= 40


def test_what_is_wrong_is_refused_or_kept(bot: ProviderAccount, telegram: Telegram) -> None:
    right = telegram.text("Hello \u0000 \ud83d there")
    odd = [telegram.call({"update_id": 1, "hologram": {}}), telegram.call({}), telegram.text("", hologram={})]
    hear(bot, right, right, *odd)
    telegram.secret = "somebody else"
    assert post(bot, telegram.text("Hello")) == 403
    states = list(HookPayload.objects.order_by("pk").values_list("state", flat=True))
    assert states == [HookState.APPLIED] * 2 + [HookState.UNHANDLED] * 3
    assert Message.objects.get().text == "Hello   there"


@pytest.mark.parametrize("seed", range(3))
def test_any_order_tells_the_same(bot: ProviderAccount, telegram: Telegram, seed: int) -> None:
    message, other = telegram.message("Frist"), telegram.message("Second")
    calls = [
        telegram.call(telegram.update("message", message)),
        telegram.call(telegram.update("message", other)),
        telegram.edited(message, text="First", edit_date=telegram.now),
        telegram.edited(message, text="The first", edit_date=telegram.now),
        telegram.reaction(other, "👍"),
        telegram.reaction(other, "❤", before=("👍",)),
    ] * 2
    random.Random(seed).shuffle(calls)
    hear(bot, *calls)
    texts = Message.objects.filter(author_customer__isnull=False).values_list("text", flat=True)
    assert sorted(texts) == ["Second", "The first"]
    reacted = Message.objects.get(text="Second")
    assert [one["emoji"] for one in reacted.facts["reactions"]] == ["❤"]
