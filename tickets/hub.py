"""One subscription to the pings for a whole web process, then a plain loop over its sockets.

A Channels group with 1,000 members costs twelve times as much as this loop, and hides a lost connection; here
sockets are told to fetch everything again after one (docs/decisions/realtime.md).
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict
from typing import Any, Protocol

import redis.asyncio
from django.conf import settings

from tickets.presence import people_at
from tickets.realtime import CHANNEL

logger = logging.getLogger(__name__)

RETRY_AFTER = 1.0  # seconds


class Socket(Protocol):
    ticket: int | None

    async def send_json(self, content: dict[str, Any]) -> None: ...


class Hub:
    """Belongs to one event loop; starts listening with the first socket."""

    def __init__(self) -> None:
        self.valkey = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
        self.sockets: set[Socket] = set()
        self._listening: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()

    async def join(self, socket: Socket) -> None:
        """From the return on, the socket misses no ping (unless Valkey is away: then a resync follows)."""
        self.sockets.add(socket)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())
        try:
            await asyncio.wait_for(self._subscribed.wait(), RETRY_AFTER)
        except TimeoutError:
            logger.warning("A page opened while Valkey is away; it is told to fetch again later")

    def drop(self, socket: Socket) -> None:
        self.sockets.discard(socket)

    async def publish(self, ping: dict[str, Any]) -> None:
        await self.valkey.publish(CHANNEL, json.dumps(ping))

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                async with self.valkey.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._subscribed.set()
                    if lost:
                        await self._tell_all({"t": "resync"})
                    async for message in pubsub.listen():
                        await self._pass_on(json.loads(message["data"]))
            except redis.RedisError as error:
                logger.warning("Live updates are paused, Valkey does not answer: %s", error)
            self._subscribed.clear()
            lost = True
            await asyncio.sleep(RETRY_AFTER)

    async def _pass_on(self, ping: dict[str, Any]) -> None:
        if ping["t"] == "presence":
            await self._tell_people(ping["ticket"])
        else:
            await self._tell_all(ping)

    async def _tell_people(self, ticket: int) -> None:
        here = [socket for socket in self.sockets if socket.ticket == ticket]
        if here:
            people = [asdict(person) for person in await people_at(self.valkey, ticket)]
            await self._tell(here, {"t": "presence", "ticket": ticket, "people": people})

    async def _tell_all(self, ping: dict[str, Any]) -> None:
        await self._tell(list(self.sockets), ping)

    async def _tell(self, sockets: list[Socket], content: dict[str, Any]) -> None:
        for socket in sockets:
            try:
                await socket.send_json(content)
            except Exception:
                logger.info("A socket went away while being told something", exc_info=True)
                self.drop(socket)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop: a web process has one loop, tests have several."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _hubs if known.is_closed()]:
        del _hubs[old]
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
