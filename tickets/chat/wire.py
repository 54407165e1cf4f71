"""What is told to the open ends of chats: through Valkey to every web process, there to whoever listens.

Lines carry their number. A listener that misses one, because Valkey was away or it was too slow, reads what it has not
got from the database (`Ear.missed`): what is told is only the quickest way, never the only one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict, deque
from collections.abc import Set
from typing import Any, Final
from uuid import UUID, uuid4

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

from tickets.realtime import valkey

logger = logging.getLogger(__name__)

CHANNEL = f"{settings.VALKEY_PREFIX}:chats"
Address = int | str  # a chat by its number; a visitor without one, by `address_of`
EVERYBODY: Final = 0  # instead of a chat's number: what concerns all that listen, as that the queue has moved
RETRY_AFTER: Final = 1.0  # seconds
MOST_WAITING: Final = 200  # tellings that an ear keeps for a slow connection


def address_of(visitor: UUID) -> Address:
    """Where somebody is reached who has no chat yet: invited by an agent, say."""
    return f"v{visitor}"


def tell(chat_id: Address, telling: dict[str, Any]) -> None:
    """Once what is told is committed. A Valkey that is away loses nothing: listeners read for themselves."""
    transaction.on_commit(lambda: _publish({"c": chat_id, **telling}))


def _publish(telling: dict[str, Any]) -> None:
    try:
        valkey().publish(CHANNEL, json.dumps(telling, separators=(",", ":")))
    except redis.RedisError as error:
        logger.warning("Nothing told of chat %s, Valkey does not answer: %s", telling["c"], error)


class Ear:
    """One open connection: what it is to be told waits here until it takes it."""

    def __init__(self) -> None:
        self.chats: set[Address] = set()
        self.missed = False  # something may not have been told: read again
        self._waiting: deque[dict[str, Any]] = deque()
        self._filled = asyncio.Event()

    def put(self, telling: dict[str, Any]) -> None:
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(telling)
        else:
            self.missed = True
        self._filled.set()

    def miss(self) -> None:
        self.missed = True
        self._filled.set()

    async def heard(self) -> list[dict[str, Any]]:
        """What has been told since the last time; waits for something. Empty where only `missed` was set."""
        await self._filled.wait()
        self._filled.clear()
        told = list(self._waiting)
        self._waiting.clear()
        return told


class Exchange:
    """Belongs to one event loop: one subscription for all ears of the process. Listens from the first ear on."""

    def __init__(self) -> None:
        self.ears: set[Ear] = set()
        self._by_chat: defaultdict[Address, set[Ear]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()
        name = f"{settings.VALKEY_PREFIX}-chat-{uuid4().hex[:8]}"
        self._valkey = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True, client_name=name)

    async def join(self, ear: Ear) -> None:
        """From the return on the ear misses nothing, or is told that it may have."""
        self.ears.add(ear)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        try:
            await asyncio.wait_for(self._subscribed.wait(), RETRY_AFTER)
        except TimeoutError:
            ear.miss()

    def leave(self, ear: Ear) -> None:
        self.ears.discard(ear)
        self.listen_to(ear, set())

    def listen_to(self, ear: Ear, chats: Set[Address]) -> None:
        """From now on to these chats and to what concerns everybody."""
        for chat in ear.chats - chats:
            self._by_chat[chat].discard(ear)
            if not self._by_chat[chat]:
                del self._by_chat[chat]
        for chat in chats - ear.chats:
            self._by_chat[chat].add(ear)
        ear.chats = set(chats)

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _listen(self) -> None:
        while True:
            try:
                async with self._valkey.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._all_miss()  # what was told before this moment
                    self._subscribed.set()
                    async for message in pubsub.listen():
                        self._pass_on(json.loads(message["data"]))
            except redis.RedisError as error:
                logger.warning("Chats are read from the database, Valkey does not answer: %s", error)
            self._subscribed.clear()
            self._all_miss()
            await asyncio.sleep(RETRY_AFTER)

    def _pass_on(self, telling: dict[str, Any]) -> None:
        chat = telling.pop("c")
        for ear in self.ears if chat == EVERYBODY else self._by_chat.get(chat, ()):
            ear.put({"chat": chat, **telling})

    def _all_miss(self) -> None:
        for ear in self.ears:
            if ear.chats:
                ear.miss()


_exchanges: dict[asyncio.AbstractEventLoop, Exchange] = {}


def exchange() -> Exchange:
    """That of the running event loop: a web process has one loop, tests have several."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _exchanges if known.is_closed()]:
        del _exchanges[old]
    if loop not in _exchanges:
        _exchanges[loop] = Exchange()
    return _exchanges[loop]
