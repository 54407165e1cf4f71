"""One public port for pages, sockets and files; and what is said when a part is away."""

import json
import urllib.request
from email.message import Message

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from helpdesk.embedded import BASE_DIR
from tests.stack import LiveStack, wait_until


def fetch(stack: LiveStack, path: str, **headers: str) -> tuple[Message, bytes]:
    with urllib.request.urlopen(urllib.request.Request(stack.url + path, headers=headers), timeout=10) as answer:
        return answer.headers, answer.read()


def test_built_files_are_kept_for_ever_and_travel_small(live_stack: LiveStack) -> None:
    name = json.loads((BASE_DIR / "static" / "dist" / "manifest.json").read_text())["app.css"]
    headers, body = fetch(live_stack, f"/static/{name}")
    assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert headers["Content-Type"].startswith("text/css")
    packed, small = fetch(live_stack, f"/static/{name}", **{"Accept-Encoding": "br"})
    assert packed["Content-Encoding"] == "br"
    assert len(small) < len(body) / 2


def test_pages_carry_a_strict_policy(live_stack: LiveStack) -> None:
    headers, _ = fetch(live_stack, "/accounts/login/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'nonce-" in policy
    assert "object-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_sockets_are_for_our_own_pages(live_stack: LiveStack) -> None:
    address = live_stack.url.replace("http", "ws") + "/ws/agent/"
    with pytest.raises(InvalidStatus, match="403"):
        connect(address, origin=Origin("https://elsewhere.example"))


def test_pages_work_and_readyz_tells_while_valkey_is_away(live_stack: LiveStack) -> None:
    live_stack.valkey.kill()
    wait_until(lambda: not live_stack.valkey.is_running())
    status, body = live_stack.get("/readyz")
    assert status == 503
    assert json.loads(body) == {
        "ready": False, "database": "ok", "broker": "away", "worker": "away", "beat": "away",
    }  # fmt: skip
    assert live_stack.get("/healthz") == (200, "ok\n")
    assert live_stack.get("/accounts/login/")[0] == 200


def test_a_probe_needs_to_know_no_host_name(live_stack: LiveStack) -> None:
    assert fetch(live_stack, "/healthz", Host="10.0.0.7")[1] == b"ok\n"


def test_the_server_ends_well_when_asked_to(live_stack: LiveStack) -> None:
    assert live_stack.terminate("web") == 0
