"""Asking ClamAV's daemon about a file, by its INSTREAM command (clamd(8)).

Forty lines of our own: of the published clients one connects without a time limit and may send half a chunk (clamd),
one knows no unix socket (aioclamd), one is under the GPL (clamav-client).
"""

from __future__ import annotations

import re
import socket
import struct
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096  # bytes; a verdict is a line
CONNECT_SECONDS = 3.0
VERDICT = re.compile(r"stream: (?:OK|(?P<found>.+) FOUND|(?P<error>.+?)\.? ERROR)")


class ScannerAway(Exception):
    """It does not answer, or not in time: ask again later."""


class CannotScan(Exception):
    """It answered, but has no verdict about this file, and will have none next time."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Verdict:
    """`found` is the malware's name as the scanner knows it; empty for a clean file."""

    found: str = ""


def scan(url: str, file: Readable, *, seconds: float = 30.0) -> Verdict:
    """What the scanner at `url` (tcp://host:port, unix:/path) says of `file`; `seconds` bounds each wait for it.

    Raises `ScannerAway` and `CannotScan`.
    """
    answer = _talk(url, b"zINSTREAM\0", file, seconds)
    if "size limit exceeded" in answer:
        raise CannotScan("it is larger than the scanner takes (StreamMaxLength)")
    verdict = VERDICT.fullmatch(answer)
    if verdict is None:
        raise ScannerAway(f"it answered {answer[:80]!r}")
    if verdict["error"]:
        raise CannotScan(verdict["error"])
    return Verdict(verdict["found"] or "")


def ping(url: str) -> None:
    """Raises `ScannerAway` unless a scanner answers at `url`."""
    answer = _talk(url, b"zPING\0", None, CONNECT_SECONDS)
    if answer != "PONG":
        raise ScannerAway(f"it answered {answer[:80]!r}")


def _talk(url: str, command: bytes, file: Readable | None, seconds: float) -> str:
    try:
        with closing(_connect(url)) as line:
            line.settimeout(seconds)
            line.sendall(command)
            if file is not None:
                # A file beyond its limit is answered while we still send; then the answer is what counts.
                with suppress(BrokenPipeError, ConnectionResetError):
                    _send(line, file)
            return _answer(line)
    except OSError as error:
        raise ScannerAway(str(error) or type(error).__name__) from error


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, file: Readable) -> None:
    while chunk := file.read(CHUNK):
        line.sendall(struct.pack("!L", len(chunk)) + chunk)
    line.sendall(struct.pack("!L", 0))


def _answer(line: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        if not (more := line.recv(LONGEST_ANSWER)):
            break
        answer += more
    return answer.partition(b"\0")[0].decode(errors="replace").strip()
