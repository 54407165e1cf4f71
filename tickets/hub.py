"""One subscription to the pings for a whole web process, then a plain loop over its pages' sockets.

A Channels group with 1,000 members costs twelve times as much as this loop, and hides a lost connection; here
sockets are told to fetch everything again after one (docs/decisions/realtime.md). The hub also knows who is at which
ticket, keeps its own pages' entries alive, and takes out those whose time has run out, whoever made them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import redis.asyncio
from django.conf import settings

from tickets.presence import Claim, Entry, Mode, Presence, Register, presence_of
from tickets.realtime import CHANNEL, PERSONAL

logger = logging.getLogger(__name__)

RETRY_AFTER = 1.0  # seconds
BEAT = 2.0  # seconds between two looks at who is still there
QUIET_AFTER = 9.0  # seconds without a word from a page that shows a ticket: it says one every four
CLAIM_IDLE_AFTER = 120.0  # seconds without a key pressed: the claim on the reply ends
SEND_WITHIN = 10.0  # seconds for a socket to take a message

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(eq=False)
class Page:
    """An open page, as far as the others are concerned: who reads it, and what it shows."""

    user_id: int
    name: str
    initials: str
    hue: int
    send: Send
    connection: str = field(default_factory=lambda: uuid4().hex)
    ticket: int | None = None
    rows: frozenset[int] = frozenset()
    writing: Mode = ""
    is_quiet: bool = False
    heard_at: float = field(default_factory=time.monotonic)
    wrote_at: float = 0.0

    @property
    def entry(self) -> Entry:
        return Entry(self.user_id, self.name, self.initials, self.hue, self.writing)

    def shows(self, ticket: int) -> bool:
        return ticket == self.ticket or ticket in self.rows


class Hub:
    """Belongs to one event loop; starts listening with the first page."""

    def __init__(self) -> None:
        self.name = f"{settings.VALKEY_PREFIX}-hub-{uuid4().hex[:8]}"
        self.valkey = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True, client_name=self.name)
        self.register = Register(self.valkey, CHANNEL)
        self.pages: set[Page] = set()
        self.present: dict[int, Presence] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._subscribed = asyncio.Event()

    async def join(self, page: Page) -> None:
        """From the return on, the page misses no ping (unless Valkey is away: then a resync follows)."""
        self.pages.add(page)
        if not self._tasks or any(task.done() for task in self._tasks):
            self.stop()
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look_after())]
        try:
            await asyncio.wait_for(self._subscribed.wait(), RETRY_AFTER)
        except TimeoutError:
            logger.warning("A page opened while Valkey is away; it is told to fetch again later")

    def drop(self, page: Page) -> None:
        self.pages.discard(page)

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    # Who is where

    async def enter(self, page: Page, claim: Claim = "") -> None:
        """Tell everybody that this page is at its ticket. Without Valkey nobody is, until a beat makes up for it."""
        if page.ticket is None:
            return
        page.is_quiet = False
        try:
            await self.register.enter(page.ticket, page.connection, page.entry, claim)
        except redis.RedisError as error:
            logger.info("Nobody hears that %s is at ticket %s: %s", page.name, page.ticket, error)

    async def leave(self, page: Page) -> None:
        if page.ticket is None:
            return
        try:
            await self.register.leave(page.ticket, page.connection)
        except redis.RedisError as error:
            logger.info("The entry of %s at ticket %s runs out by itself: %s", page.name, page.ticket, error)

    def snapshot(self, tickets: Collection[int]) -> dict[str, Any]:
        """Who is at which of these tickets now."""
        shown = [self.present[ticket].message() for ticket in self.present.keys() & tickets]
        return {"t": "presences", "tickets": shown}

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self._beat(time.monotonic())
            except redis.RedisError as error:
                logger.info("Who is where is not looked after, Valkey does not answer: %s", error)

    async def _beat(self, now: float) -> None:
        """Let go who has fallen silent, keep the others, and take out whose web process died."""
        here = [page for page in self.pages if page.ticket is not None and not page.is_quiet]
        for page in here:
            if now - page.heard_at > QUIET_AFTER:
                page.is_quiet = True
                await self.leave(page)
            elif now - page.wrote_at > CLAIM_IDLE_AFTER and self._holds_claim(page):
                await self.enter(page, "release")
        there = {page.connection: page for page in here if not page.is_quiet}
        forgotten = await self.register.stay([(page.ticket or 0, page.connection) for page in there.values()])
        for connection in forgotten:
            await self.enter(there[connection])
        await self.register.sweep()

    def _holds_claim(self, page: Page) -> bool:
        present = self.present.get(page.ticket or 0)
        return present is not None and present.claim == page.connection

    # What is told

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                async with self.valkey.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    claims = {page for page in self.pages if self._holds_claim(page)}
                    self.present = await self.register.everybody()
                    self._subscribed.set()
                    if lost:
                        await self._tell({"t": "resync"}, self.pages)
                        await self._all_enter_again(claims)
                    async for message in pubsub.listen():
                        await self._pass_on(json.loads(message["data"]))
            except redis.RedisError as error:
                logger.warning("Live updates are paused, Valkey does not answer: %s", error)
            self._subscribed.clear()
            lost = True
            await asyncio.sleep(RETRY_AFTER)

    async def _all_enter_again(self, claims: set[Page]) -> None:
        """A Valkey that has been away may have forgotten everybody, and we may have missed who came and went."""
        for page in list(self.pages):
            if page.rows:
                await self._tell(self.snapshot(page.rows), [page])
            if not page.is_quiet:
                await self.enter(page, "claim" if page in claims else "")

    async def _pass_on(self, ping: dict[str, Any]) -> None:
        if ping["t"] == "presence":
            await self._people_changed(presence_of(ping["ticket"], ping["entries"], ping["claim"]))
        elif people := _concerned(ping.get("topics", [])):
            await self._tell(ping, [page for page in self.pages if page.user_id in people])
        else:
            await self._tell(ping, self.pages)

    async def _people_changed(self, present: Presence) -> None:
        if present.people:
            self.present[present.ticket] = present
        else:
            self.present.pop(present.ticket, None)
        await self._tell(present.message(), [page for page in self.pages if page.shows(present.ticket)])

    async def _tell(self, content: dict[str, Any], pages: Collection[Page]) -> None:
        """Written once for all, and handed to every socket before the first is waited for."""
        message = {"type": "websocket.send", "text": json.dumps(content, separators=(",", ":"))}
        under_way = deque((page, page.send(message)) for page in pages)
        late = asyncio.get_running_loop().time() + SEND_WITHIN
        while under_way:
            try:
                async with asyncio.timeout_at(late):  # one for all: a thousand cost as much as the sending
                    while under_way:
                        await under_way[0][1]
                        under_way.popleft()
            except Exception:
                logger.info("A socket went away while being told something", exc_info=True)
                self.drop(under_way.popleft()[0])  # if it is only slow, its next ping brings it back


def _concerned(topics: list[str]) -> set[int]:
    """The only people whom these topics concern; empty when they concern everybody."""
    if not topics or not all(topic.startswith(PERSONAL) for topic in topics):
        return set()
    return {int(topic.rpartition(":")[2]) for topic in topics}


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop: a web process has one loop, tests have several."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _hubs if known.is_closed()]:
        del _hubs[old]
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
