"""Both sides of chats as programs: visitors who do what the widget does, and agents who do what the console does.

They come back whenever they are cut off, send again what was not acknowledged, and write down what they had to see:
`faults` has a sentence for each line that came twice, out of order, or after a gap.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

import websockets
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.client import Client

Json = dict[str, Any]
AWAY = (OSError, EOFError, TimeoutError, websockets.WebSocketException, ValueError)


class Log:
    """The lines of a chat as one side has them."""

    def __init__(self, who: str) -> None:
        self.who, self.lines, self.faults = who, list[Json](), list[str]()

    @property
    def last(self) -> int:
        return int(self.lines[-1]["seq"]) if self.lines else 0

    def take(self, line: Json, *, may_be_known: bool = False) -> bool:
        """The very next line; False for one that is known. `may_be_known`: read from the log, not told."""
        if line["seq"] <= self.last:
            if not may_be_known:
                self.faults.append(f"{self.who}: {line['seq']} again")
            return False
        if line["seq"] != self.last + 1:
            self.faults.append(f"{self.who}: {line['seq']} after {self.last}")
        self.lines.append(line)
        return True

    def texts(self, said: str) -> list[str]:
        return [line["text"] for line in self.lines if line["said"] == said]


class Visitor(Log):
    """A browser with the widget. `polls` where no socket comes through."""

    def __init__(self, port: int, key: str, name: str, *, polls: bool = False) -> None:
        super().__init__(name)
        self.port, self.key, self.polls = port, key, polls
        self.token, self.chat = "", ""
        self.unsent: dict[str, Json] = {}
        self.came = 0  # how often
        self.heard: Callable[[Json], None] = lambda line: None
        self._socket: ClientConnection | None = None
        self._proof = ""
        self._news, self._acked = asyncio.Event(), asyncio.Event()

    async def acknowledged(self) -> None:
        """Until the next acknowledgement."""
        self._acked.clear()
        await self._acked.wait()

    def say(self, text: str) -> None:
        kind = "say" if self.chat or self.unsent else "start"
        message = {"t": kind, "id": str(uuid4()), "text": text, "name": self.who}
        self.unsent[message["id"]] = message
        self._news.set()

    def cut(self) -> None:
        """The train goes into the tunnel."""
        if self._socket:
            self._socket.transport.abort()

    async def run(self) -> None:
        pause = 0.1
        while True:
            try:
                await (self._poll() if self.polls else self._talk())
                pause = 0.1
            except AWAY:
                await asyncio.sleep(random.uniform(pause / 2, pause))
                pause = min(2.0, pause * 2)

    def hello(self) -> Json:
        said = {"t": "hello", "v": 1, "key": self.key, "token": self.token, "chat": self.chat, "since": self.last,
                "language": "en", "proof": self._proof}  # fmt: skip
        self._proof = ""
        return said

    # By socket

    async def _talk(self) -> None:
        address = f"ws://localhost:{self.port}/ws/chat/"
        async with connect(address, origin=f"http://localhost:{self.port}") as socket:  # type: ignore[arg-type]
            self._socket = socket
            sender = None
            await socket.send(json.dumps(self.hello()))
            try:
                async for text in socket:
                    message = json.loads(text)
                    if message["t"] == "bye":
                        return
                    if message.get("code") == "challenge":
                        self._take(message)
                        await socket.send(json.dumps(self.hello()))
                    elif message["t"] == "welcome":
                        self.came += 1
                        self._take(message)
                        sender = sender or asyncio.create_task(self._send(socket))
                    else:
                        self._take(message)
            finally:
                self._socket = None
                if sender:
                    sender.cancel()
                    with suppress(asyncio.CancelledError, *AWAY):
                        await sender

    async def _send(self, socket: ClientConnection) -> None:
        """All that is not acknowledged, in its order, once on each connection."""
        sent = set[str]()
        while True:
            self._news.clear()
            for message in [each for key, each in self.unsent.items() if key not in sent]:
                sent.add(message["id"])
                await socket.send(json.dumps(message))
            await self._news.wait()

    # By polling

    async def _poll(self) -> None:
        with closing(Client(self.port, f"localhost:{self.port}", {})) as http:
            await self._poll_by(http)

    async def _poll_by(self, http: Client) -> None:
        known: str | None = None
        while True:
            said = list(self.unsent.values())[:20] if known is not None else []
            wait = 0 if said or known is None else 2
            body = json.dumps({"hello": self.hello(), "known": known, "wait": wait, "messages": said})
            answer = await http.post_json("/widget/poll/", body, origin=f"http://localhost:{self.port}")
            for message in answer["messages"]:
                self.came += message["t"] == "welcome"
                self._take(message)
            known = answer["known"]

    # What is told

    def _take(self, message: Json) -> None:
        if message["t"] == "welcome":
            self.token = message["token"]
            self._stand(message["chat"])
            for line in message["lines"]:
                self._take_line(line, may_be_known=True)
        elif message["t"] == "line":
            self._take_line(message["line"], may_be_known=self.polls)
        elif message["t"] == "ack":
            self.unsent.pop(message["id"], None)
            self._acked.set()
        elif message["t"] == "chat":
            self._stand(message["chat"])
        elif message.get("challenge"):
            self._proof = prove(**message["challenge"])
        elif message["t"] == "refused" and message["code"] not in ("too_many",):
            self.faults.append(f"{self.who}: {message}")

    def _stand(self, chat: Json | None) -> None:
        if chat:
            self.chat = chat["key"]

    def _take_line(self, line: Json, *, may_be_known: bool) -> None:
        if self.unsent.pop(line["id"], None):
            self._acked.set()
        if self.take(line, may_be_known=may_be_known):
            self.heard(line)


def prove(nonce: str, bits: int) -> str:
    for tried in count():
        if int.from_bytes(sha256(f"{nonce}:{tried}".encode()).digest()) >> (256 - bits) == 0:
            return f"{nonce}:{tried}"
    raise AssertionError


class Desk:
    """An agent with a number of chats in the console."""

    def __init__(self, port: int, session: str, chats: Sequence[int]) -> None:
        self.port = port
        self.logs = {chat: Log(f"agent in {chat}") for chat in chats}
        self.heard: Callable[[int, Json], None] = lambda chat, line: None
        self._cookies = {"sessionid": session, "csrftoken": "x" * 32}
        self._socket: ClientConnection | None = None

    def cut(self) -> None:
        if self._socket:
            self._socket.transport.abort()

    async def run(self) -> None:
        while True:
            try:
                await self._listen()
            except AWAY:
                await asyncio.sleep(random.uniform(0.05, 0.3))

    async def say(self, chat: int, text: str) -> None:
        """Until it is written, as often as it takes: it is one line all the same."""
        form = {"id": str(uuid4()), "text": text}
        while True:
            with closing(self._http()) as http:
                try:
                    await http.post(f"/agent/chats/{chat}/lines/", form, expect=201)
                    return
                except AWAY:
                    await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _listen(self) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        address = f"ws://localhost:{self.port}/ws/agent/"
        more = {"additional_headers": {"Cookie": cookie}, "origin": f"http://localhost:{self.port}"}
        async with connect(address, **more) as socket:  # type: ignore[arg-type]
            self._socket = socket
            await socket.send(json.dumps({"t": "chats", "chats": list(self.logs)}))
            async for text in socket:
                await self._take(json.loads(text))

    async def _take(self, message: Json) -> None:
        if message["t"] == "chats":
            for chat, last in message["last"].items():
                if last > self.logs[int(chat)].last:
                    await self._read(int(chat))
        elif message["t"] in ("chats-missed", "resync"):
            for chat in self.logs:
                await self._read(chat)
        elif message["t"] == "entry":
            chat, line = message["chat"], message["entry"]
            if line["seq"] > self.logs[chat].last + 1:
                await self._read(chat)
            elif self.logs[chat].take(line, may_be_known=True):
                self.heard(chat, line)

    async def _read(self, chat: int) -> None:
        log = self.logs[chat]
        with closing(self._http()) as http:
            answer = await http.get(f"/agent/chats/{chat}/lines/?since={log.last}")
        for line in json.loads(answer.text)["lines"]:
            if log.take(line, may_be_known=True):
                self.heard(chat, line)

    def _http(self) -> Client:
        return Client(self.port, f"localhost:{self.port}", self._cookies)
