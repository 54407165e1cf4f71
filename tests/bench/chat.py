"""Chats: how fast a line is on the other side, how many a second, what idle visitors cost, and what a flood does."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import quantiles
from typing import Any

import psutil

from helpdesk.embedded import var_directory
from helpdesk.engines import ValkeyEngine
from tests.bench.chat_crowd import Idle, Waiting, agents, crowd, desk, opened
from tests.bench.memory import share_of
from tests.bench.pages import browsers, some_tickets
from tests.bench.results import Results
from tests.bench.stack import Stack, wait_until
from tests.channels_app.chat.chaos import EACH_DESK, Talk, accept_all, arrive, faults, talk_through, talks_of, until
from tests.chat_people import Visitor
from tickets.models import ChatEntry, ChatWidget

TALKING, IDLE, WATCHING, FLOOD = 50, 1_000, 2_000, 5_000


def p95(milliseconds: Sequence[float]) -> float:
    return quantiles(milliseconds, n=20)[-1]


def bench_chat(stack: Stack, results: Results, seconds: float) -> None:
    bench_idle(stack, results)
    with opened(stack, "talk") as widget, asyncio.Runner() as runner:
        visitors, tasks = runner.run(arrive(stack.port, widget.key, TALKING, seconds=60, polling=0))
        desks = list[asyncio.Task[None]]()
        talks = talks_of(visitors, accept_all(widget, agents(1)), partial(desk, stack))

        async def talk() -> None:
            desks.append(asyncio.create_task(talks[0].desk.run()))
            await until(lambda: all(t.desk.logs[t.chat].last for t in talks), 20, "the desk has its chats")
            await bench_latency(results, talks, seconds, None, f"{TALKING} conversations that begin, their tickets too")
            await bench_latency(results, talks, seconds, 60, f"{TALKING} conversations")
            others, let_in = await crowd(Idle, stack.port, widget.key, IDLE)
            await bench_latency(results, talks, seconds, 100, f"{TALKING} conversations, {let_in:,} idle sockets")
            for each in others:
                each.close()
            await bench_pace(results, visitors, seconds)
            await bench_flood(stack, results, widget, talks, seconds)

        runner.run(talk())
        for task in (*tasks, *desks):
            task.cancel()


def bench_idle(stack: Stack, results: Results) -> None:
    """Nobody of them looks at the panel, so they wait by polls; beside it what as many open panels would take."""
    for kind, what, goal in ((Waiting, "idle visitors", 400), (Idle, "open panels without a word", None)):
        with opened(stack, "idle") as widget, asyncio.Runner() as runner:
            before = memory(stack)
            people, let_in = runner.run(crowd(kind, stack.port, widget.key, WATCHING))
            after = memory(stack)
            remark = f"{before:.0f} MiB without them, {1024 * (after - before) / max(1, let_in):.0f} KiB each"
            results.at_most(f"{let_in:,} {what}: memory of all web processes", after, "MiB", goal, remark)
            for each in people:
                each.close()


def memory(stack: Stack) -> float:
    """MiB of all web processes."""
    return sum(map(share_of, stack.processes("web"))) / 1024**2


async def bench_latency(results: Results, talks: Sequence[Talk], seconds: float, goal: float | None, what: str) -> None:
    took = await lines_both_ways(talks, seconds)
    results.at_most(f"a line on the other side, p95; {what}", p95(took), "ms", goal, f"{len(took)} lines, both ways")


async def lines_both_ways(talks: Sequence[Talk], seconds: float, every: float = 2.0) -> list[float]:
    """Milliseconds from saying a line to having it on the other side; each side says one `every` so many seconds."""
    said: dict[str, float] = {}
    took: list[float] = []
    rng, loop = random.Random(5), asyncio.get_running_loop()

    def heard(line: dict[str, Any], by: str) -> None:
        if line["said"] == by and (at := said.pop(line["text"], 0.0)):
            took.append(1000 * (time.perf_counter() - at))

    async def talk(one: Talk, by: str) -> None:
        until_then = loop.time() + seconds
        await asyncio.sleep(rng.uniform(0, every))
        while loop.time() < until_then:
            text = f"{by} {one.chat} {rng.random()}"
            said[text] = time.perf_counter()
            if by == "visitor":
                one.visitor.say(text)
            else:
                await one.desk.say(one.chat, text)
            await asyncio.sleep(every)

    for one in talks:
        one.visitor.heard = lambda line: heard(line, "agent")
        one.desk.heard = lambda _chat, line: heard(line, "visitor")
    await asyncio.gather(*(talk(one, by) for one in talks for by in ("visitor", "agent")))
    await until(lambda: not said, 10, "all lines heard")
    return took


async def bench_pace(results: Results, visitors: Sequence[Visitor], seconds: float) -> None:
    """Everybody says the next line as soon as the last is acknowledged, which is after it is committed."""
    loop = asyncio.get_running_loop()
    before, began = sum(visitor.last for visitor in visitors), loop.time()

    async def talk(visitor: Visitor) -> None:
        n = 0
        while loop.time() < began + seconds:
            n += 1
            visitor.say(f"{n}")
            while visitor.unsent:
                await visitor.acknowledged()

    await asyncio.gather(*map(talk, visitors))
    took = loop.time() - began
    await until(lambda: not any(visitor.unsent for visitor in visitors), 10, "all acknowledged")
    said = sum(visitor.last for visitor in visitors) - before
    results.at_least(f"lines of {len(visitors)} visitors, committed and told", said / took, "/s", 300)


async def bench_flood(
    stack: Stack, results: Results, widget: ChatWidget, talks: Sequence[Talk], seconds: float
) -> None:
    """Thousands of sockets at once, from somebody who means no good, while agents work and customers chat."""
    pages = asyncio.create_task(_pages(stack, seconds * 2))
    lines = asyncio.create_task(lines_both_ways(talks, seconds * 2))
    people, let_in = await crowd(Idle, stack.port, widget.key, FLOOD)
    told = f"{let_in:,} of {FLOOD:,} let in"
    results.at_most("agents' pages under a flood of sockets, p95", p95(await pages), "ms", None, told)
    results.at_most("a line on the other side under that flood, p95", p95(await lines), "ms", None, "none lost")
    for each in people:
        each.close()


async def _pages(stack: Stack, seconds: float) -> list[float]:
    numbers, rng, took = await asyncio.to_thread(some_tickets), random.Random(3), list[float]()
    people = await asyncio.to_thread(browsers, stack.port, 8)
    loop = asyncio.get_running_loop()
    until_then = loop.time() + seconds

    async def work(client: Any) -> None:
        while loop.time() < until_then:
            asked = time.perf_counter()
            await client.get(f"/agent/tickets/{rng.choice(numbers)}/")
            took.append(1000 * (time.perf_counter() - asked))
            await asyncio.sleep(1)

    await asyncio.gather(*map(work, people))
    return took


def bench_chaos(stack: Stack, results: Results, chats: int = 200, lines: int = 25) -> None:
    """As tests/channels_app/chat/test_chaos.py: `lines` of each side, so twice as many in each chat."""
    valkey = ValkeyEngine(var_directory())

    def kill_one() -> None:
        random.choice(psutil.Process(stack.running["web"].pid).children()).kill()

    def restart_valkey() -> None:
        valkey.kill()
        wait_until(lambda: not valkey.is_running(), "Valkey gone")
        valkey.start()

    blows: list[Callable[[], object]] = [kill_one, restart_valkey, kill_one, kill_one, restart_valkey]
    with opened(stack, "chaos") as widget, asyncio.Runner() as runner:
        began = time.monotonic()
        visitors, tasks = runner.run(arrive(stack.port, widget.key, chats, seconds=120))
        talks = talks_of(visitors, accept_all(widget, agents(-(-chats // EACH_DESK))), partial(desk, stack))
        runner.run(talk_through(talks, blows, lines=lines, pause=2.0, rng=random.Random(7), seconds=300))
        for task in tasks:
            task.cancel()
        unsettled = ChatEntry.objects.filter(chat__widget=widget, is_settled=False)
        wait_until(lambda: not unsettled.exists(), "all lines on their tickets", 120)
        found = faults(talks)
        said = ChatEntry.objects.filter(chat__widget=widget).count()
        back = sum(visitor.came for visitor in visitors) - chats
        remark = f"{said:,} lines in {chats} chats, {back} times cut off, {time.monotonic() - began:.0f} s"
        results.at_most("lines lost, doubled or out of order in the chaos", len(found), "", 0, remark)
        for fault in found[:20]:
            print("   ", fault)
