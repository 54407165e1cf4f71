"""Where no socket comes through the same messages go over plain requests."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from pytest_django.fixtures import Settings

from channels_app.chat import polling
from channels_app.chat.polling import visitors_poll
from helpdesk.accounts.models import User
from tests.channels_app.chat.conftest import Accept
from tickets.chat import log
from tickets.models import Chat, ChatEntry, ChatWidget, Said

pytestmark = pytest.mark.django_db(transaction=True)


SCOPE = {"type": "http", "method": "POST", "client": ("203.0.113.9", 1)}


async def ask(body: Any, *, origin: str = "http://localhost", method: str = "POST") -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
    scope = {**SCOPE, "method": method, "headers": headers}
    sent: list[dict[str, Any]] = []
    asked = [{"type": "http.request", "body": raw, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await visitors_poll(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def said(text: str) -> dict[str, str]:
    return {"t": "say", "id": str(uuid4()), "text": text}


async def test_a_whole_chat(widget: ChatWidget, accept: Accept, grace: User) -> None:
    hello: dict[str, Any] = {"key": widget.key, "language": "en"}
    _status, first = await ask({"hello": hello, "known": None})
    welcome = first["messages"][0]
    assert welcome["t"] == "welcome"
    hello["token"] = welcome["token"]
    start = {"t": "start", "id": str(uuid4()), "text": "Hello?"}
    _status, told = await ask({"hello": hello, "known": first["known"], "messages": [start]})
    assert {each["t"] for each in told["messages"]} >= {"ack", "line", "chat"}
    chat = await accept(grace)
    hello |= {"chat": str(chat.key), "since": 1}
    waiting = asyncio.create_task(ask({"hello": hello, "known": told["known"], "wait": 20}))
    _status, answer = await waiting
    assert [each["line"]["kind"] for each in answer["messages"] if each["t"] == "line"] == ["joined"]
    assert [each["chat"]["state"] for each in answer["messages"] if each["t"] == "chat"] == ["active"]
    hello["since"] = 2
    waiting = asyncio.create_task(ask({"hello": hello, "known": answer["known"], "wait": 20}))
    await asyncio.sleep(0)
    await sync_to_async(log.say)(chat, Said.AGENT, "Hello Ada.", author=grace, client_id=uuid4())
    _status, answer = await waiting
    assert [each["line"]["text"] for each in answer["messages"]] == ["Hello Ada."]


async def test_a_poll_that_was_lost_is_made_again(widget: ChatWidget) -> None:
    hello: dict[str, Any] = {"key": widget.key, "language": "en"}
    hello["token"] = (await ask({"hello": hello, "known": None}))[1]["messages"][0]["token"]
    poll = {"hello": hello, "known": "", "messages": [{"t": "start", "id": str(uuid4()), "text": "Hello?"}, said("Me")]}
    for _ in range(3):
        _status, told = await ask(poll)
        assert [each["seq"] for each in told["messages"] if each["t"] == "ack"] == [1, 2]
    assert await ChatEntry.objects.acount() == 2 and await Chat.objects.acount() == 1


async def test_nothing_new(widget: ChatWidget) -> None:
    hello: dict[str, Any] = {"key": widget.key, "language": "en"}
    first = (await ask({"hello": hello, "known": None}))[1]
    hello["token"] = first["messages"][0]["token"]
    assert await ask({"hello": hello, "known": first["known"], "wait": 1}) == (200, {**first, "messages": []})


async def test_who_is_not_known_says_hello(widget: ChatWidget) -> None:
    _status, told = await ask({"hello": {"key": widget.key, "token": "made up"}, "known": "", "wait": 1})
    assert told["known"] is None and told["messages"][0]["of"] == "hello"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 422), (b"[]", 422), (b"{", 422), ({"hello": 1}, 422), ({"hello": {}}, 422), (b"x" * 300_000, 413),
     ({"hello": {"key": "k"}, "messages": [{"t": "hello", "key": "k"}]}, 422),
     ({"hello": {"key": "k"}, "messages": [{"t": "ping"}] * 51}, 422)],
)  # fmt: skip
async def test_nonsense(body: Any, status: int) -> None:
    assert (await ask(body))[0] == status


async def test_other_sites_do_not_ask(widget: ChatWidget) -> None:
    body = {"hello": {"key": widget.key}, "known": None}
    for origin in (
        "https://evil.example",
        "",
        "null",
        "http://localhost:99",
        "http://[",
        "http://localhost.evil.example",
    ):
        assert (await ask(body, origin=origin))[0] == 403
    assert (await ask(body, method="GET"))[0] == 405


async def test_who_never_finishes_a_request_holds_a_place_and_not_for_long(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHAT_SOCKETS = 2
    monkeypatch.setattr(polling, "READ_WITHIN", 0.05)
    scope = {**SCOPE, "headers": [(b"host", b"localhost"), (b"origin", b"http://localhost")]}
    statuses: list[int] = []

    async def send(event: dict[str, Any]) -> None:
        statuses.extend([event["status"]] if "status" in event else [])

    async def half() -> dict[str, Any]:
        if not statuses:
            await asyncio.Event().wait()
        raise AssertionError

    await asyncio.gather(*(visitors_poll(scope, half, send) for _ in range(3)))
    assert statuses == [429, 408, 408]
    assert (await ask(b"[]"))[0] == 422
