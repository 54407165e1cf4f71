"""Ada's browser on the shop's page, on the other side of the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from channels_app.chat import replies, session
from channels_app.chat.connection import Connection
from channels_app.chat.session import Origin, Reply
from helpdesk.accounts.models import User
from tickets.chat import life
from tickets.models import Chat, ChatWidget, Inbox


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """What a process remembers for a few seconds is of another test's database."""
    session._widgets.clear()
    replies._online.clear()


@pytest.fixture
def widget(support: Inbox) -> ChatWidget:
    return ChatWidget.objects.create(name="Shop", inbox=support, team=support.team, languages=["en", "de"])


class Browser:
    """Says what a browser says and keeps what it hears."""

    def __init__(self, key: str, address: str = "203.0.113.7") -> None:
        self.key, self.heard, self.is_closed = key, list[Reply](), False
        self._new = asyncio.Event()
        self.connection = Connection(Origin(address), self._hear, self._close)

    async def _hear(self, told: Iterable[Reply]) -> None:
        self.heard += [json.loads(json.dumps(each)) for each in told]
        self._new.set()

    async def _close(self, code: int) -> None:
        self.is_closed = True

    async def say(self, kind: str, **values: Any) -> None:
        await self.connection.receive(json.dumps({"t": kind, **values}))

    async def hello(self, **values: Any) -> Reply:
        await self.say("hello", v=1, key=self.key, **values)
        return await self.next("welcome", "refused")

    async def start(self, text: str, **values: Any) -> Reply:
        await self.say("start", id=str(uuid4()), text=text, **values)
        return await self.next("ack", "refused")

    async def next(self, *kinds: str) -> Reply:
        """The next message of these kinds; the others before it are passed over."""
        async with asyncio.timeout(5):
            while True:
                while self.heard:
                    if (told := self.heard.pop(0))["t"] in kinds:
                        return told
                self._new.clear()
                await self._new.wait()


@pytest.fixture
async def browser(widget: ChatWidget) -> AsyncIterator[Callable[[], Browser]]:
    opened: list[Browser] = []

    def open_one(**values: Any) -> Browser:
        opened.append(Browser(widget.key, **values))
        return opened[-1]

    yield open_one
    for each in opened:
        await each.connection.leave()


Accept = Callable[[User], Awaitable[Chat]]


@pytest.fixture
def accept() -> Accept:
    """Somebody takes the only chat that waits."""

    @sync_to_async
    def accepted(user: User) -> Chat:
        return life.accept(Chat.objects.get(), user)

    return accepted
