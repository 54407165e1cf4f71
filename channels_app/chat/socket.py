"""/ws/chat/: a visitor's socket as plain ASGI. A coroutine and a queue each: thousands of them are mostly idle."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from channels_app.chat.connection import Connection
from channels_app.chat.origins import is_own, origin_of
from channels_app.chat.session import Reply

logger = logging.getLogger(__name__)

Event = dict[str, Any]
NOT_FROM_HERE: Final = 4403
BROKEN: Final = 1011

VISITORS: Final = "/ws/chat/"


async def visitors_socket(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
) -> None:
    await receive()  # websocket.connect
    if not is_own(scope):
        await send({"type": "websocket.close", "code": NOT_FROM_HERE})
        return
    await send({"type": "websocket.accept"})

    async def tell(replies: Sequence[Reply]) -> None:
        for reply in replies:
            await send({"type": "websocket.send", "text": json.dumps(reply, separators=(",", ":"))})

    async def close() -> None:
        await send({"type": "websocket.close", "code": BROKEN})

    connection = Connection(origin_of(scope), tell, close)
    try:
        await _listen(connection, receive)
    except Exception:
        logger.exception("a chat's socket broke; its browser comes back")
        await close()
    finally:
        await connection.leave()


async def _listen(connection: Connection, receive: Callable[[], Awaitable[Event]]) -> None:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        await connection.receive(event.get("text") or "")
