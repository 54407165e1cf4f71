"""Many chats while sockets are cut, web processes killed and Valkey restarted; and what has to be true after it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from helpdesk.accounts.models import User
from tests.chat_people import Desk, Log, Visitor
from tickets.chat import life
from tickets.models import Chat, ChatEntry, ChatWidget, Message, MessageKind, Said

EACH_DESK = 50  # chats of one agent

Blow = Callable[[], object]


@dataclass
class Talk:
    """One conversation: what each side meant to say, in its order."""

    visitor: Visitor
    desk: Desk
    chat: int
    by_visitor: list[str]
    by_agent: list[str]


async def arrive(
    port: int, key: str, number: int, *, seconds: float, polling: int = 5
) -> tuple[list[Visitor], list[asyncio.Task[None]]]:
    """So many visitors with their first line said; each `polling`th of them polls (0: none)."""
    visitors = [Visitor(port, key, f"Visitor {i}", polls=bool(polling) and i % polling == 0) for i in range(number)]
    tasks = [asyncio.create_task(each.run()) for each in visitors]
    for visitor in visitors:
        visitor.say(f"{visitor.who}: hello")
    await until(lambda: all(each.chat and not each.unsent for each in visitors), seconds, "everybody has a chat")
    return visitors, tasks


def accept_all(widget: ChatWidget, agents: Sequence[User]) -> dict[str, tuple[int, User]]:
    """By the chat's key: its number and who has it."""
    chats = list(Chat.objects.filter(widget=widget).order_by("pk"))
    given = [(chat, agents[place // EACH_DESK]) for place, chat in enumerate(chats)]
    return {str(chat.key): (life.accept(chat, agent).pk, agent) for chat, agent in given}


def talks_of(
    visitors: Sequence[Visitor], given: Mapping[str, tuple[int, User]], open_desk: Callable[[User, list[int]], Desk]
) -> list[Talk]:
    """Each visitor with the desk of who has their chat."""
    people = {agent.pk: agent for _chat, agent in given.values()}
    desks = {
        pk: open_desk(agent, [chat for chat, whose in given.values() if whose == agent]) for pk, agent in people.items()
    }
    having = [(visitor, *given[visitor.chat]) for visitor in visitors]
    return [Talk(visitor, desks[agent.pk], chat, [f"{visitor.who}: hello"], []) for visitor, chat, agent in having]


async def talk_through(talks: Sequence[Talk], blows: Sequence[Blow], *, lines: int, pause: float, rng: random.Random,
                       seconds: float) -> None:  # fmt: skip
    """All talk, each side `lines` lines; `blows` fall in their order, spread over that time."""
    desks = list({id(talk.desk): talk.desk for talk in talks}.values())
    around = [asyncio.create_task(desk.run()) for desk in desks]
    around.append(asyncio.create_task(_cut_at_random([*desks, *(talk.visitor for talk in talks)], pause, rng)))
    around.append(asyncio.create_task(_strike(blows, lines * pause)))
    saying = [side(talk, lines, pause, rng) for talk in talks for side in (_visitor_talks, _agent_talks)]
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*saying)
            await around[-1]
        around.pop()
        await until(lambda: all(_is_through(talk) for talk in talks), seconds, lambda: _what_is_missing(talks))
    finally:
        for task in around:
            task.cancel()
        for task in around:
            with suppress(asyncio.CancelledError):
                await task


async def _visitor_talks(talk: Talk, lines: int, pause: float, rng: random.Random) -> None:
    for i in range(lines):
        await asyncio.sleep(rng.uniform(0, 2 * pause))
        talk.by_visitor.append(f"{talk.visitor.who}: {i}")
        talk.visitor.say(talk.by_visitor[-1])


async def _agent_talks(talk: Talk, lines: int, pause: float, rng: random.Random) -> None:
    for i in range(lines):
        await asyncio.sleep(rng.uniform(0, 2 * pause))
        talk.by_agent.append(f"agent: {i}")
        await talk.desk.say(talk.chat, talk.by_agent[-1])


async def _cut_at_random(people: Sequence[Visitor | Desk], pause: float, rng: random.Random) -> None:
    """Each of them about every ten pauses."""
    while True:
        await asyncio.sleep(10 * pause / len(people))
        rng.choice(people).cut()


async def _strike(blows: Sequence[Blow], within: float) -> None:
    for blow in blows:
        await asyncio.sleep(within / (len(blows) + 1))
        await asyncio.to_thread(blow)


def _is_through(talk: Talk) -> bool:
    last = max(talk.visitor.last, talk.desk.logs[talk.chat].last)
    said = 1 + len(talk.by_visitor) + len(talk.by_agent)  # and who joined
    return not talk.visitor.unsent and all(log.last == last >= said for log in _logs(talk))


def _logs(talk: Talk) -> tuple[Log, Log]:
    return talk.visitor, talk.desk.logs[talk.chat]


def _what_is_missing(talks: Sequence[Talk]) -> str:
    late = [talk for talk in talks if not _is_through(talk)]
    first = late[0]
    have = [f"{log.who} has {log.last}" for log in _logs(first)]
    return f"{len(late)} of {len(talks)} chats are whole on both sides: {have}, unsent {len(first.visitor.unsent)}"


async def until(is_so: Callable[[], bool], seconds: float, what: str | Callable[[], str]) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not is_so():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what if isinstance(what, str) else what()}")
        await asyncio.sleep(0.05)


# What has to be true


def faults(talks: Sequence[Talk]) -> list[str]:
    """Sentences, none where every line is once, in order, on both sides, in the log and on the ticket."""
    found = [fault for talk in talks for log in _logs(talk) for fault in log.faults]
    for talk in talks:
        found += _faults_of_log(talk)
        found += _faults_of_ticket(talk)
    return found


def _faults_of_log(talk: Talk) -> list[str]:
    entries = list(ChatEntry.objects.filter(chat=talk.chat).order_by("seq").select_related("message"))
    texts = [(entry.seq, entry.said, entry.text or (entry.message.text if entry.message else "")) for entry in entries]
    found = []
    if [seq for seq, _said, _text in texts] != list(range(1, len(texts) + 1)):
        found.append(f"chat {talk.chat}: numbers with gaps")
    for log in _logs(talk):
        if [(line["seq"], line["said"], line["text"]) for line in log.lines] != texts:
            found.append(f"{log.who}: has another log than the database")
    for said, meant in ((Said.VISITOR, talk.by_visitor), (Said.AGENT, talk.by_agent)):
        if [text for _seq, whose, text in texts if whose == said] != meant:
            found.append(f"chat {talk.chat}: what the {said} said is not there once and in its order")
    return found


def _faults_of_ticket(talk: Talk) -> list[str]:
    chat = Chat.objects.get(pk=talk.chat)
    said = ChatEntry.objects.filter(chat=chat).exclude(said=Said.EVENT).order_by("seq")
    messages = Message.objects.filter(ticket=chat.ticket_id, kind=MessageKind.PUBLIC).order_by("pk")
    on_ticket, in_log = [each.pk for each in messages], [entry.message_id for entry in said]
    if on_ticket != in_log:
        return [
            f"chat {talk.chat}: {len(on_ticket)} messages on the ticket for {len(in_log)} lines, or in another order"
        ]
    twice = [text for text, same in groupby(sorted(each.text for each in messages)) if len(list(same)) > 1]
    return [f"chat {talk.chat}: {text!r} twice" for text in twice]
