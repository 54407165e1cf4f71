"""The agents' socket, /ws/agent/: hears what changed, says who looks at what and who writes.

Client → server: `view`, `typing` (with `mode`), `idle`, `release` and `take` (the claim on a reply), each with a ticket
number; `rows` (the tickets in the list), `leave`, `ping`; `chats` (those to follow),
`chat-typing` (chat, on), `chat-seen` (chat, seq).
Server → client: `ready`, `pong`, `changed` (topics), `resync`, `presence` (people at a ticket), `presences` (at rows);
`chats` (which are followed, and the last number of each), `chats-missed` (read their logs), and what is told of one:
`entry`, `chat`, `typing`, `seen`, each with its `chat` (tickets/chat/wire.py).
"""

from __future__ import annotations

import json
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import timezone

from helpdesk.accounts.models import User
from tickets import policies
from tickets.chat.listening import Follower
from tickets.hub import Hub, Page, hub
from tickets.models import Ticket
from tickets.presence import Claim
from tickets.routing import availability

NOT_SIGNED_IN = 4401
NOT_OPEN = 4403  # to other departments: what changes on tickets is none of their pages' business
MOST_ROWS = 500  # tickets in a list
NOTED_EVERY = 30.0  # seconds


class AgentConsumer(AsyncJsonWebsocketConsumer):
    page: Page
    hub: Hub
    noted_at: float = 0.0
    follower: Follower | None = None

    async def connect(self) -> None:
        self.user: User = self.scope["user"]
        await self.accept()
        if not self.user.is_authenticated or not self.user.is_active:
            await self.close(NOT_SIGNED_IN)
            return
        if not policies.may_enter(self.user):
            await self.close(NOT_OPEN)
            return
        self.page = Page(self.user.pk, str(self.user), self.user.initials, self.user.hue, self.base_send)
        self.hub = hub()
        await self.hub.join(self.page)
        await self._note_page()
        await self.send_json({"t": "ready"})

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "hub"):
            self.hub.drop(self.page)
            await self.hub.leave(self.page)
        if self.follower:
            self.follower.stop()

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """What is no JSON is nonsense like any other: answered, not a crash of the socket."""
        try:
            return json.loads(text_data)
        except (ValueError, RecursionError):
            return None

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        self.page.heard_at = time.monotonic()
        kind = content.get("t") if isinstance(content, dict) else None
        if kind == "ping":
            await self._is_alive()
        elif kind == "view":
            await self._view(content.get("ticket"))
        elif kind in ("typing", "idle", "release", "take"):
            await self._write(kind, content)
        elif kind == "rows":
            await self._watch(content.get("tickets"))
        elif kind == "leave":
            await self._leave()
        elif kind == "chats":
            await self._follow(content.get("chats"))
        elif kind == "chat-typing":
            await self._types_in(content.get("chat"), content.get("on") is True)
        elif kind == "chat-seen":
            await self._saw(content.get("chat"), content.get("seq"))
        else:
            await self._refuse("unknown message")

    async def _is_alive(self) -> None:
        """A page that was counted as gone, because it fell silent or took too long to listen, is back."""
        if self.page.is_quiet:
            await self.hub.enter(self.page)
        if self.page not in self.hub.pages:
            await self.hub.join(self.page)
            await self.send_json({"t": "resync"})
        if time.monotonic() - self.noted_at > NOTED_EVERY:
            await self._note_page()
        await self.send_json({"t": "pong"})

    async def _view(self, ticket: Any) -> None:
        if ticket != self.page.ticket:
            await self._leave()
            if not isinstance(ticket, int) or ticket not in await self._visible([ticket]):
                return await self._refuse("no such ticket")
        self.page.ticket = ticket
        await self.hub.enter(self.page)

    async def _write(self, kind: str, content: dict[str, Any]) -> None:
        """Somebody writes, pauses, is done with a reply, or takes it over. Only where the page looks."""
        page, ticket = self.page, content.get("ticket")
        if ticket is None or ticket != page.ticket:
            return await self._refuse("not in view")
        claim: Claim = ""
        if kind == "typing":
            page.wrote_at = time.monotonic()
            page.writing = "note" if content.get("mode") == "note" or not policies.may_reply(self.user) else "reply"
            claim = "claim" if page.writing == "reply" else ""
        elif kind == "take" and policies.may_reply(self.user):
            page.wrote_at = time.monotonic()
            claim = "take"
        else:
            page.writing = ""
            claim = "release" if kind == "release" else ""
        await self.hub.enter(page, claim)

    async def _watch(self, tickets: Any) -> None:
        """The rows of the list this page shows: from here on it hears who is at them, beginning with now."""
        if not isinstance(tickets, list) or not all(type(ticket) is int for ticket in tickets):
            return await self._refuse("no list of tickets")
        wanted = set(tickets[:MOST_ROWS])
        fresh = wanted - self.page.rows
        visible = await self._visible(sorted(fresh)) if fresh else set()
        self.page.rows = frozenset(wanted & self.page.rows | visible)
        await self.send_json(self.hub.snapshot(self.page.rows))

    async def _follow(self, chats: Any) -> None:
        if not isinstance(chats, list) or not all(type(chat) is int for chat in chats):
            return await self._refuse("no list of chats")
        self.follower = self.follower or Follower(self.user.pk, self.send_json, self.close)
        await self.follower.follow(set(chats))

    async def _types_in(self, chat: Any, on: bool) -> None:
        if self.follower is None or type(chat) is not int:
            return await self._refuse("no such chat")
        await self.follower.types(chat, str(self.user), on)

    async def _saw(self, chat: Any, seq: Any) -> None:
        if self.follower is None or type(chat) is not int or type(seq) is not int or not 0 < seq < 2**31:
            return await self._refuse("no such line")
        await self.follower.saw(chat, seq)

    async def _leave(self) -> None:
        await self.hub.leave(self.page)
        self.page.ticket, self.page.writing = None, ""

    async def _note_page(self) -> None:
        """Assignment gives work only to those who have a page open."""
        self.noted_at = time.monotonic()
        await database_sync_to_async(availability.note_page)(self.user.pk, now=timezone.now())

    async def _refuse(self, reason: str) -> None:
        await self.send_json({"t": "error", "reason": reason})

    @database_sync_to_async
    def _visible(self, tickets: list[int]) -> set[int]:
        """Those of them that the reader may see, by their roles and teams of this moment."""
        user = User.objects.get(pk=self.user.pk)
        return set(Ticket.objects.visible_to(user).filter(pk__in=tickets).values_list("pk", flat=True))
