"""A stand-in for ClamAV's daemon that speaks its protocol (clamd(8): zPING, zINSTREAM) and knows one virus: EICAR."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"
LIMIT = 30 * 1024 * 1024  # StreamMaxLength


class Clamd(socketserver.ThreadingTCPServer):
    """`says` is answered instead of a verdict; with `is_mute` nothing is."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.says: bytes | None = None
        self.is_mute = False
        self.limit = LIMIT
        self.scanned: list[bytes] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Session(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        command = self._command()
        if self.server.is_mute:
            self.server.over.wait(30)
            return
        answer = b"PONG" if command == b"zPING" else self._verdict()
        self.wfile.write((answer if self.server.says is None else self.server.says) + b"\0")

    def _command(self) -> bytes:
        command = b""
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            command += byte
        return command

    def _verdict(self) -> bytes:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.scanned.append(content)
        return f"stream: {NAME} FOUND".encode() if EICAR in content else b"stream: OK"


@contextmanager
def running() -> Iterator[Clamd]:
    with Clamd() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()
