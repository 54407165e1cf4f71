"""What a browser says reaches the log once; what is in the log reaches the browser in its order."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from helpdesk.accounts.models import User
from tests.channels_app.chat.conftest import Accept, Browser
from tickets.chat import log
from tickets.models import Chat, ChatEntry, ChatVisitor, ChatWidget, Said

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Browser]


async def test_who_looks_is_no_row(browser: Open) -> None:
    ada = browser()
    welcome = await ada.hello(language="de-AT", page={"url": "https://shop.example/", "title": "Shop"})
    assert welcome["chat"] is None and welcome["lines"] == [] and welcome["token"]
    assert not await ChatVisitor.objects.aexists()


async def test_the_first_words_begin_a_chat(browser: Open) -> None:
    ada = browser()
    await ada.hello(page={"url": "https://shop.example/lamps", "title": "Lamps"})
    ack = await ada.start("Is this lamp in stock?", name="Ada")
    assert ack["seq"] == 1
    line = (await ada.next("line"))["line"]
    assert (line["text"], line["said"], line["id"]) == ("Is this lamp in stock?", "visitor", ack["id"])
    visitor = await ChatVisitor.objects.aget()
    assert (visitor.claimed_name, visitor.page_url) == ("Ada", "https://shop.example/lamps")
    assert (await Chat.objects.aget()).page_url == "https://shop.example/lamps"


async def test_both_sides_hear_each_other(browser: Open, accept: Accept, grace: User) -> None:
    ada = browser()
    await ada.hello()
    await ada.start("Hello?")
    chat = await accept(grace)
    assert (await ada.next("line"))["line"]["text"] == "Hello?"
    assert (await ada.next("line"))["line"]["kind"] == "joined"
    told = await ada.next("chat")
    while told["chat"]["state"] != "active":
        told = await ada.next("chat")
    assert told["chat"]["agent"]["name"] == grace.name and told["wait"] is None
    await sync_to_async(log.say)(chat, Said.AGENT, "Hello Ada.", author=grace, name="Grace", client_id=uuid4())
    assert (await ada.next("line"))["line"]["text"] == "Hello Ada."


async def test_the_same_line_again_is_one(browser: Open) -> None:
    ada = browser()
    await ada.hello()
    await ada.start("Hello?")
    line = str(uuid4())
    seqs = set()
    for _ in range(3):
        await ada.say("say", id=line, text="Anybody there?")
        seqs.add((await ada.next("ack"))["seq"])
    assert seqs == {2} and await ChatEntry.objects.acount() == 2


async def test_coming_back_brings_what_was_missed(browser: Open, accept: Accept, grace: User) -> None:
    ada = browser()
    token = (await ada.hello())["token"]
    await ada.start("Hello?")
    key = str((await accept(grace)).key)
    await ada.connection.leave()
    chat = await Chat.objects.aget()
    for text in ("Hello Ada.", "Are you there?"):
        await sync_to_async(log.say)(chat, Said.AGENT, text, author=grace, client_id=uuid4())
    again = browser()
    welcome = await again.hello(token=token, chat=key, since=2)
    assert [line["seq"] for line in welcome["lines"]] == [3, 4]
    fresh = browser()
    welcome = await fresh.hello(token=token)
    assert [line["seq"] for line in welcome["lines"]] == [1, 2, 3, 4] and not welcome["has_more"]
    assert welcome["chat"]["state"] == "active"


async def test_what_was_not_told_is_read(
    browser: Open, accept: Accept, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valkey is away for one line: the next one shows that something is missing."""
    ada = browser()
    await ada.hello()
    await ada.start("Hello?")
    chat = await accept(grace)
    while (await ada.next("line"))["line"]["seq"] < 2:
        pass
    with monkeypatch.context() as patched:
        patched.setattr("tickets.chat.wire._publish", lambda telling: None)
        await sync_to_async(log.say)(chat, Said.AGENT, "One", author=grace)
    await sync_to_async(log.say)(chat, Said.AGENT, "Two", author=grace)
    assert [(await ada.next("line"))["line"]["text"] for _ in range(2)] == ["One", "Two"]


async def test_another_tab_hears_of_the_chat(browser: Open) -> None:
    one, two = browser(), browser()
    token = (await one.hello())["token"]
    await one.start("Hello?")
    await two.hello(token=token)
    await one.say("say", id=str(uuid4()), text="From the first tab")
    assert (await two.next("line"))["line"]["text"] == "From the first tab"


async def test_a_tab_that_was_open_before_the_chat_hears_of_it(browser: Open) -> None:
    one, two = browser(), browser()
    token = (await one.hello())["token"]
    await two.hello(token=token)
    await one.start("Hello?")
    told = await two.next("chat")
    assert told["chat"]["state"] == "waiting"
    assert (await two.next("line"))["line"]["text"] == "Hello?"


async def test_a_widget_that_is_off_is_closed(browser: Open, widget: ChatWidget) -> None:
    widget.is_active = False
    await widget.asave()
    assert (await browser().hello())["code"] == "closed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unknown"), ("[]", "unknown"), ("{}", "unknown"), ('{"t":["say"]}', "unknown"), ("[" * 90_000, "too_long"),
        ('{"t":"say","id":"no","text":"x"}', "unknown"), ('{"t":"hello","key":7}', "unknown"),
        ('{"t":"say","id":"7b6e6c1e-7c55-4f7c-9a53-0f6f7c9b2d11","text":"' + "x" * 5_001 + '"}', "too_long"),
        ('{"t":"say","id":"7b6e6c1e-7c55-4f7c-9a53-0f6f7c9b2d11","text":"\\ud800"}', "unknown"),
    ],
)  # fmt: skip
async def test_nonsense_is_answered(browser: Open, text: str, code: str) -> None:
    ada = browser()
    await ada.connection.receive(text)
    assert (await ada.next("refused"))["code"] == code
