"""Which addresses we call when somebody else names them."""

import socket
from contextlib import suppress
from ipaddress import ip_address
from threading import BoundedSemaphore, Event, Thread

import pytest

from helpdesk.lib import outside
from helpdesk.lib.outside import NotAllowed, Unreachable, is_public, read_url


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.com/x",
        "https://push.example.com:8443/x",
        "https://user@push.example.com/x",
        "https://user:secret@push.example.com/x",
        "https://localhost/x",
        "https://intranet/x",
        "https://db.internal/x",
        "https://127.0.0.1/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://[::7f00:1]/x",
        "https://[fec0::1]/x",
        "https://[64:ff9b:1::7f00:1]/x",
        "https://0/x",
        "https:///x",
        "https://push.example.com/x y",
        "https://push.example.com/x\r\nHost: evil",
        "https://push.example.com/\u00e9",
        "https://push.example.com:99999/",
        "https://[bad/",
        f"https://{'a' * 64}.example.com/",
        "https://a..example.com/",
        "file:///etc/passwd",
        "",
    ],
)
def test_these_are_not_called(url: str) -> None:
    with pytest.raises(NotAllowed):
        outside.post(url, b"", {})


def test_these_may_be() -> None:
    target = read_url("https://updates.push.services.mozilla.com/wpush/v2/abc?x=1")
    assert (target.host, target.port, target.path) == ("updates.push.services.mozilla.com", 443, "/wpush/v2/abc?x=1")
    assert read_url("https://8.8.8.8/x").host == "8.8.8.8"
    assert read_url("http://127.0.0.1:9999/x", trusted=["127.0.0.1:9999"]).is_trusted


def test_a_name_that_leads_home_is_found_out_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 443))])
    with pytest.raises(NotAllowed, match="not public"):
        outside.post("https://rebound.example.com/x", b"", {})


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: found)
    with pytest.raises(NotAllowed):
        outside.post("https://mixed.example.com/x", b"", {})


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


def test_who_answers_letter_by_letter_is_hung_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        Thread(target=_drip, args=[server], daemon=True).start()
        with pytest.raises(Unreachable):
            outside.post(url, b"", {}, trusted=[url.split("/")[2]], timeout=0.2)


def _drip(server: socket.socket) -> None:
    line, _address = server.accept()
    with line, suppress(OSError):
        line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not Event().wait(0.05):
            line.sendall(b"x")


def test_a_name_that_nobody_answers_for_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = Event()

    def silent(*_args: object, **_named: object) -> list[object]:
        answered.wait(30)
        return []

    monkeypatch.setattr("socket.getaddrinfo", silent)
    try:
        with pytest.raises(Unreachable, match=r"no address for push.example.com within 0.05 seconds"):
            outside.post("https://push.example.com/x", b"", {}, timeout=0.05)
    finally:
        answered.set()


def test_lookups_that_hang_are_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    answered, waiting = Event(), BoundedSemaphore(1)
    monkeypatch.setattr(outside, "_lookups", waiting)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: answered.wait(30) and [])
    try:
        with pytest.raises(Unreachable, match="no address"):
            outside.post("https://push.example.com/x", b"", {}, timeout=0.05)
        with pytest.raises(Unreachable, match="too many names"):
            outside.post("https://push.example.com/x", b"", {}, timeout=0.05)
    finally:
        answered.set()
    assert waiting.acquire(timeout=10)  # given back when the answer came after all
