"""What others do in a visitor's chat, on its way to their browser."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from django.utils import timezone

from channels_app.chat import replies, welcoming
from channels_app.chat.pool import blocking
from channels_app.chat.session import Reply, Session
from tickets.chat import log, wire
from tickets.models import ChatState

logger = logging.getLogger(__name__)

QUEUE_EVERY: Final = 2.0  # seconds between two looks at one's place in a queue that moves all the time
BROKEN: Final = 1011  # RFC 6455 §7.4.1
PASSED_ON: Final = ("typing", "seen", "invite")


class Hearing:
    """The half of a connection that listens. Whoever changes `session`, or sends, has its `turn`."""

    def __init__(
        self, send: Callable[[Sequence[Reply]], Awaitable[None]], close: Callable[[int], Awaitable[None]]
    ) -> None:
        self.send, self.close = send, close
        self.session: Session | None = None
        self.turn = asyncio.Lock()
        self.ear = _Ear(self._wake)
        self._hearing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None

    async def follow(self) -> None:
        """Hear of the chat that the session has now. What was said before this moment is read."""
        session = self.session
        if session is None:
            return
        wanted: set[wire.Address] = {wire.address_of(session.visitor_id)}
        if session.live_chat:
            wanted.add(session.live_chat.pk)
        if wanted != self.ear.chats:
            wire.exchange().listen_to(self.ear, wanted)
            await self.catch_up()

    async def catch_up(self) -> None:
        session = self.session
        while session and session.chat:
            lines = await blocking(partial(log.read, session.chat.pk, since=session.sent))
            if lines:
                session.sent = lines[-1].seq
                await self.send([replies.line(line.as_dict()) for line in lines])
            if len(lines) < log.PAGE:
                return

    async def tell_standing(self) -> None:
        if self.session is None:
            return
        before = self.session.told
        reply = await blocking(partial(welcoming.look_again, self.session, timezone.now()))
        if self.session.told != before:
            await self.send([reply])
        await self.follow()

    def forget_session(self) -> None:
        self.session = None
        wire.exchange().listen_to(self.ear, set())

    def stop_hearing(self) -> None:
        wire.exchange().leave(self.ear)
        for each in (self._hearing, self._later):
            if each:
                each.cancel()

    def _wake(self) -> None:
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.get_running_loop().create_task(self._hear())

    async def _hear(self) -> None:
        try:
            while self.ear.has_something:
                told = await self.ear.heard()
                async with self.turn:
                    await self._take(told)
        except Exception:
            logger.exception("a chat's connection hears no more; its browser comes back")
            await self.close(BROKEN)

    async def _take(self, told: Sequence[dict[str, Any]]) -> None:
        session = self.session
        has_missed, self.ear.missed = self.ear.missed, False
        if session is None:
            return
        out, is_behind = self._in_order(session, [each for each in told if each["t"] == "entry"])
        kinds = {each["t"] for each in told}
        out += [_without_address(each) for each in told if each["t"] in PASSED_ON and each.get("said") != "visitor"]
        if "online" in kinds and (reply := await self._opening(session.key)):
            out.append(reply)
        await self.send(out)
        if "blocked" in kinds:
            await self.send([replies.refused("blocked", "", of="hello")])
            self.forget_session()
        if "queue" in kinds:
            self._look_at_queue_later(session)
        if is_behind or (has_missed and session.chat):
            await self.catch_up()
        if "chat" in kinds or (has_missed and session.is_known):
            await self.tell_standing()

    def _in_order(self, session: Session, told: Sequence[dict[str, Any]]) -> tuple[list[Reply], bool]:
        """The lines that are next, and whether there are others: those wait for the log to be read."""
        out: list[Reply] = []
        for telling in told:
            if session.chat is None or telling["chat"] != session.chat.pk:
                continue
            seq = telling["entry"]["seq"]
            if seq > session.sent + 1:
                return out, True
            if seq == session.sent + 1:
                session.sent = seq
                out.append(replies.line(telling["entry"]))
        return out, False

    async def _opening(self, key: str) -> Reply | None:
        return replies.known_online(key) or await blocking(partial(replies.online, key, timezone.now()))

    def _look_at_queue_later(self, session: Session) -> None:
        """A queue moves for everybody in it with everybody who comes or is served: once in a while is enough."""
        chat = session.live_chat
        if chat and chat.state == ChatState.WAITING and self._later is None:
            self._later = asyncio.get_running_loop().call_later(QUEUE_EVERY, self._look_at_queue)

    def _look_at_queue(self) -> None:
        self._later = None
        self.ear.put({"chat": wire.EVERYBODY, "t": "chat"})


def _without_address(telling: dict[str, Any]) -> Reply:
    return {key: value for key, value in telling.items() if key not in ("chat", "said")}


class _Ear(wire.Ear):
    """Costs no task while nothing is told: most browsers are open for hours and hear nothing."""

    def __init__(self, wake: Callable[[], None]) -> None:
        super().__init__()
        self._wake = wake
        self.has_something = False

    def put(self, telling: dict[str, Any]) -> None:
        if telling["t"] == "online":
            replies.forget_online()
        super().put(telling)
        self._stir()

    def miss(self) -> None:
        super().miss()
        self._stir()

    async def heard(self) -> list[dict[str, Any]]:
        self.has_something = False
        return await super().heard()

    def _stir(self) -> None:
        self.has_something = True
        self._wake()
