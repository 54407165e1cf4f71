"""All open connections of a web process: how many there may be, who has fallen silent, who is on which page."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from django.conf import settings
from django.utils import timezone

from channels_app.chat import limits, replies
from channels_app.chat.limits import CHATTER, CHATTER_BURST, OF_NETWORK, Allowance, Doors
from channels_app.chat.pool import blocking
from channels_app.chat.session import Closed, Session
from tickets.chat import visitors_now, wire
from tickets.models import ChatVisitor

if TYPE_CHECKING:
    from channels_app.chat.connection import Connection

logger = logging.getLogger(__name__)

T = TypeVar("T")
SWEEP_EVERY: Final = 5.0  # seconds
SILENT_FOR: Final = 75.0  # seconds; a browser says something every 25
HELLO_WITHIN: Final = 10.0  # seconds
NOTED_EVERY: Final = 25.0  # seconds between two notes of who is on the site
COME_BACK_AFTER: Final = 3  # seconds, at most, when we go away: not everybody at once


class House:
    """Belongs to one event loop; looks after things from the first connection on."""

    def __init__(self) -> None:
        self.doors = Doors()
        self.lines = limits.lines()
        self.lines_of_network = limits.lines(OF_NETWORK)
        self.chatter = Allowance[int](CHATTER, CHATTER_BURST)
        self.chatter_of_network = Allowance[str](OF_NETWORK * CHATTER, OF_NETWORK * CHATTER_BURST)
        self.polls = limits.polls()
        self.connections: set[Connection] = set()
        self._task: asyncio.Task[None] | None = None
        self._noted_at = 0.0
        self._line = asyncio.Semaphore(max(1, settings.CHAT_THREADS - 1))

    async def in_line(self, work: Callable[[], T]) -> T:
        """What may wait while very many come: it never takes the last thread, which is for what people say."""
        async with self._line:
            return await blocking(work)

    def join(self, connection: Connection) -> None:
        self.connections.add(connection)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look_after())

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.chatter.forget(id(connection))

    async def close_all(self) -> None:
        """We are going away. Nothing is lost: what was said is stored, and what is not acknowledged comes again."""
        everybody = list(self.connections)
        await asyncio.gather(*(each.bid_farewell() for each in everybody), return_exceptions=True)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                await self._sweep(time.monotonic())
            except Exception:
                logger.exception("open chats were not looked after")

    async def _sweep(self, now: float) -> None:
        for each in list(self.connections):
            limit = SILENT_FOR if each.session else HELLO_WITHIN
            if now - each.heard_at > limit:
                await each.hang_up()
        if now - self._noted_at > NOTED_EVERY:
            self._noted_at = now
            await self._note_visitors()
        await self._tell_openings()

    async def _note_visitors(self) -> None:
        sessions = [each.session for each in self.connections if each.session]
        if sessions:
            await blocking(partial(_note_all, sessions))

    async def _tell_openings(self) -> None:
        """Hours begin and end without anybody doing anything."""
        for key in {each.session.key for each in self.connections if each.session}:
            before = replies.known_online(key, however_old=True)
            now = await blocking(partial(replies.online, key, timezone.now()))
            if before and now and now["is_online"] != before["is_online"]:
                self._tell_opening(key)

    def _tell_opening(self, key: str) -> None:
        for each in list(self.connections):
            if each.session and each.session.key == key:
                each.ear.put({"chat": wire.EVERYBODY, "t": "online"})


def note(session: Session) -> None:
    """That this visitor is here, for the page on which staff see who is on the site."""
    with suppress(Closed):
        _note(session)


def note_gone(session: Session) -> None:
    """One page less of theirs; another one that is open says so again within half a minute."""
    with suppress(Closed):
        if session.widget.watches_visitors:
            visitors_now.left(session.widget.pk, session.visitor_id)


def _note(session: Session) -> None:
    widget = session.widget
    if not widget.watches_visitors or not session.may_be_told_of:
        return
    basket = session.attributes.get("basket")
    is_amount = isinstance(basket, int | float) and not isinstance(basket, bool)
    visitors_now.note(
        widget.pk,
        visitors_now.Visitor(
            id=str(session.visitor_id), page_url=session.page.url, page_title=session.page.title,
            since=session.since, page_since=session.page_since, language=session.language,
            country=session.origin.country, name=session.name, is_verified=session.is_vouched, visits=session.visits,
            basket=float(basket) if is_amount else None,  # type: ignore[arg-type]
        ),
        now=time.time(),
    )  # fmt: skip


def _note_all(sessions: list[Session]) -> None:
    """Who waits with the page open has not left, however long they say nothing."""
    waiting = {session.visitor_id for session in sessions if session.live_chat}
    if waiting:
        ChatVisitor.objects.filter(pk__in=waiting).update(last_seen_at=timezone.now())
    for session in sessions:
        note(session)


_houses: dict[asyncio.AbstractEventLoop, House] = {}


def house() -> House:
    """That of the running event loop: a web process has one loop, tests have several."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _houses if known.is_closed()]:
        del _houses[old]
    if loop not in _houses:
        _houses[loop] = House()
    return _houses[loop]
