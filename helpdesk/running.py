"""`python -m helpdesk.running PLAN`: what `manage.py up` becomes once the database is prepared.

It stays in the foreground for as long as the product runs, so it loads no Django: that keeps it and the parents it
forks for each process small.
"""

import errno
import fcntl
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event

from helpdesk import embedded
from helpdesk.engines import EngineError, private_directory, runtime_directory
from helpdesk.supervisor import MARK, Supervisor

READY_SECONDS = 120
WATCH_SECONDS = 1


class CannotRun(Exception):
    """Something is in the way; the message is one line that says what to do."""


@dataclass
class Plan:
    """What to run and what to say when it answers."""

    processes: dict[str, list[str]]
    web: tuple[str, int]
    smtp: tuple[str, int]
    host_name: str
    banner: str

    def run(self) -> None:
        """Replace this process by the one that runs the plan; comes back only as an `OSError`."""
        sys.stdout.flush()
        os.environ[MARK] = str(embedded.var_directory())
        os.execv(sys.executable, [sys.executable, "-m", "helpdesk.running", json.dumps(asdict(self))])  # noqa: S606

    def ensure_ports_are_free(self) -> None:
        """Raises `CannotRun` when something else listens on one of our ports, or both are one."""
        if self.web == self.smtp:
            raise CannotRun(f"PORT and SMTP_PORT are both {self.web[1]}; set one of them to another port")
        for variable, (host, port) in (("PORT", self.web), ("SMTP_PORT", self.smtp)):
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError as error:
                    in_use = error.errno == errno.EADDRINUSE
                    reason = "is in use by another program" if in_use else f"cannot be used ({error.strerror})"
                    raise CannotRun(f"port {port} on {host} {reason}; set {variable} to another one") from error

    def announce(self, stopping: Event) -> None:
        """Print the banner once everything answers."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                say(f"Not everything answers after {READY_SECONDS} s; /readyz says what is missing")
                return
            if stopping.wait(0.2):
                return
        say(f"\n{self.banner}\n")

    def _answers(self) -> bool:
        host, port = self.web
        request = urllib.request.Request(f"http://{host}:{port}/readyz", headers={"Host": self.host_name})
        try:
            with socket.create_connection(self.smtp, timeout=2):
                pass
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  our own address
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


@contextmanager
def only_supervisor_of(var: Path) -> Iterator[None]:
    """Hold the right to supervise `var`; raises `CannotRun` when another supervisor does."""
    with (private_directory(runtime_directory(var)) / "supervisor.lock").open("a+") as lock:
        os.register_at_fork(after_in_child=lock.close)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip()
            raise CannotRun(f"process {holder} already runs from {var}; set HELPDESK_VAR to another place") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def keep_engines(stopping: Event) -> None:
    """Start an embedded engine again when it dies: the product's processes only wait for it."""
    while not stopping.wait(WATCH_SECONDS):
        try:
            for name in embedded.revive():
                say(f"{name} had died and is started again")
        except (EngineError, OSError) as error:
            say(f"onethread: {error}")


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def main(plan: Plan) -> int:
    """Run until a signal (0) or until a process gives up (1)."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))  # honcho takes over once it loops
    var = embedded.var_directory()
    try:
        with only_supervisor_of(var):
            embedded.start()
            os.environ.update(DATABASE_URL=embedded.database_url(), REDIS_URL=embedded.redis_url())
            supervisor = Supervisor(var, meanwhile=[plan.announce, keep_engines])
            for name, arguments in plan.processes.items():
                supervisor.add(name, sys.executable, *arguments)
            return supervisor.run()
    except (CannotRun, EngineError) as error:
        sys.exit(f"onethread: {error}")


if __name__ == "__main__":
    sys.exit(main(Plan(**json.loads(sys.argv[1]))))
