"""Many open pages: one signal to a thousand sockets, and two hundred agents at their usual work."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import time
from statistics import quantiles

from tests.bench.client import Client
from tests.bench.memory import cpu_seconds, engine_processes
from tests.bench.pages import browsers, sign_in, some_tickets
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.realtime import publish


class Socket(asyncio.Protocol):
    """A WebSocket that counts what arrives (RFC 6455) and hardly costs anything."""

    def __init__(self, port: int, session: str) -> None:
        self._request = (
            f"GET /ws/agent/ HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nCookie: sessionid={session}\r\n\r\n"
        )
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        if not self.is_open.done():
            if b" 101 " not in data[:40]:
                self.is_open.set_exception(AssertionError(data[:200]))
            else:
                self.is_open.set_result(None)
        elif b'"changed"' in data:
            self.heard_at = time.perf_counter()


async def connect(port: int, session: str, number: int) -> list[Socket]:
    loop = asyncio.get_running_loop()
    sockets: list[Socket] = []
    while len(sockets) < number:
        made = [await loop.create_connection(lambda: Socket(port, session), "127.0.0.1", port) for _ in range(50)]
        sockets += [protocol for _transport, protocol in made]
        await asyncio.gather(*(protocol.is_open for _transport, protocol in made))
    return sockets


def bench_fan_out(stack: Stack, results: Results, number: int = 1_000, signals: int = 15) -> None:
    session = sign_in("agent@demo.test")
    took, processor = asyncio.run(_fan_out(stack, session, number, signals))
    results.at_most(
        f"one signal to {number:,} sockets, all received", took, "ms", 75,
        f"median of {signals}; {processor:.0f} ms of the web process's time each",
    )  # fmt: skip


async def _fan_out(stack: Stack, session: str, number: int, signals: int) -> tuple[float, float]:
    sockets = await connect(stack.port, session, number)
    web = stack.processes("web")
    took = []
    await asyncio.sleep(1)
    before = cpu_seconds(web)
    for signal in range(signals):
        await asyncio.sleep(0.3)  # what the last one set off has settled
        began = time.perf_counter()
        await asyncio.to_thread(publish, {"t": "changed", "topics": [f"ticket:{signal}"]})
        async with asyncio.timeout(10):
            while any(socket.heard_at < began for socket in sockets):
                await asyncio.sleep(0.002)
        took.append(1000 * (max(socket.heard_at for socket in sockets) - began))
    return sorted(took)[signals // 2], 1000 * (cpu_seconds(web) - before) / signals


def bench_agents(stack: Stack, results: Results, seconds: float, agents: int = 200) -> None:
    """A page every ten seconds and a socket each; queue and tickets in turn."""
    session = sign_in("agent@demo.test")
    group = [*stack.processes(), *engine_processes()]
    before, began = cpu_seconds(group), time.perf_counter()
    took = asyncio.run(_work(stack, session, agents, seconds))
    share = 100 * (cpu_seconds(group) - before) / (time.perf_counter() - began) / (os.cpu_count() or 1)
    results.at_most(f"{agents} agents at work: p95 of their pages", quantiles(took, n=20)[-1], "ms", 60)
    results.at_most(f"{agents} agents at work: processors in use", share, "%", 50)


async def _work(stack: Stack, session: str, agents: int, seconds: float) -> list[float]:
    numbers, rng = some_tickets(), random.Random(3)
    took: list[float] = []
    await connect(stack.port, session, agents)

    async def agent(client: Client) -> None:
        await asyncio.sleep(rng.uniform(0, 10))
        while time.perf_counter() < until:
            path = "/agent/" if rng.random() < 0.4 else f"/agent/tickets/{rng.choice(numbers)}/"
            asked = time.perf_counter()
            await client.get(path)
            took.append(1000 * (time.perf_counter() - asked))
            await asyncio.sleep(10)

    people = await asyncio.to_thread(browsers, stack.port, agents)
    until = time.perf_counter() + seconds
    await asyncio.gather(*map(agent, people))
    return took
