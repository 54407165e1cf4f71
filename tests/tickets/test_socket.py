"""The agents' socket: who may connect, what it says, who is shown."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from helpdesk.accounts.models import Team, User
from tickets.actors import Actor
from tickets.consumers import NOT_SIGNED_IN, AgentConsumer
from tickets.hub import hub
from tickets.models import Ticket
from tickets.services import add_note, assign_team

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


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
    listening = hub()._listening
    if listening:
        listening.cancel()


def names(message: dict[str, Any]) -> list[tuple[str, bool]]:
    assert message["t"] == "presence"
    return [(person["name"], person["typing"]) for person in message["people"]]


async def test_a_stranger_is_turned_away(sockets: Sockets) -> None:
    socket = await sockets.connect(AnonymousUser())
    assert (await socket.receive_output())["code"] == NOT_SIGNED_IN


async def test_a_change_is_announced_to_every_page(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    pages = [await sockets.ready(grace), await sockets.ready(alan)]
    await sync_to_async(add_note)(adas_ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    for page in pages:
        assert await page.receive_json_from() == {"t": "changed", "topics": [f"ticket:{adas_ticket.number}", "queue"]}


async def test_people_at_a_ticket_see_each_other_come_type_and_go(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    number = adas_ticket.number
    graces = await sockets.ready(grace)
    await graces.send_json_to({"t": "view", "ticket": number})
    assert names(await graces.receive_json_from()) == [("Grace Hopper", False)]
    alans = await sockets.ready(alan)
    await alans.send_json_to({"t": "view", "ticket": number})
    assert names(await graces.receive_json_from()) == [("Alan Turing", False), ("Grace Hopper", False)]
    await alans.send_json_to({"t": "typing", "ticket": number})
    assert names(await graces.receive_json_from()) == [("Alan Turing", True), ("Grace Hopper", False)]
    await alans.disconnect()
    assert names(await graces.receive_json_from()) == [("Grace Hopper", False)]


async def test_nobody_watches_a_ticket_they_may_not_see(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    @sync_to_async
    def hide() -> None:
        assign_team(adas_ticket, Team.objects.create(name="Board", is_private=True), actor=Actor.agent(grace))

    await hide()
    socket = await sockets.ready(alan)
    await socket.send_json_to({"t": "view", "ticket": adas_ticket.number})
    assert await socket.receive_json_from() == {"t": "error", "reason": "no such ticket"}


@pytest.mark.parametrize("nonsense", [{"t": "drop table"}, {}, [], "hello", {"t": "view", "ticket": "x"}])
async def test_nonsense_is_answered_not_obeyed(grace: User, sockets: Sockets, nonsense: Any) -> None:
    socket = await sockets.ready(grace)
    await socket.send_json_to(nonsense)
    assert (await socket.receive_json_from())["t"] == "error"


async def test_a_ping_is_answered(grace: User, sockets: Sockets) -> None:
    socket = await sockets.ready(grace)
    await socket.send_json_to({"t": "ping"})
    assert await socket.receive_json_from() == {"t": "pong"}
