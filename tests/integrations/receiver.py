"""Somebody else's server on this machine, which keeps what it hears and answers as it is told to, well or badly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from helpdesk.lib import standard_webhooks


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    def is_signed(self, *secrets: str, now: float | None = None) -> bool:
        return standard_webhooks.verify(secrets, self.headers, self.body, now=now or time.time())


@dataclass
class Receiver:
    port: int = 0
    answers: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    endless: bool = False  # never stops answering
    silent: Event | None = None  # says nothing until it is set
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def receiving() -> Iterator[Receiver]:
    standing = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = {name.lower(): value for name, value in self.headers.items()}
            standing.heard.append(Heard(self.path, said, body))
            if standing.silent:
                standing.silent.wait(30)
                return
            answers = standing.answers
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            for name, value in standing.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._answer()

        def _answer(self) -> None:
            try:
                self.wfile.write(standing.body)
                while standing.endless:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return  # they hung up, as they should

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    standing.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield standing
    finally:
        server.shutdown()
        server.server_close()
