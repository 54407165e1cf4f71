"""The agents' socket: who may connect, and what it says."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tests.tickets.sockets import Sockets
from tickets.consumers import NOT_SIGNED_IN
from tickets.models import Ticket
from tickets.services import add_note, assign_team

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_stranger_is_turned_away(sockets: Sockets) -> None:
    socket = await sockets.connect(AnonymousUser())
    assert (await socket.receive_output())["code"] == NOT_SIGNED_IN


async def test_a_change_is_announced_to_every_page(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    pages = [await sockets.ready(grace), await sockets.ready(alan)]
    await sync_to_async(add_note)(adas_ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    for page in pages:
        said = await page.receive_json_from()
        assert said["t"] == "changed"
        assert {f"ticket:{adas_ticket.number}", "queue"} <= set(said["topics"])


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
