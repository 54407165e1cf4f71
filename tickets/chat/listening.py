"""An open page of staff that follows chats: what is told of them goes to its socket as it is.

The page reads the log where it sees a gap in the numbers, or is told that it may have missed something; so nothing is
kept here of what it has. What it may see is asked again whenever a chat changes hands.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels.db import database_sync_to_async

from helpdesk.accounts.models import User
from tickets.chat import queue, seen, wire
from tickets.models import Chat, ChatState

logger = logging.getLogger(__name__)

MOST_CHATS: Final = 60  # that one page follows: a supervisor's floor has more than a desk

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Follower:
    """Follows chats for one socket from the first time it is asked to, until `stop`."""

    def __init__(self, user_id: int, send: Send, close: Callable[[], Awaitable[None]]) -> None:
        self._user_id, self._send, self._close = user_id, send, close
        self._ear = wire.Ear()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, chats: set[int]) -> None:
        """From now on these chats and no others. The page is told how far each has come, and reads what it lacks."""
        if self._task is None or self._task.done():
            await wire.exchange().join(self._ear)
            self._task = asyncio.create_task(self._pass_on())
        asked = set(sorted(chats)[:MOST_CHATS])
        wire.exchange().listen_to(self._ear, set(await self._visible(asked)))
        # Read after listening: what is said in between is told twice rather than never.
        await self._send({"t": "chats", "last": await self._visible(asked)})

    def stop(self) -> None:
        wire.exchange().leave(self._ear)
        if self._task:
            self._task.cancel()

    @database_sync_to_async
    def saw(self, chat: int, seq: int) -> None:
        """Their reader has everything up to line `seq` before their eyes."""
        seen.agent_saw(Chat(pk=chat), User(pk=self._user_id), seq)

    @database_sync_to_async
    def types(self, chat: int, name: str, on: bool) -> None:
        """Tell the visitor that their agent writes; what others type is none of theirs."""
        if Chat.objects.filter(pk=chat, agent=self._user_id, state=ChatState.ACTIVE).exists():
            wire.tell(chat, {"t": "typing", "said": "agent", "name": name, "on": on})

    async def _pass_on(self) -> None:
        """Until the socket goes away. What fails here ends it: its page connects anew and reads what it has not got."""
        try:
            while True:
                await self._pass_on_once(await self._ear.heard())
        except Exception:
            logger.exception("a page of user %s hears no more of its chats", self._user_id)
            await self._close()

    async def _pass_on_once(self, told: list[dict[str, Any]]) -> None:
        if self._ear.missed:
            self._ear.missed = False
            await self._send({"t": "chats-missed"})
        for telling in told:
            if telling["chat"] == wire.EVERYBODY:
                continue
            if telling["t"] == "chat":
                wire.exchange().listen_to(self._ear, set(await self._visible(self._ear.chats)))
            await self._send(telling)

    @database_sync_to_async
    def _visible(self, chats: set[int]) -> dict[int, int]:
        """Those of them that may be seen, with the number of their last line."""
        user = User.objects.get(pk=self._user_id)
        return dict(queue.visible_to(user).filter(pk__in=chats).values_list("pk", "last_seq"))
