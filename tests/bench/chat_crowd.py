"""A crowd of visitors on one machine: idle ones that hardly cost anything here, and a product that lets them in."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.utils import timezone

from helpdesk.accounts.models import Role, User
from tests.bench.pages import sign_in
from tests.bench.stack import Stack
from tests.chat_people import Desk
from tickets.chat import life
from tickets.models import Chat, ChatState, ChatWidget, EndedBy, Inbox
from tickets.routing import availability

# All of them come from this one machine, and write faster than people.
FREELY = {"CHAT_SOCKETS_PER_ADDRESS": "10000", "CHAT_LINES_A_MINUTE": "100000", "CHAT_STARTS_AN_HOUR": "100000"}


@contextmanager
def opened(stack: Stack, name: str, **more: str) -> Iterator[ChatWidget]:
    """A widget, and web processes that let a whole crowd in from one address. Its chats are over at the end."""
    inbox = Inbox.objects.select_related("team").first()
    assert inbox
    widget = ChatWidget.objects.create(name=f"Bench {name}", inbox=inbox, team=inbox.team, languages=["en"])
    os.environ.update(FREELY | more)
    stack.stop("web")
    stack.start("web")
    try:
        yield widget
    finally:
        for each in FREELY | more:
            del os.environ[each]
        stack.stop("web")
        for chat in Chat.objects.filter(widget=widget).exclude(state=ChatState.ENDED):
            life.end(chat, EndedBy.NOBODY)
        stack.start("web")


def agents(number: int) -> list[User]:
    made = []
    for i in range(number):
        more = {"name": f"Chatty {i}", "role": Role.AGENT}
        made.append(User.objects.get_or_create(email=f"chatty{i}@demo.test", defaults=more)[0])
        availability.note_page(made[-1].pk, now=timezone.now())  # as their page does once it is open
    return made


def desk(stack: Stack, agent: User, chats: list[int]) -> Desk:
    return Desk(stack.port, sign_in(agent.email), chats)


class Person(asyncio.Protocol):
    """One connection from a visitor's browser, as cheap as can be. `is_welcome`: whether they were let in."""

    def __init__(self, port: int, key: str) -> None:
        self.host, self.key = f"localhost:{port}", key
        self.transport: asyncio.Transport | None = None
        self.is_welcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.begin()

    def begin(self) -> None:
        raise NotImplementedError

    def connection_lost(self, reason: Exception | None) -> None:
        self.welcomed(False)

    def welcomed(self, is_welcome: bool) -> None:
        if not self.is_welcome.done():
            self.is_welcome.set_result(is_welcome)

    def write(self, data: bytes) -> None:
        assert self.transport
        self.transport.write(data)

    def close(self) -> None:
        if self.transport:
            self.transport.abort()


class Waiting(Person):
    """They have the page open and look at nothing: as the widget does then, it asks by a request that waits."""

    token = ""

    def begin(self) -> None:
        hello = {"key": self.key, "language": "en", "token": self.token}
        body = json.dumps({"hello": hello, "known": "" if self.token else None, "wait": 25, "messages": []})
        self.write(
            f"POST /widget/poll/ HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def data_received(self, data: bytes) -> None:
        if known := re.search(rb'"token":"([^"]+)"', data):
            self.token = known[1].decode()
        self.welcomed(b'"welcome"' in data)
        self.begin()


class Idle(Person):
    """Their panel is open and they say nothing: a WebSocket (RFC 6455)."""

    def begin(self) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self.write(
            f"GET /ws/chat/ HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.is_welcome.done():
            return
        if b"HTTP/1.1 101" in data:
            self.write(_frame({"t": "hello", "v": 1, "key": self.key, "language": "en"}))
        if b'"welcome"' in data:
            self.welcomed(True)
        elif b'"refused"' in data or (data.startswith(b"HTTP") and b" 101 " not in data[:40]):
            self.welcomed(False)


def _frame(message: dict[str, object]) -> bytes:
    """A text frame under the mask 0, which changes nothing."""
    text = json.dumps(message).encode()
    return b"\x81" + bytes([0x80 | len(text)]) + bytes(4) + text


async def crowd(kind: type[Person], port: int, key: str, number: int) -> tuple[list[Person], int]:
    """So many connections, and how many of them were let in."""
    loop = asyncio.get_running_loop()
    people: list[Person] = []
    while len(people) < number:
        made = [loop.create_connection(partial(kind, port, key), "127.0.0.1", port) for _ in range(50)]
        come = await asyncio.gather(*made, return_exceptions=True)
        people += [each[1] for each in come if not isinstance(each, BaseException)]
        await asyncio.gather(*(asyncio.wait_for(each.is_welcome, 30) for each in people[-50:]), return_exceptions=True)
    return people, sum(each.is_welcome.done() and each.is_welcome.result() for each in people)
