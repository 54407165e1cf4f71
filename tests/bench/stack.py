"""The product as `up` runs it, on ports, data and a mail server of the benchmark's own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psutil
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60


class Stack:
    """Processes started and stopped one by one; their environment is this process's own."""

    def __init__(self, port: int, smtp_port: int) -> None:
        self.port, self.smtp_port = port, smtp_port
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        from helpdesk.processes import PROCESSES
        from helpdesk.supervisor import ENVIRONMENT

        for name in names:
            with Path(os.environ["HELPDESK_VAR"], "logs", f"bench-{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [sys.executable, *PROCESSES[name]()], cwd=ROOT, env={**os.environ, **ENVIRONMENT},
                    stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
        for name in names:
            wait_until(lambda name=name: self._is_ready(name), f"{name} ready", READY_SECONDS)

    def stop(self, *names: str) -> None:
        for name in names or list(self.running):
            process = self.running.pop(name)
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=40)

    def processes(self, *names: str) -> list[psutil.Process]:
        """All that runs of the product itself, or of the named parts; helpers included."""
        parents = [psutil.Process(self.running[name].pid) for name in names or self.running]
        return [process for parent in parents for process in (parent, *parent.children(recursive=True))]

    def _is_ready(self, name: str) -> bool:
        if self.running[name].poll() is not None:
            raise RuntimeError(f"{name} died; see its log")
        if name == "web":
            return self.status("/healthz") == 200
        if name == "smtp":
            return listens(self.smtp_port)
        return self.status("/readyz") == 200 if {"worker", "beat"} <= set(self.running) else True

    def status(self, path: str) -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": "localhost"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


class Sink:
    """A mail server that takes everything and remembers when."""

    def __init__(self) -> None:
        self.port = free_port()
        self.arrived: dict[str, float] = {}
        self._server = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.arrived[str(message_from_bytes(content)["Message-ID"]).strip("<>")] = time.time()
        return "250 OK"


def wait_until(happened: Any, what: str, seconds: float = 30.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := happened()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds} s still not: {what}")
        time.sleep(0.02)
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False
