"""/widget/poll/: the same messages where no socket comes through. Each request finds the visitor by their token anew.

One waits until there is something to tell; what the visitor says comes by another one meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from channels_app.chat import protocol, replies
from channels_app.chat.connection import Connection
from channels_app.chat.fields import Fields, Nonsense
from channels_app.chat.house import house
from channels_app.chat.origins import is_own, origin_of
from channels_app.chat.protocol import Hello, Sent
from channels_app.chat.session import Origin, Reply
from tickets.chat.blocks import network_of

logger = logging.getLogger(__name__)

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

POLL: Final = "/widget/poll/"
LONGEST_WAIT: Final = 25  # seconds
LARGEST: Final = 256 * 1024  # bytes
READ_WITHIN: Final = 10.0  # seconds; who sends slower holds one of their network's places, and no longer than this
MOST_MESSAGES: Final = 50
LOOKED_UP: Final = 1 / 8  # of the polls of who has no chat


async def visitors_poll(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["method"] != "POST":
        return await _answer(send, HTTPStatus.METHOD_NOT_ALLOWED, {})
    if not is_own(scope):
        return await _answer(send, HTTPStatus.FORBIDDEN, {})
    origin = origin_of(scope)
    network, doors = network_of(origin.address), house().doors
    if house().polls.wait(network) or not doors.let_in(network):
        return await _answer(send, HTTPStatus.TOO_MANY_REQUESTS, {})
    try:
        status, answer = await _answered(origin, receive)
    finally:
        doors.let_out(network)
    if answer is not None:
        await _answer(send, status, answer)
    return None


async def _answered(origin: Origin, receive: Receive) -> tuple[HTTPStatus, dict[str, Any] | None]:
    try:
        async with asyncio.timeout(READ_WITHIN):
            body = await _read(receive)
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT, {}
    if body is None:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}
    try:
        return HTTPStatus.OK, await _Poll(origin).answered(body, receive)
    except Nonsense as nonsense:
        refusal = replies.refused(nonsense.code, nonsense.reason, of=nonsense.of, line=nonsense.line)
        return HTTPStatus.UNPROCESSABLE_ENTITY, {"messages": [refusal]}


class _Poll:
    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._told: list[Reply] = []
        self._something = asyncio.Event()

    async def answered(self, body: bytes, receive: Receive) -> dict[str, Any] | None:
        """None where nobody waits for the answer any more. Raises `Nonsense`."""
        hello, known, wait, messages = _parsed(body)
        connection = Connection(self._origin, self._tell, self._close)
        try:
            if known is None:
                await connection.take(hello)
            elif not await connection.resume(hello, known, is_idle=_is_idle(hello, messages)):
                return {"messages": [replies.refused("unknown", "say hello first", of="hello")], "known": None}
            for message in messages:
                await connection.take(message)
            if not self._told and wait and not await self._waited(wait, receive):
                return None
            return {"messages": self._told, "known": connection.session.told if connection.session else None}
        finally:
            await connection.leave()

    async def _waited(self, seconds: int, receive: Receive) -> bool:
        """False where the browser went away meanwhile."""
        gone = asyncio.ensure_future(_gone(receive))
        told = asyncio.ensure_future(self._something.wait())
        try:
            await asyncio.wait((gone, told), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()
        finally:
            for each in (gone, told):
                each.cancel()
                with suppress(asyncio.CancelledError):
                    await each

    async def _tell(self, told: Sequence[Reply]) -> None:
        self._told += told
        if told:
            self._something.set()

    async def _close(self, code: int) -> None:
        self._something.set()


def _is_idle(hello: Hello, messages: Sequence[Sent]) -> bool:
    """Thousands ask so and only wait. Now and then it is looked up all the same: another tab may have begun a chat."""
    return not messages and not hello.chat and random.random() > LOOKED_UP  # noqa: S311  no secret


def _parsed(body: bytes) -> tuple[Hello, str | None, int, list[Sent]]:
    """Who asks, what they were told last (None: nothing yet), how long they wait, and what they say."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Nonsense("no JSON") from error
    if not isinstance(values, dict) or not isinstance(values.get("hello"), dict):
        raise Nonsense("no hello")
    fields = Fields(values)
    messages = values.get("messages") or []
    if not isinstance(messages, list) or len(messages) > MOST_MESSAGES:
        raise Nonsense("messages are no list, or too many")
    hello = protocol.read_values({**values["hello"], "t": "hello"})
    assert isinstance(hello, Hello)
    known = None if values.get("known") is None else fields.text("known", 1_000)
    said = [protocol.read_values(each) for each in messages]
    if any(isinstance(each, Hello) for each in said):
        raise Nonsense("hello among the messages")
    return hello, known, min(fields.number("wait"), LONGEST_WAIT), said


async def _read(receive: Receive) -> bytes | None:
    """The body; None for one that is too large, or cut off."""
    parts: list[bytes] = []
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        parts.append(event.get("body", b""))
        if sum(map(len, parts)) > LARGEST:
            return None
        if not event.get("more_body", False):
            return b"".join(parts)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: HTTPStatus, answer: dict[str, Any]) -> None:
    body = json.dumps(answer, separators=(",", ":")).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"),
               (b"content-length", str(len(body)).encode())]  # fmt: skip
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
