"""A crowd of visitors on one machine: idle ones that hardly cost anything here, and a product that lets them in."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from helpdesk.accounts.models import Role, User
from tests.bench.pages import sign_in
from tests.bench.stack import Stack
from tests.chat_people import Desk
from tickets.chat import life
from tickets.models import Chat, ChatState, ChatWidget, EndedBy, Inbox

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
    return made


def desk(stack: Stack, agent: User, chats: list[int]) -> Desk:
    return Desk(stack.port, sign_in(agent.email), chats)


class Idle(asyncio.Protocol):
    """A visitor who has the page open and says nothing: a WebSocket (RFC 6455) that hardly costs anything here."""

    def __init__(self, port: int, key: str) -> None:
        self._request = (
            f"GET /ws/chat/ HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        )
        self._hello = _frame({"t": "hello", "v": 1, "key": key, "language": "en"})
        self._transport: asyncio.Transport | None = None
        self.is_welcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        if self.is_welcome.done() or self._transport is None:
            return
        if b"HTTP/1.1 101" in data:
            self._transport.write(self._hello)
        if b'"welcome"' in data:
            self.is_welcome.set_result(True)
        elif b'"refused"' in data or (data.startswith(b"HTTP") and b" 101 " not in data[:40]):
            self.is_welcome.set_result(False)

    def connection_lost(self, reason: Exception | None) -> None:
        if not self.is_welcome.done():
            self.is_welcome.set_result(False)

    def ping(self) -> None:
        assert self._transport
        self._transport.write(_frame({"t": "ping"}))

    def close(self) -> None:
        if self._transport:
            self._transport.abort()


def _frame(message: dict[str, object]) -> bytes:
    """A text frame under the mask 0, which changes nothing."""
    text = json.dumps(message).encode()
    return b"\x81" + bytes([0x80 | len(text)]) + bytes(4) + text


async def crowd(port: int, key: str, number: int) -> tuple[list[Idle], int]:
    """So many sockets, and how many of them were let in."""
    loop = asyncio.get_running_loop()
    people: list[Idle] = []
    while len(people) < number:
        made = [loop.create_connection(partial(Idle, port, key), "127.0.0.1", port) for _ in range(50)]
        come = await asyncio.gather(*made, return_exceptions=True)
        people += [each[1] for each in come if not isinstance(each, BaseException)]
        await asyncio.gather(*(asyncio.wait_for(each.is_welcome, 30) for each in people[-50:]), return_exceptions=True)
    return people, sum(each.is_welcome.done() and each.is_welcome.result() for each in people)
