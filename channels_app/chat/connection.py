"""One open browser, whatever carries its messages: takes them one after the other, and tells what happens in its chat.

Lines go out in their order and without a gap. What is told through Valkey is taken when it is the very next line;
anything else, and every doubt, makes it read the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from django.utils import timezone

from channels_app.chat import acts, protocol, replies, welcoming
from channels_app.chat.fields import Nonsense
from channels_app.chat.pool import blocking
from channels_app.chat.protocol import Hello, Ping, Sent
from channels_app.chat.session import Closed, Origin, Reply, Session
from tickets.chat import log, wire
from tickets.models import ChatState

logger = logging.getLogger(__name__)

QUEUE_EVERY: Final = 2.0  # seconds between two looks at one's place in a queue that moves all the time

Send = Callable[[Sequence[Reply]], Awaitable[None]]


class Connection:
    """`send` takes messages in their order. Until `hello` nothing but hello is heard."""

    def __init__(self, origin: Origin, send: Send, close: Callable[[], Awaitable[None]]) -> None:
        self.origin, self._send, self._close = origin, send, close
        self.session: Session | None = None
        self.ear = _Ear(self._wake)
        self._turn = asyncio.Lock()
        self._hearing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None

    async def receive(self, text: str) -> None:
        try:
            sent = protocol.read(text)
        except Nonsense as nonsense:
            reply = replies.refused(nonsense.code, nonsense.reason, of=nonsense.of, line=nonsense.line)
            await self._send([reply])
            return
        await self.take(sent)

    async def take(self, sent: Sent) -> None:
        if isinstance(sent, Ping):
            await self._send([{"t": "pong"}])
            return
        async with self._turn:
            if isinstance(sent, Hello):
                await self._welcome(sent)
            elif self.session is None:
                await self._send([replies.refused("unknown", "say hello first", of=acts.name_of(sent))])
            else:
                told = await blocking(partial(acts.act, self.session, sent, timezone.now()))
                await self._send(told)
                await self._follow()

    async def _welcome(self, hello: Hello) -> None:
        now = timezone.now()
        try:
            session = await blocking(partial(welcoming.enter, hello, self.origin, now))
        except Closed as closed:
            await self._send([replies.refused("closed", str(closed), of="hello")])
            return
        reply = await blocking(partial(welcoming.welcome, session, now, chat=hello.chat, since=hello.since))
        self.session = session
        await wire.exchange().join(self.ear)
        await self._send([reply])
        await self._follow()

    async def leave(self) -> None:
        wire.exchange().leave(self.ear)
        for each in (self._hearing, self._later):
            if each:
                each.cancel()

    # What others do

    def _wake(self) -> None:
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.get_running_loop().create_task(self._hear())

    async def _hear(self) -> None:
        try:
            while self.ear.has_something:
                told = await self.ear.heard()
                async with self._turn:
                    await self._tell(told)
        except Exception:
            logger.exception("a chat's connection hears no more; its browser comes back")
            await self._close()

    async def _tell(self, told: Sequence[dict[str, Any]]) -> None:
        session = self.session
        if session is None:
            return
        is_behind, self.ear.missed = self.ear.missed, False
        has_changed = is_behind
        out: list[Reply] = []
        for telling in told:
            kind = telling["t"]
            if kind == "entry" and session.chat and telling["chat"] == session.chat.pk:
                if telling["entry"]["seq"] == session.sent + 1 and not is_behind:
                    session.sent += 1
                    out.append(replies.line(telling["entry"]))
                else:
                    is_behind = is_behind or telling["entry"]["seq"] > session.sent
            elif kind == "chat":
                has_changed = True
            elif kind == "queue":
                self._look_at_queue_later()
            elif kind == "online":
                await self._tell_online()
            elif kind in ("typing", "seen") and telling["said"] == "agent":
                out.append({key: value for key, value in telling.items() if key not in ("chat", "said")})
            elif kind == "invited":
                out.append({key: value for key, value in telling.items() if key != "chat"})
        await self._send(out)
        if is_behind:
            await self._catch_up()
        if has_changed:
            await self._tell_standing()

    async def _follow(self) -> None:
        """Hear of the chat that the session has now. What was said before this is read."""
        session = self.session
        assert session
        wanted: set[wire.Address] = {wire.address_of(session.visitor_id)}
        if session.live_chat:
            wanted.add(session.live_chat.pk)
        if wanted != self.ear.chats:
            wire.exchange().listen_to(self.ear, wanted)
            await self._catch_up()

    async def _catch_up(self) -> None:
        session = self.session
        while session and session.chat:
            lines = await blocking(partial(log.read, session.chat.pk, since=session.sent))
            if not lines:
                return
            session.sent = lines[-1].seq
            await self._send([replies.line(line.as_dict()) for line in lines])
            if len(lines) < log.PAGE:
                return

    async def _tell_standing(self) -> None:
        assert self.session
        before = self.session.told
        reply = await blocking(partial(welcoming.look_again, self.session, timezone.now()))
        if self.session.told != before:
            await self._send([reply])
        await self._follow()

    async def _tell_online(self) -> None:
        assert self.session
        reply = await blocking(partial(replies.online, self.session.widget, timezone.now(), afresh=True))
        await self._send([reply])

    def _look_at_queue_later(self) -> None:
        """A queue moves for everybody in it with everybody who comes or is served: once in a while is enough."""
        chat = self.session and self.session.live_chat
        if chat and chat.state == ChatState.WAITING and self._later is None:
            self._later = asyncio.get_running_loop().call_later(QUEUE_EVERY, self._look_at_queue)

    def _look_at_queue(self) -> None:
        self._later = None
        self.ear.put({"chat": wire.EVERYBODY, "t": "chat"})


class _Ear(wire.Ear):
    """Costs no task while nothing is told: most browsers are open for hours and hear nothing."""

    def __init__(self, wake: Callable[[], None]) -> None:
        super().__init__()
        self._wake = wake
        self.has_something = False

    def put(self, telling: dict[str, Any]) -> None:
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
