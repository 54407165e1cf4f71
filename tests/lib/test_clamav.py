"""What the scanner's daemon may answer, and what becomes of a scanner that does not."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from helpdesk.lib.clamav import CannotScan, ScannerAway, Verdict, ping, scan
from tests.clamd import EICAR, NAME, Clamd, Session, running


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with running() as server:
        yield server


def test_a_clean_file_and_an_infected_one(clamd: Clamd) -> None:
    assert scan(clamd.url, BytesIO(b"harmless")) == Verdict("")
    assert scan(clamd.url, BytesIO(b"before " + EICAR + b" after")) == Verdict(NAME)


def test_a_file_of_many_chunks_arrives_whole(clamd: Clamd) -> None:
    content = bytes(range(256)) * 4096
    scan(clamd.url, BytesIO(content))
    assert clamd.scanned == [content]


def test_a_file_beyond_the_scanners_limit_has_no_verdict(clamd: Clamd) -> None:
    clamd.limit = 100_000
    with pytest.raises(CannotScan, match="StreamMaxLength"):
        scan(clamd.url, BytesIO(b"x" * 8_000_000))


def test_an_error_of_the_scanners_is_no_verdict(clamd: Clamd) -> None:
    clamd.says = b"stream: Can't allocate memory ERROR"
    with pytest.raises(CannotScan, match="Can't allocate memory"):
        scan(clamd.url, BytesIO(b"x"))


@pytest.mark.parametrize("garbage", [b"", b"HTTP/1.1 400 Bad Request", b"\xff\xfe" * 5000, b"stream: maybe"])
def test_garbage_is_no_verdict_and_never_clean(clamd: Clamd, garbage: bytes) -> None:
    clamd.says = garbage
    with pytest.raises(ScannerAway, match="it answered"):
        scan(clamd.url, BytesIO(b"x"))


def test_a_mute_scanner_is_given_up(clamd: Clamd) -> None:
    clamd.is_mute = True
    with pytest.raises(ScannerAway, match="timed out"):
        scan(clamd.url, BytesIO(b"x"), seconds=0.2)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(ScannerAway, match="refused"):
            ping(f"tcp://127.0.0.1:{free.getsockname()[1]}")


def test_over_a_unix_socket(tmp_path: Path) -> None:
    class UnixClamd(socketserver.UnixStreamServer):
        says, is_mute, limit = None, False, 1000

    path = tmp_path / "clamd.ctl"
    with UnixClamd(str(path), Session) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        ping(f"unix:{path}")
        thread.join()
    with pytest.raises(ScannerAway, match="No such file"):
        ping(f"unix:{tmp_path / 'nowhere'}")
