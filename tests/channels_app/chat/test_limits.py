"""How much is too much, and the work that lets somebody in all the same."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from channels_app.chat import house, limits, welcoming
from channels_app.chat.limits import Allowance, Doors
from tests.channels_app.chat.conftest import Browser
from tickets.chat.blocks import hash_of, network_of
from tickets.models import ChatEntry

Open = Callable[..., Browser]


def test_an_allowance_refills() -> None:
    lines = Allowance[str](a_second=2, most=3)
    assert [lines.wait("ada", now=0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert lines.wait("eve", now=0.0) == 0, "each has their own"
    assert lines.wait("ada", now=0.5) == 0
    assert lines.wait("ada", now=0.5) > 0
    assert [lines.wait("ada", now=99.0) for _ in range(4)] == [0, 0, 0, 0.5], "never more than the most"


def test_doors_are_counted(settings: Settings) -> None:
    settings.CHAT_SOCKETS, settings.CHAT_SOCKETS_PER_ADDRESS = 3, 2
    doors = Doors()
    assert [doors.let_in(each) for each in ("a", "a", "a", "b", "c")] == [True, True, False, True, False]
    doors.let_out("a")
    assert doors.let_in("c") and doors.open == {"a": 1, "b": 1, "c": 1}


def test_who_comes_very_often_works_first(settings: Settings) -> None:
    settings.CHAT_SOCKETS_PER_ADDRESS = 10
    doors = Doors()
    asked = [doors.hello("a") for _ in range(7)]
    assert asked[0] == (0.0, 0) and asked[-1] == (0.0, limits.BITS)
    assert doors.hello("b") == (0.0, 0)


def solved(nonce: str, bits: int) -> str:
    for tried in count():
        proof = f"{nonce}:{tried}"
        if int.from_bytes(sha256(proof.encode()).digest()) >> (256 - bits) == 0:
            return proof
    raise AssertionError


def test_work_is_done_once_and_by_who_was_asked() -> None:
    given = limits.challenge("192.0.2.1", 8)
    nonce = str(given["nonce"])
    proof = solved(nonce, 8)
    assert not limits.is_proof(proof, "192.0.2.2"), "another network"
    wrong = next(f"{nonce}:{n}" for n in count() if sha256(f"{nonce}:{n}".encode()).digest()[0])
    assert not limits.is_proof(wrong, "192.0.2.1")
    assert limits.is_proof(proof, "192.0.2.1")
    assert not limits.is_proof(proof, "192.0.2.1"), "once"
    for nonsense in ("", ":", "a:b", f"{nonce[:-1]}x:1"):
        assert not limits.is_proof(nonsense, "192.0.2.1")


def test_a_network_of_ipv6_is_one() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert hash_of("2001:db8:1:2::1") != hash_of("2001:db8:1:3::1")
    assert network_of("unknown") == "unknown"


@pytest.mark.django_db(transaction=True)
async def test_work_opens_the_door(browser: Open, settings: Settings) -> None:
    settings.CHAT_SOCKETS_PER_ADDRESS = 2
    ada = browser()
    assert (await ada.hello())["t"] == "welcome"
    refused = await ada.hello()
    assert refused["code"] == "challenge"
    proof = solved(refused["challenge"]["nonce"], refused["challenge"]["bits"])
    assert (await ada.hello(proof=proof))["t"] == "welcome"
    assert (await ada.hello(proof=proof))["t"] == "refused"


@pytest.mark.django_db(transaction=True)
async def test_too_many_lines_wait(browser: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BURST", 3)
    settings.CHAT_LINES_A_MINUTE = 2
    ada = browser()
    await ada.hello()
    await ada.start("Hello")
    told = []
    for _ in range(4):
        await ada.say("say", id=str(uuid4()), text="and more")
        told.append(await ada.next("ack", "refused"))
    assert [each["t"] for each in told] == ["ack", "ack", "refused", "refused"]
    assert told[-1]["code"] == "too_many" and told[-1]["after"] > 0 and told[-1]["id"]
    assert await ChatEntry.objects.acount() == 3


@pytest.mark.django_db(transaction=True)
async def test_chats_of_a_network_are_counted(browser: Open, settings: Settings) -> None:
    settings.CHAT_STARTS_AN_HOUR = 2
    told = []
    for _ in range(3):
        ada = browser(address="192.0.2.77")
        await ada.hello()
        told.append(await ada.start("Hello"))
    assert [each["t"] for each in told] == ["ack", "ack", "refused"] and told[-1]["code"] == "too_many"
    eve = browser(address="192.0.2.78")
    await eve.hello()
    assert (await eve.start("Hello"))["t"] == "ack"


@pytest.mark.django_db(transaction=True)
async def test_who_only_talks_nonsense_is_left(browser: Open) -> None:
    eve = browser()
    eve.connection.house.chatter = Allowance[int](1, 5)
    for _ in range(9):
        await eve.connection.receive("nonsense")
    assert eve.is_closed and len(eve.heard) == 5


@pytest.mark.django_db(transaction=True)
async def test_what_people_say_does_not_stand_behind_those_who_only_look(
    browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    talking = browser()
    await talking.hello()
    await talking.start("Hello?")
    may_enter, enter = threading.Event(), welcoming.enter

    def slowly(*given: Any) -> Any:
        may_enter.wait(5)
        return enter(*given)

    monkeypatch.setattr(welcoming, "enter", slowly)
    many = [asyncio.create_task(browser().hello()) for _ in range(6)]
    await asyncio.sleep(0)  # they have asked
    await talking.say("say", id=str(uuid4()), text="Still there?")
    assert (await talking.next("ack"))["seq"] == 2
    assert not any(each.done() for each in many)
    may_enter.set()
    assert {told["t"] for told in await asyncio.gather(*many)} == {"welcome"}


@pytest.mark.django_db(transaction=True)
async def test_many_of_one_network_say_as_much_as_ten(
    browser: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHAT_LINES_A_MINUTE = 2
    monkeypatch.setattr(limits, "BURST", 1)
    monkeypatch.setattr(limits, "OF_NETWORK", 2)
    monkeypatch.setattr(house, "OF_NETWORK", 2)
    three = [browser(), browser(), browser()]
    for each in three:
        await each.hello()
    assert [(await each.start("Hello?"))["t"] for each in three] == ["ack", "ack", "refused"]
    elsewhere = browser(address="203.0.113.99")
    await elsewhere.hello()
    assert (await elsewhere.start("Hello?"))["t"] == "ack"
