"""A stand-in for Slack that speaks the documented shapes: a Web API that knows its token, and signed calls of ours."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from slack_sdk.signature import SignatureVerifier

TOKEN, SECRET = "xoxb-1234567890-abcdef", "8f742231b10e8888abcd991111222285"
TRIGGERS = count(13345224609)
TEAM, BOT, CHANNEL = "T061EG9R6", "U0BOT", "C2147483705"


@dataclass
class Slack:
    port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: dict[str, list[tuple[int, dict[str, Any], dict[str, str]]]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def of(self, method: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called == method]

    def refuse(self, method: str, error: str, status: int = 200, **headers: str) -> None:
        """The next call of `method` gets this."""
        self.refusals.setdefault(method, []).append((status, {"ok": False, "error": error}, headers))

    def answer(self, method: str, token: str, arguments: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        self.calls.append((method, arguments))
        if token != f"Bearer {TOKEN}":
            return 200, {"ok": False, "error": "invalid_auth"}, {}
        if self.refusals.get(method):
            return self.refusals[method].pop(0)
        return 200, {"ok": True, **self._data(method, arguments)}, {}

    def _data(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "auth.test":
            return {"team": "Analytical Engines", "team_id": TEAM, "user_id": BOT, "bot_id": "B0BOT"}
        if method == "users.info":
            return {"user": self.people.get(arguments["user"], {"name": "nobody", "profile": {}})}
        if method == "chat.postMessage":
            self.posted += 1
            return {"channel": CHANNEL, "ts": f"1700000000.{self.posted:06}"}
        return {}


@contextmanager
def standing_in() -> Iterator[Slack]:
    slack = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            status, data, headers = slack.answer(
                self.path.removeprefix("/api/"), self.headers["Authorization"], json.loads(raw or b"{}")
            )
            body = json.dumps(data).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    slack.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Caller:
    """Slack calling us, signed."""

    token: str
    secret: str = SECRET
    client: Client = field(default_factory=Client)

    def event(self, event: dict[str, Any], event_id: str = "Ev1") -> HttpResponse:
        body = {"type": "event_callback", "team_id": TEAM, "event_id": event_id, "event": event}
        return self.raw("", json.dumps(body).encode())

    def press(self, action: str, value: object, user: str) -> HttpResponse:
        payload = {
            "type": "block_actions",
            "trigger_id": f"{next(TRIGGERS)}.98",
            "user": {"id": user},
            "channel": {"id": CHANNEL},
            "actions": [{"action_id": action, "value": str(value)}],
        }
        return self.form("interactivity/", payload=json.dumps(payload))

    def form(self, place: str, **fields: str) -> HttpResponse:
        return self.raw(place, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def raw(
        self,
        place: str,
        body: bytes,
        content_type: str = "application/json",
        age: int = 0,
        changed: dict[str, str] | None = None,
    ) -> HttpResponse:
        stamp = str(int(time.time()) - age)
        signed = SignatureVerifier(self.secret).generate_signature(timestamp=stamp, body=body.decode(errors="replace"))
        sent = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed or "", **(changed or {})}
        answer: HttpResponse = self.client.post(
            f"/hooks/slack/{self.token}/{place}", body, content_type=content_type, headers=sent
        )  # type: ignore[assignment]
        return answer


def message(user: str, text: str, *, thread_ts: str, ts: str = "1700000009.000001", **more: Any) -> dict[str, Any]:
    said = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "user": user, "text": text}
    return {**said, "ts": ts, "thread_ts": thread_ts, **more}
