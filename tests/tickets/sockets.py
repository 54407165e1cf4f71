"""Pages as the server knows them: open sockets of people, without a browser."""

from collections.abc import AsyncIterator

import pytest_asyncio
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from helpdesk.accounts.models import User
from tickets.consumers import AgentConsumer
from tickets.hub import hub


class Sockets:
    """Opens sockets for people, and closes them when the test is over."""

    def __init__(self) -> None:
        self.open: list[WebsocketCommunicator] = []

    async def connect(self, user: User | AnonymousUser) -> WebsocketCommunicator:
        socket = WebsocketCommunicator(AgentConsumer.as_asgi(), "/ws/agent/")
        socket.scope["user"] = user
        await socket.connect()
        self.open.append(socket)
        return socket

    async def ready(self, user: User) -> WebsocketCommunicator:
        socket = await self.connect(user)
        assert await socket.receive_json_from() == {"t": "ready"}
        return socket


@pytest_asyncio.fixture
async def sockets() -> AsyncIterator[Sockets]:
    made = Sockets()
    yield made
    for socket in made.open:
        await socket.disconnect()
    hub().stop()
