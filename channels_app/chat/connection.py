"""One open browser, whatever carries its messages: takes them one after the other, and tells what happens in its chat.

Lines go out in their order and without a gap. What is told through Valkey is taken when it is the very next line;
anything else, and every doubt, makes it read the log (channels_app/chat/hearing.py).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from django.utils import timezone

from channels_app.chat import acts, house, limits, protocol, replies, tokens, welcoming
from channels_app.chat.fields import Nonsense
from channels_app.chat.hearing import Hearing
from channels_app.chat.pool import blocking
from channels_app.chat.protocol import Attributes, Choose, Hello, Look, Offline, Ping, Say, Seen, Sent, Start, Typing
from channels_app.chat.session import Closed, Origin, Reply, Session
from tickets.chat import wire
from tickets.chat.blocks import network_of

logger = logging.getLogger(__name__)

LINES: Final = (Start, Say, Choose, Offline)
UNANSWERED: Final = (Typing, Seen, Look)  # too many of them are dropped without a word
GOING_AWAY: Final = 1012  # RFC 6455's registry: service restart

Send = Callable[[Sequence[Reply]], Awaitable[None]]


class Connection(Hearing):
    """`send` takes messages in their order, `close` ends it with a code. Until hello nothing but hello is heard."""

    def __init__(self, origin: Origin, send: Send, close: Callable[[int], Awaitable[None]]) -> None:
        super().__init__(send, close)
        self.origin, self.network = origin, network_of(origin.address)
        self.house = house.house()
        self.heard_at = time.monotonic()
        self.house.join(self)

    async def receive(self, text: str) -> None:
        self.heard_at = time.monotonic()
        try:
            sent = protocol.read(text)
        except Nonsense as nonsense:
            if self.house.chatter.wait(id(self)):
                await self.hang_up()
                return
            reply = replies.refused(nonsense.code, nonsense.reason, of=nonsense.of, line=nonsense.line)
            await self.send([reply])
            return
        await self.take(sent)

    async def take(self, sent: Sent) -> None:
        if isinstance(sent, Ping):
            await self.send([{"t": "pong"}])
            return
        async with self.turn:
            if isinstance(sent, Hello):
                await self._greet(sent)
            elif self.session is None:
                await self.send([replies.refused("unknown", "say hello first", of=acts.name_of(sent))])
            elif wait := self._has_to_wait(sent):
                await self._put_off(sent, wait)
            else:
                await self._act(sent)

    def _has_to_wait(self, sent: Sent) -> float:
        assert self.session
        house = self.house
        if isinstance(sent, LINES):
            return house.lines.wait(self.session.visitor_id.hex) or house.lines_of_network.wait(self.network)
        return house.chatter.wait(id(self)) or house.chatter_of_network.wait(self.network)

    async def _put_off(self, sent: Sent, wait: float) -> None:
        if isinstance(sent, UNANSWERED):
            return
        line = str(getattr(sent, "id", ""))
        told = replies.refused(
            "too_many", "too many at once", of=acts.name_of(sent), line=line, after=round(wait + 0.5, 1)
        )
        await self.send([told])

    async def _act(self, sent: Sent) -> None:
        assert self.session
        run = blocking if isinstance(sent, LINES) else self.house.in_line
        await self.send(told := await run(partial(acts.act, self.session, sent, timezone.now())))
        if any(each.get("code") == "blocked" for each in told):
            self.forget_session()
            return
        if isinstance(sent, Look | Attributes):
            await self.note_presence()
        await self.follow()

    # Hello

    async def _greet(self, hello: Hello) -> None:
        if refusal := await self._ask_at_door(hello):
            await self.send([refusal])
            return
        now = timezone.now()
        # Whoever comes back into a chat has words with them: they do not stand in line with those who only look.
        run = blocking if hello.chat and tokens.read(hello.token) else self.house.in_line
        try:
            session = await run(partial(welcoming.enter, hello, self.origin, now))
            greeting = partial(welcoming.greet, session, hello.identity, now, chat=hello.chat, since=hello.since)
            told = await run(greeting)
        except (Closed, welcoming.Blocked) as refusal:
            code = "closed" if isinstance(refusal, Closed) else "blocked"
            await self.send([replies.refused(code, str(refusal), of="hello")])
            return
        self.session = session
        await wire.exchange().join(self.ear)
        await self.send(told)
        await self.follow()

    async def _ask_at_door(self, hello: Hello) -> Reply | None:
        """Why not to come in: too many do from there, or some work is to be done first."""
        has_worked = bool(hello.proof) and await self.house.in_line(partial(limits.is_proof, hello.proof, self.network))
        if has_worked:
            return None
        wait, bits = self.house.doors.hello(self.network)
        if wait:
            return replies.refused("too_many", "too many at once", of="hello", after=round(wait + 0.5, 1))
        if bits:
            given = limits.challenge(self.network, bits)
            return replies.refused("challenge", "some work is to be done first", of="hello", challenge=given)
        return None

    async def resume(self, hello: Hello, known: str, *, is_idle: bool) -> bool:
        """Go on, for who asks again and again and has had the welcome; False where hello has to be said first.

        `is_idle`: they have no chat and say nothing. Then nothing is looked up: they only wait for what they are told.
        """
        run = self.house.in_line if is_idle else blocking
        session = await run(partial(self._resumed, hello, is_idle))
        if session is None:
            return False
        self.session, session.told = session, known
        await wire.exchange().join(self.ear)
        async with self.turn:
            await (self.follow() if is_idle else self.tell_standing())
        return True

    def _resumed(self, hello: Hello, is_idle: bool) -> Session | None:
        now = timezone.now()
        try:
            session = welcoming.enter(hello, self.origin, now)
            if not welcoming.find_again(session, hello, now, is_idle=is_idle):
                return None
        except (Closed, welcoming.Blocked):
            return None
        house.note(session)
        return session

    async def note_presence(self) -> None:
        if self.session:
            await self.house.in_line(partial(house.note, self.session))

    # The end

    async def leave(self) -> None:
        self.house.leave(self)
        self.stop_hearing()

    async def hang_up(self) -> None:
        await self.close(GOING_AWAY)

    async def bid_farewell(self) -> None:
        """The process stops. Everybody comes back at another moment."""
        after = round(random.uniform(0.2, house.COME_BACK_AFTER), 1)  # noqa: S311  no secret
        await self.send([{"t": "bye", "code": GOING_AWAY, "after": after}])
        await self.close(GOING_AWAY)
