"""A small HTTP client that costs little, since it shares the cores with what it measures."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Client:
    """One browser: a connection that is kept, a session, a CSRF token."""

    def __init__(self, port: int, host: str, cookies: dict[str, str], agent: str = "") -> None:
        """`agent`: the browser it says it is; without a name it counts as a robot where readers are counted."""
        self._port = port
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._head = f"Host: {host}\r\nAccept-Encoding: gzip\r\nCookie: {cookie}"
        self._head += f"\r\nUser-Agent: {agent}" if agent else ""
        self._token = cookies.get("csrftoken", "")
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, *, expect: int = 200, fragment: bool = False) -> Answer:
        """`fragment`: as a page asks for a part of itself."""
        more = "HX-Request: true\r\n" if fragment else ""
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n{more}\r\n".encode(), expect)

    async def post(self, path: str, form: dict[str, str], *, expect: int = 200) -> Answer:
        body = urlencode(form).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head}\r\nX-CSRFToken: {self._token}\r\nHX-Request: true\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return await self._ask(head.encode() + body, expect)

    async def post_json(self, path: str, body: str, *, origin: str) -> Any:
        content = body.encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head}\r\nOrigin: {origin}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return json.loads((await self._ask(head.encode() + content, 200)).text)

    def close(self) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None

    async def _ask(self, request: bytes, expect: int) -> Answer:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        assert self._reader is not None
        self._writer.write(request)
        answer = await self._read(self._reader)
        if answer.headers.get("connection", "").lower() == "close":
            self._writer.close()
            self._writer = None
        if answer.status != expect:
            raise AssertionError(f"{request[:80]!r} → {answer.status}: {answer.text[:400]!r}")
        return answer

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        if headers.get("transfer-encoding") == "chunked":
            body = bytearray()
            while size := int(await reader.readline(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            body = bytearray(await reader.readexactly(int(headers.get("content-length", "0"))))
        return Answer(int(head[0].split()[1]), headers, bytes(body))


@dataclass(frozen=True)
class Pace:
    """Milliseconds of each request, and how long all of them took together."""

    milliseconds: list[float]
    seconds: float

    @property
    def p50(self) -> float:
        return median(self.milliseconds)

    @property
    def p95(self) -> float:
        return quantiles(self.milliseconds, n=20)[-1]

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds


Request = Callable[[Client], Awaitable[object]]


def measure(clients: Sequence[Client], request: Request, *, seconds: float, warm_up: int = 25) -> Pace:
    """Each client sends the next request as soon as it has the answer to the last, for `seconds`."""
    return asyncio.run(_measure(clients, request, seconds, warm_up))


async def _measure(clients: Sequence[Client], request: Request, seconds: float, warm_up: int) -> Pace:
    async def warm(client: Client) -> None:
        for _ in range(warm_up):
            await request(client)

    took: list[float] = []

    async def run(client: Client) -> None:
        while (began := time.perf_counter()) < until:
            await request(client)
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*map(warm, clients))
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*map(run, clients))
    return Pace(took, time.perf_counter() - started)


def endlessly(items: Sequence[int]) -> Iterator[int]:
    while True:
        yield from items
