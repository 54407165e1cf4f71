"""What else a visitor does: presses buttons, ends, rates, asks for a transcript, leaves words, looks back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from helpdesk.accounts.models import Availability, User
from tests.channels_app.chat.conftest import Accept, Browser
from tickets.chat import log
from tickets.chat.flow_steps import PEOPLE
from tickets.models import Chat, ChatEntry, ChatFlow, ChatMail, ChatState, ChatVisitor, ChatWidget, Rating, Said, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Browser]
STEPS: list[dict[str, Any]] = [
    {
        "id": "start",
        "texts": {"en": {"text": "What is it about?"}},
        "options": [{"id": "o", "texts": {"en": {"label": "My order"}}, "next": "order"}],
    },
    {"id": "order", "texts": {"en": {"text": "See your account page."}}, "asks_if_helped": True},
]


async def test_buttons_of_the_assistant(browser: Open, widget: ChatWidget, grace: User) -> None:
    await User.objects.filter(pk=grace.pk).aupdate(availability=Availability.ONLINE)
    await ChatFlow.objects.acreate(widget=widget, name="Help", is_active=True, steps=STEPS)
    ada = browser()
    welcome = await ada.hello()
    assert [option["id"] for option in welcome["assistant"]["options"]] == ["o", PEOPLE]
    assert not await Chat.objects.aexists(), "nobody has pressed anything"
    pressed = str(uuid4())
    for _ in range(2):  # a tap whose answer was lost comes again, and moves the flow once
        await ada.say("choose", id=pressed, option="o")
        assert (await ada.next("ack"))["seq"] == 1
    assert [(entry.said, entry.text) async for entry in ChatEntry.objects.order_by("seq")] == [
        (Said.VISITOR, "My order"),
        (Said.BOT, "See your account page."),
    ]
    await ada.say("choose", id=str(uuid4()), option="made up")
    assert (await ada.next("refused"))["of"] == "choose"
    await ada.say("choose", id=str(uuid4()), option=PEOPLE)
    await ada.next("ack")
    assert (await Chat.objects.aget()).state == ChatState.WAITING


async def test_the_end(browser: Open, accept: Accept, grace: User) -> None:
    ada = browser()
    await ada.hello()
    await ada.start("Hello", name="Ada")
    await accept(grace)
    await ada.say("rate", score="good")
    assert (await ada.next("refused", "done"))["t"] == "refused", "it goes on"
    await ada.say("end")
    while (told := await ada.next("chat"))["chat"]["state"] != "ended":
        pass
    assert not told["chat"]["is_rated"]
    await ada.say("say", id=str(uuid4()), text="One more thing")
    assert (await ada.next("refused"))["code"] == "over"
    await ada.say("rate", score="good", comment="Quick")
    assert (await ada.next("done"))["of"] == "rate"
    assert (await Rating.objects.aget()).score == "good"
    await ada.say("transcript", email="ada@example.org")
    assert (await ada.next("done"))["of"] == "transcript"
    assert (await ChatMail.objects.aget()).email == "ada@example.org"
    await ada.say("transcript", email="nowhere")
    assert "email" in (await ada.next("refused"))["fields"]
    ack = await ada.start("Another matter")
    assert ack["t"] == "ack" and await Chat.objects.acount() == 2


async def test_words_for_later(browser: Open, widget: ChatWidget) -> None:
    ada = browser()
    await ada.hello()
    words = {"id": str(uuid4()), "text": "Where is my lamp?", "name": "Ada", "email": "ada@example.org"}
    for _ in range(2):
        await ada.say("offline", **words)
        assert (await ada.next("done", "refused"))["of"] == "offline"
    assert (await Ticket.objects.aget()).subject == "Where is my lamp?"
    assert (await ChatVisitor.objects.aget()).claimed_email == "ada@example.org"
    await ada.say("offline", id=str(uuid4()), text="Without an address", email="x")
    assert "email" in (await ada.next("refused"))["fields"]


async def test_looking_back(browser: Open, accept: Accept, grace: User) -> None:
    ada = browser()
    token = (await ada.hello())["token"]
    await ada.start("Hello")
    chat = await accept(grace)
    for n in range(60):
        await sync_to_async(log.say)(chat, Said.AGENT, f"{n}", author=grace)
    again = browser()
    welcome = await again.hello(token=token)
    assert len(welcome["lines"]) == 50 and welcome["has_more"]
    await again.say("more", before=welcome["lines"][0]["seq"])
    told = await again.next("lines")
    assert told["lines"][-1]["seq"] == welcome["lines"][0]["seq"] - 1 and not told["has_more"]


async def test_seen_and_typing(browser: Open, accept: Accept, grace: User) -> None:
    ada, other = browser(), browser()
    token = (await ada.hello())["token"]
    await ada.start("Hello")
    await accept(grace)
    await other.hello(token=token)
    await ada.say("seen", seq=2)
    await ada.say("typing", on=True)
    assert (await Chat.objects.aget()).visitor_seen_seq == 2
    assert not [told for told in other.heard if told["t"] in ("typing", "seen")], "of themselves they hear nothing"


async def test_questions_before_a_chat(browser: Open, widget: ChatWidget) -> None:
    widget.asks_email = "required"
    await widget.asave()
    ada = browser()
    await ada.hello()
    assert "email" in (await ada.start("Hello"))["fields"]
    assert not await Chat.objects.aexists()
    assert (await ada.start("Hello", email="ada@example.org"))["t"] == "ack"
