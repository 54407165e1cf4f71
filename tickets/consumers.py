"""The agents' socket, /ws/agent/: hears what changed, says who is looking and typing.

Client → server: `view`, `typing`, `idle` (each with a ticket number), `leave`, `ping`.
Server → client: `changed` (topics), `resync`, `presence` (people at a ticket), `pong`.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import redis
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from helpdesk.accounts.models import User
from tickets import presence
from tickets.hub import Hub, hub
from tickets.models import Ticket

NOT_SIGNED_IN = 4401


class AgentConsumer(AsyncJsonWebsocketConsumer):
    ticket: int | None = None
    hub: Hub

    async def connect(self) -> None:
        self.user: User = self.scope["user"]
        await self.accept()
        if not self.user.is_authenticated or not self.user.is_active:
            await self.close(NOT_SIGNED_IN)
            return
        self.connection = uuid4().hex
        self.hub = hub()
        await self.hub.join(self)
        await self.send_json({"t": "ready"})

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "hub"):
            self.hub.drop(self)
            await self._leave()

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        kind = content.get("t") if isinstance(content, dict) else None
        if kind == "ping":
            await self._stay()
            await self.send_json({"t": "pong"})
        elif kind in ("view", "typing", "idle"):
            await self._show(content.get("ticket"), typing=kind == "typing")
        elif kind == "leave":
            await self._leave()
        else:
            await self.send_json({"t": "error", "reason": "unknown message"})

    async def _show(self, ticket: Any, *, typing: bool) -> None:
        if ticket != self.ticket:
            await self._leave()
            if not isinstance(ticket, int) or not await self._sees(ticket):
                await self.send_json({"t": "error", "reason": "no such ticket"})
                return
        self.ticket, self.typing = ticket, typing
        await self._stay(tell=True)

    async def _stay(self, *, tell: bool = False) -> None:
        if self.ticket is None:
            return
        try:
            await presence.enter(self.hub.valkey, self.ticket, self.connection, self._person())
            if tell:
                await self.hub.publish({"t": "presence", "ticket": self.ticket})
        except redis.RedisError:
            return  # without Valkey nobody is shown; the hub logs it and everybody says again who is there

    async def _leave(self) -> None:
        ticket, self.ticket = self.ticket, None
        if ticket is None:
            return
        try:
            await presence.leave(self.hub.valkey, ticket, self.connection)
            await self.hub.publish({"t": "presence", "ticket": ticket})
        except redis.RedisError:
            return  # the entry runs out by itself

    def _person(self) -> presence.Person:
        return presence.Person(self.user.pk, str(self.user), self.user.initials, self.user.hue, self.typing)

    @database_sync_to_async
    def _sees(self, ticket: int) -> bool:
        return Ticket.objects.visible_to(self.user).filter(pk=ticket).exists()
