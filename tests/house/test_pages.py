"""How requests share a web process: one page at a time, nobody held up by a slow one, every body and answer whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import pytest
from a2wsgi.wsgi_typing import WSGIApp
from django.http import HttpResponse, StreamingHttpResponse

from helpdesk import pages
from helpdesk.pages import Pages

Draw = Callable[[dict[str, Any]], HttpResponse | StreamingHttpResponse]


def wsgi(draw: Draw) -> WSGIApp:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        response = draw(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    return app


async def ask(app: Pages, path: str = "/", pieces: tuple[bytes, ...] = ()) -> tuple[int, bytes]:
    length = sum(map(len, pieces))
    scope: Any = {
        "type": "http", "method": "POST" if pieces else "GET", "path": path, "query_string": b"", "http_version": "1.1",
        "headers": [(b"content-length", str(length).encode())] if pieces else [],
    }  # fmt: skip
    waiting, sent = list(pieces), []

    async def receive() -> Any:
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(event: Any) -> None:
        sent.append(event)

    await app(scope, receive, send)
    assert sent[0]["type"] == "http.response.start"
    return sent[0]["status"], b"".join(event["body"] for event in sent[1:])


def test_pages_are_drawn_one_at_a_time() -> None:
    inside, most = 0, 0

    def draw(environ: dict[str, Any]) -> HttpResponse:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        sha256(bytes(1_000_000))  # lets go of Python's lock, so that another thread could come in
        inside -= 1
        return HttpResponse("drawn")

    async def eight() -> list[tuple[int, bytes]]:
        app = Pages(wsgi(draw), threads=4)
        return await asyncio.gather(*(ask(app) for _ in range(8)))

    assert asyncio.run(eight()) == [(200, b"drawn")] * 8
    assert most == 1


def test_a_request_that_waits_holds_nobody_up() -> None:
    released = threading.Event()

    def draw(environ: dict[str, Any]) -> HttpResponse:
        if environ["PATH_INFO"] == "/locked":
            assert released.wait(10)
        return HttpResponse("drawn")

    async def both() -> tuple[int, bytes]:
        app = Pages(wsgi(draw), threads=2)
        slow = asyncio.create_task(ask(app, "/locked"))
        await asyncio.sleep(0)
        answer = await ask(app, "/other")
        assert not slow.done()
        released.set()
        await slow
        return answer

    assert asyncio.run(both()) == (200, b"drawn")


@pytest.mark.parametrize("small", [pages.SMALL, 2])
def test_a_body_arrives_whole_whichever_way_it_takes(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SMALL", small)

    def echo(environ: dict[str, Any]) -> HttpResponse:
        return HttpResponse(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), status=201)

    async def post() -> tuple[int, bytes]:
        return await ask(Pages(wsgi(echo), threads=1), pieces=(b"words=", b"hello"))

    assert asyncio.run(post()) == (201, b"words=hello")


def test_a_download_is_sent_piece_by_piece_and_closed() -> None:
    closed = threading.Event()

    class Download(StreamingHttpResponse):
        def close(self) -> None:
            super().close()
            closed.set()

    async def fetch() -> tuple[int, bytes]:
        return await ask(Pages(wsgi(lambda _environ: Download([b"one ", b"two"])), threads=1))

    assert asyncio.run(fetch()) == (200, b"one two")
    assert closed.is_set()
