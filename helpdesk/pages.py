"""Django's pages below the one ASGI application: in threads, and one at a time.

Threads that all draw pages fight for Python's global lock: at eight clients a page cost 40 % more processor time with
four busy threads than with one. So each process draws one page at a time, and what takes longer than a page should
(a row that is locked, a search, a download) lets the next one in, as long as there are threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import HTTPScope, Receive, ReceiveEvent, Send, SendEvent
from a2wsgi.wsgi import Body, build_environ
from a2wsgi.wsgi_typing import Environ, WSGIApp

PATIENCE = 0.05  # seconds that one request keeps the others waiting
SMALL = 256 * 1024  # bytes of a body that is read before a thread is taken; a larger one is read by the thread


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | None  # None when it has been sent piece by piece


class Pages:
    """An ASGI application made of a WSGI one. Uploads go through a2wsgi, whose threads read while bytes arrive."""

    def __init__(self, app: WSGIApp, threads: int) -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._uploads = WSGIMiddleware(app, workers=threads)

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        async def received() -> ReceiveEvent:
            return await receive()  # a2wsgi hands it to the loop, which takes a coroutine; granian's is only awaitable

        length = _body_length(scope)
        if length is None or length > SMALL:
            await self._uploads(scope, received, send)
            return
        body = await _read(received) if length else b""
        if body is None:
            return  # the client has gone
        environ = build_environ(scope, Body(asyncio.get_running_loop(), received))
        environ["wsgi.input"] = BytesIO(body)
        answer = await self._in_turn(partial(self._answer, environ, _Sender(send)))
        if answer.body is not None:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            await send({"type": "http.response.body", "body": answer.body})

    async def _in_turn(self, work: partial[Answer]) -> Answer:
        async with self._turn:
            running = asyncio.get_running_loop().run_in_executor(self._pool, work)
            await asyncio.wait([running], timeout=PATIENCE)
        return await running

    def _answer(self, environ: Environ, sender: _Sender) -> Answer:
        """In a thread, to the end: Django gives its database connection back where it took it."""
        started: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start_response(status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None) -> Any:
            encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status[:3]), encoded))

        response: Any = self._app(environ, start_response)
        try:
            if not response.streaming:
                return Answer(*started[0], b"".join(response))
            sender.stream(*started[0], response)
            return Answer(*started[0], None)
        finally:
            response.close()


class _Sender:
    """Sends pieces from a thread, each when the one before has gone."""

    def __init__(self, send: Send) -> None:
        self._send, self._loop = send, asyncio.get_running_loop()

    def stream(self, status: int, headers: list[tuple[bytes, bytes]], pieces: Iterable[bytes]) -> None:
        self._now({"type": "http.response.start", "status": status, "headers": headers})
        for piece in pieces:
            self._now({"type": "http.response.body", "body": piece, "more_body": True})
        self._now({"type": "http.response.body", "body": b"", "more_body": False})

    def _now(self, event: SendEvent) -> None:
        async def sent() -> None:
            await self._send(event)

        asyncio.run_coroutine_threadsafe(sent(), self._loop).result()


def _body_length(scope: HTTPScope) -> int | None:
    """Bytes; None where the client does not say beforehand."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else None


async def _read(receive: Receive) -> bytes | None:
    parts = []
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        parts.append(event.get("body", b""))
        if not event.get("more_body", False):
            return b"".join(parts)
