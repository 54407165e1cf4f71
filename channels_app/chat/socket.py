"""/ws/chat/: a visitor's socket as plain ASGI. A coroutine and a queue each: thousands of them are mostly idle."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from channels_app.chat.connection import Connection
from channels_app.chat.house import house, note_gone
from channels_app.chat.origins import is_own, origin_of
from channels_app.chat.session import Reply
from tickets.chat.blocks import network_of

logger = logging.getLogger(__name__)

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

VISITORS: Final = "/ws/chat/"
NOT_FROM_HERE: Final = 4403
TRY_LATER: Final = 1013  # RFC 6455's registry
BROKEN: Final = 1011
TAKEN_WITHIN: Final = 20.0  # seconds for a browser to take a message


async def visitors_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect
    network = network_of(origin_of(scope).address)
    if not is_own(scope):
        await send({"type": "websocket.close", "code": NOT_FROM_HERE})
        return
    doors = house().doors
    if not doors.let_in(network):
        await send({"type": "websocket.close", "code": TRY_LATER})
        return
    try:
        await send({"type": "websocket.accept"})
        await _Socket(scope, receive, send).run()
    finally:
        doors.let_out(network)


class _Socket:
    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._is_open = True
        self._connection = Connection(origin_of(scope), self._tell, self._close)

    async def run(self) -> None:
        try:
            while self._is_open and (event := await self._receive())["type"] != "websocket.disconnect":
                await self._connection.receive(event.get("text") or "")
        except Exception:
            logger.exception("a chat's socket broke; its browser comes back")
            await self._close(BROKEN)
        finally:
            await self._connection.leave()
            if self._connection.session:
                await house().in_line(partial(note_gone, self._connection.session))

    async def _tell(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            await self._put({"type": "websocket.send", "text": json.dumps(reply, separators=(",", ":"))})

    async def _close(self, code: int) -> None:
        await self._put({"type": "websocket.close", "code": code})
        self._is_open = False

    async def _put(self, event: Event) -> None:
        """A browser that is gone, or takes nothing, is no fault of ours: what it did not take it asks for again."""
        if not self._is_open:
            return
        try:
            async with asyncio.timeout(TAKEN_WITHIN):
                await self._send(event)
        except (OSError, RuntimeError, TimeoutError) as error:
            self._is_open = False
            logger.info("a chat's socket went away: %s", error or type(error).__name__)
            with suppress(OSError, RuntimeError):
                await self._send({"type": "websocket.close", "code": BROKEN})
