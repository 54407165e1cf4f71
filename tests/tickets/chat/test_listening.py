"""The socket of staff: it hears what is said in the chats its page shows, and in no others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from helpdesk.accounts.models import Team, User
from tests.tickets.sockets import Sockets
from tickets.chat import log, wire
from tickets.models import Chat, Said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def following(sockets: Sockets, user: User, *chats: int) -> tuple[WebsocketCommunicator, list[int]]:
    socket = await sockets.ready(user)
    await socket.send_json_to({"t": "chats", "chats": list(chats)})
    told = await heard(socket, "chats")
    return socket, [int(followed) for followed in told["last"]]


async def heard(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next of this kind; signals of other kinds are passed over."""
    while True:
        told: dict[str, Any] = await socket.receive_json_from(timeout=5)
        if told["t"] == kind:
            return told


async def test_what_is_said_arrives_as_it_was_written(chat: Chat, grace: User, sockets: Sockets) -> None:
    socket, followed = await following(sockets, grace, chat.pk)
    assert followed == [chat.pk]
    key = uuid4()
    line = await sync_to_async(log.say)(chat, Said.VISITOR, "Hello?", client_id=key, name="Ada")
    told = await heard(socket, "entry")
    assert (told["chat"], told["entry"]) == (chat.pk, line.as_dict())


async def test_chats_of_a_private_team_of_others_are_not_followed(
    chat: Chat, grace: User, alan: User, sockets: Sockets
) -> None:
    @sync_to_async
    def hide() -> None:
        Chat.objects.filter(pk=chat.pk).update(team=Team.objects.create(name="Board", is_private=True))

    await hide()
    _socket, followed = await following(sockets, alan, chat.pk)
    assert followed == []


async def test_who_may_no_longer_see_a_chat_hears_no_more_of_it(chat: Chat, alan: User, sockets: Sockets) -> None:
    socket, followed = await following(sockets, alan, chat.pk)
    assert followed == [chat.pk]

    @sync_to_async
    def hide() -> None:
        Chat.objects.filter(pk=chat.pk).update(team=Team.objects.create(name="Board", is_private=True))
        wire.tell(chat.pk, {"t": "chat"})

    await hide()
    await heard(socket, "chat")
    await sync_to_async(log.say)(chat, Said.VISITOR, "Between us", name="Ada")
    await socket.send_json_to({"t": "ping"})
    assert (await socket.receive_json_from())["t"] == "pong"


async def test_only_the_agent_of_a_chat_is_seen_typing(chat: Chat, grace: User, alan: User, sockets: Sockets) -> None:
    graces, _ = await following(sockets, grace, chat.pk)
    alans, _ = await following(sockets, alan, chat.pk)
    await alans.send_json_to({"t": "chat-typing", "chat": chat.pk, "on": True})
    await graces.send_json_to({"t": "chat-typing", "chat": chat.pk, "on": True})
    assert (await heard(alans, "typing"))["name"] == "Grace Hopper"


async def test_only_the_agent_of_a_chat_has_seen_its_lines(
    chat: Chat, grace: User, alan: User, sockets: Sockets
) -> None:
    await sync_to_async(log.say)(chat, Said.VISITOR, "Hello?", name="Ada")
    graces, _ = await following(sockets, grace, chat.pk)
    alans, _ = await following(sockets, alan, chat.pk)
    await alans.send_json_to({"t": "chat-seen", "chat": chat.pk, "seq": 1})
    await graces.send_json_to({"t": "chat-seen", "chat": chat.pk, "seq": 1})
    assert await heard(alans, "seen") == {"t": "seen", "chat": chat.pk, "said": "agent", "seq": 1}
    await sync_to_async(chat.refresh_from_db)()
    assert chat.agent_seen_seq == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        {"t": "chats", "chats": "all"},
        {"t": "chats", "chats": ["1"]},
        {"t": "chat-typing"},
        {"t": "chat-seen", "chat": 1, "seq": -1},
    ],
)
async def test_nonsense_about_chats_is_answered(grace: User, sockets: Sockets, nonsense: Any) -> None:
    socket = await sockets.ready(grace)
    await socket.send_json_to(nonsense)
    assert (await socket.receive_json_from())["t"] == "error"
