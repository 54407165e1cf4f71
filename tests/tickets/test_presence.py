"""Who is at a ticket, who writes, who holds the reply: told to those who show it, taken back when a page is gone."""

import time
from typing import Any

import pytest
import pytest_asyncio
import redis.asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tests.tickets.sockets import Sockets
from tickets import hub as hub_module
from tickets import presence
from tickets.hub import hub
from tickets.models import Ticket
from tickets.presence import Entry, Register, presence_of
from tickets.realtime import CHANNEL
from tickets.services import assign_team

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

NOBODY: tuple[list[tuple[str, str]], str | None] = ([], None)


@pytest_asyncio.fixture(autouse=True)
async def empty_valkey() -> None:
    async with redis.asyncio.Redis.from_url(settings.REDIS_URL) as valkey:
        await forget_everybody(valkey)


async def forget_everybody(valkey: redis.asyncio.Redis) -> None:
    """As a Valkey that starts again without its memory; other test processes use the same one."""
    if keys := await valkey.keys(f"{presence.UNTIL}*"):
        await valkey.delete(*keys)


async def cut_the_subscription() -> None:
    for client in await hub().valkey.client_list(_type="pubsub"):
        if client["name"] == hub().name:
            await hub().valkey.client_kill_filter(_id=client["id"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds takes parts of one."""
    monkeypatch.setattr(hub_module, "BEAT", 0.05)
    monkeypatch.setattr(hub_module, "QUIET_AFTER", 0.3)
    monkeypatch.setattr(presence, "KEPT_FOR", 0.4)


def told(message: dict[str, Any]) -> tuple[list[tuple[str, str]], str | None]:
    """People as (first name, what they write), and whose the reply is."""
    assert message["t"] == "presence", message
    first = {person["id"]: person["name"].split()[0] for person in message["people"]}
    return [(first[person["id"]], person["writing"]) for person in message["people"]], first.get(message["claim"])


async def says(socket: WebsocketCommunicator, kind: str, ticket: Ticket, **more: Any) -> None:
    await socket.send_json_to({"t": kind, "ticket": ticket.number, **more})


async def hears(socket: WebsocketCommunicator) -> tuple[list[tuple[str, str]], str | None]:
    return told(await socket.receive_json_from(timeout=30))


async def both_at(ticket: Ticket, grace: User, alan: User, sockets: Sockets) -> list[WebsocketCommunicator]:
    """Grace's and Alan's pages, both showing the ticket and knowing of each other."""
    graces = await sockets.ready(grace)
    await says(graces, "view", ticket)
    assert await hears(graces) == ([("Grace", "")], None)
    alans = await sockets.ready(alan)
    await says(alans, "view", ticket)
    for page in (graces, alans):
        assert await hears(page) == ([("Alan", ""), ("Grace", "")], None)
    return [graces, alans]


async def test_people_see_each_other_come_write_and_go(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    graces, alans = await both_at(adas_ticket, grace, alan, sockets)
    await says(alans, "typing", adas_ticket, mode="note")
    assert await hears(graces) == ([("Alan", "note"), ("Grace", "")], None)
    await says(alans, "idle", adas_ticket)
    assert await hears(graces) == ([("Alan", ""), ("Grace", "")], None)
    await alans.disconnect()
    assert await hears(graces) == ([("Grace", "")], None)


async def test_who_writes_the_reply_first_holds_it_until_it_is_done(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    graces, alans = await both_at(adas_ticket, grace, alan, sockets)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    await says(alans, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", "reply"), ("Grace", "reply")], "Grace")
    await says(graces, "idle", adas_ticket)
    assert await hears(alans) == ([("Alan", "reply"), ("Grace", "")], "Grace")
    await says(graces, "release", adas_ticket)
    assert await hears(alans) == ([("Alan", "reply"), ("Grace", "")], None)
    await says(alans, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", "reply"), ("Grace", "")], "Alan")


async def test_a_reply_can_be_taken_over_and_is_not_taken_back_by_typing_on(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    graces, alans = await both_at(adas_ticket, grace, alan, sockets)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(graces) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    await says(alans, "take", adas_ticket)
    assert await hears(graces) == ([("Alan", ""), ("Grace", "reply")], "Alan")
    await says(graces, "typing", adas_ticket, mode="reply")
    await says(graces, "idle", adas_ticket)
    assert await hears(graces) == ([("Alan", ""), ("Grace", "")], "Alan")


async def test_leaving_ends_the_claim(adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets) -> None:
    graces, alans = await both_at(adas_ticket, grace, alan, sockets)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    await graces.send_json_to({"t": "leave"})
    assert await hears(alans) == ([("Alan", "")], None)


async def test_two_tabs_of_one_person_are_one_person_with_one_claim(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    graces, alans = await both_at(adas_ticket, grace, alan, sockets)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    second = await sockets.ready(grace)
    await says(second, "view", adas_ticket)
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    await says(second, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    await graces.disconnect()
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")


async def test_light_agents_write_notes_and_take_nothing_over(
    adas_ticket: Ticket, grace: User, linus: User, sockets: Sockets
) -> None:
    graces, linuss = await sockets.ready(grace), await sockets.ready(linus)
    for page in (graces, linuss):
        await says(page, "view", adas_ticket)
    await says(graces, "typing", adas_ticket, mode="reply")
    while (await hears(linuss))[1] != "Grace":  # each socket is a task of its own: nobody says who is first
        pass
    await says(linuss, "typing", adas_ticket, mode="reply")
    while (heard := await hears(linuss)) != ([("Grace", "reply"), ("Linus", "note")], "Grace"):
        assert heard[1] == "Grace"
    await says(linuss, "take", adas_ticket)
    assert await hears(linuss) == ([("Grace", "reply"), ("Linus", "")], "Grace")


async def test_a_list_hears_who_is_at_its_rows_and_begins_with_now(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    graces = await sockets.ready(grace)
    await says(graces, "view", adas_ticket)
    assert await hears(graces) == ([("Grace", "")], None)
    lists = await sockets.ready(alan)
    await lists.send_json_to({"t": "rows", "tickets": [adas_ticket.number, 999_999]})
    [row] = (await lists.receive_json_from())["tickets"]
    assert told(row) == ([("Grace", "")], None)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(lists) == ([("Grace", "reply")], "Grace")
    await lists.send_json_to({"t": "rows", "tickets": []})
    assert await lists.receive_json_from() == {"t": "presences", "tickets": []}
    await says(graces, "idle", adas_ticket)
    assert await lists.receive_nothing(0.1)


async def test_nobody_hears_who_is_at_a_ticket_they_may_not_see(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets
) -> None:
    @sync_to_async
    def hide() -> None:
        board = Team.objects.create(name="Board", is_private=True)
        grace.teams.add(board)
        assign_team(adas_ticket, board, actor=Actor.agent(grace))

    await hide()
    graces, lists = await sockets.ready(grace), await sockets.ready(alan)
    await lists.send_json_to({"t": "rows", "tickets": [adas_ticket.number]})
    assert await lists.receive_json_from() == {"t": "presences", "tickets": []}
    await says(graces, "view", adas_ticket)
    assert await hears(graces) == ([("Grace", "")], None)
    assert await lists.receive_nothing(0.1)


async def test_a_page_that_falls_silent_is_gone_and_its_next_word_brings_it_back(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets, quick: None
) -> None:
    graces = await sockets.ready(grace)
    await says(graces, "view", adas_ticket)
    lists = await sockets.ready(alan)
    await lists.send_json_to({"t": "rows", "tickets": [adas_ticket.number]})
    await lists.receive_json_from()
    while await hears(lists) != NOBODY:
        pass  # her coming may still be on its way to the lists
    await graces.send_json_to({"t": "ping"})
    assert await hears(lists) == ([("Grace", "")], None)


async def test_a_claim_ends_when_no_key_is_pressed_for_long(
    adas_ticket: Ticket, grace: User, sockets: Sockets, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "QUIET_AFTER", 60)
    graces = await sockets.ready(grace)
    await says(graces, "view", adas_ticket)
    assert await hears(graces) == ([("Grace", "")], None)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(graces) == ([("Grace", "reply")], "Grace")
    monkeypatch.setattr(hub_module, "CLAIM_IDLE_AFTER", 0.1)
    assert await hears(graces) == ([("Grace", "reply")], None)


async def test_what_a_killed_web_process_left_behind_runs_out_and_that_is_told(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets, quick: None
) -> None:
    """No process looks after this entry any more; another one's beat takes it out."""
    dead = Entry(grace.pk, "Grace Hopper", "GH", 25, "reply")
    await Register(hub().valkey, CHANNEL).enter(adas_ticket.number, "0dead0", dead, "claim")
    lists = await sockets.ready(alan)
    await lists.send_json_to({"t": "rows", "tickets": [adas_ticket.number]})
    [row] = (await lists.receive_json_from())["tickets"]
    assert told(row) == ([("Grace", "reply")], "Grace")
    assert await hears(lists) == NOBODY
    assert await hub().valkey.keys(f"{presence.UNTIL}*") == []


async def test_an_emptied_valkey_hears_of_everybody_again(
    adas_ticket: Ticket, grace: User, alan: User, sockets: Sockets, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "QUIET_AFTER", 60)
    graces, alans = await both_at(adas_ticket, grace, alan, sockets)
    await says(graces, "typing", adas_ticket, mode="reply")
    assert await hears(alans) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    await forget_everybody(hub().valkey)
    await cut_the_subscription()
    heard: list[dict[str, Any]] = []
    until = time.monotonic() + 10
    while not (
        heard and heard[-1]["t"] == "presence" and told(heard[-1]) == ([("Alan", ""), ("Grace", "reply")], "Grace")
    ):
        assert time.monotonic() < until, heard
        heard.append(await alans.receive_json_from(timeout=10))
    assert {"t": "resync"} in heard


async def test_another_hand_in_the_same_moment_gets_the_claim_once(
    adas_ticket: Ticket, grace: User, alan: User
) -> None:
    """Two web processes at once: the script decides, and both are told the same."""
    register = Register(hub().valkey, CHANNEL)
    number = adas_ticket.number
    for user in (grace, alan):
        await register.enter(number, f"page{user.pk}", Entry(user.pk, str(user), "XX", 1, "reply"), "claim")
    known = (await register.everybody())[number]
    assert known.claimed_by == grace.pk
    await register.leave(number, f"page{grace.pk}")
    assert (await register.everybody())[number].claimed_by == 0


async def test_a_person_on_several_pages_writes_what_matters_most() -> None:
    fields = {"id": 1, "name": "Grace", "initials": "GH", "hue": 1}
    entries = {"a": fields | {"writing": "note"}, "b": fields | {"writing": "reply"}, "c": fields | {"writing": ""}}
    assert [person.writing for person in presence_of(7, entries, "gone").people] == ["reply"]
    assert presence_of(7, entries, "gone").claimed_by == 0
