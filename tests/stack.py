"""The product as it runs for users: web, worker, SMTP receiver and beat as real processes, to talk to and to kill.

def test_mail_arrives(live_stack):
    live_stack.send_mail(...)                # a real SMTP client
    with live_stack.orm():                   # the models, read from the database of the running processes
        assert Ticket.objects.count() == 1
    live_stack.kill("worker")                # SIGKILL, its helpers too
    live_stack.start("worker")               # returns when it is ready
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pytest_django.plugin import DjangoDbBlocker

from helpdesk import embedded
from helpdesk.accounts.models import User
from helpdesk.embedded import BASE_DIR, database_url
from helpdesk.engines import ValkeyEngine
from helpdesk.processes import PROCESSES
from tests.emptying import empty
from tests.migrated import address_of, template

ALWAYS = ("web", "worker", "smtp")
READY_SECONDS = 60


def wait_until(happened: Callable[[], Any], *, seconds: float = 10, what: str = "") -> Any:
    """Look until `happened()` is truthy and return that value; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (value := happened()):
        if time.monotonic() > deadline:
            pytest.fail(f"after {seconds} s still not: {what or getattr(happened, '__name__', happened)}")
        pause.wait(0.03)
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveStack:
    """Running processes on free ports, with a database, a Valkey and a var directory of their own."""

    def __init__(self, var: Path, address: str, blocker: DjangoDbBlocker) -> None:
        self.var = var
        self.database_url = address
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.valkey = ValkeyEngine(var)
        self._blocker = blocker
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._log_start: dict[str, int] = {}
        self.environment = {
            **os.environ,
            "HELPDESK_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.valkey.url,
            "PORT": str(self.port),
            "SMTP_PORT": str(self.smtp_port),
            "SECRET_KEY": settings.SECRET_KEY,
            "ONETHREAD_DEMO": "1",
            "UNDO_SEND_SECONDS": "1",
        }

    def start(self, *names: str) -> None:
        """Start the named processes (all of `ALWAYS` by default) and return when they are ready."""
        for name in names or ALWAYS:
            if not self.is_running(name):
                self._log_start[name] = len(self.log(name))
                log = (self.var / f"{name}.log").open("ab")
                command = [sys.executable, *PROCESSES[name]()]
                self._processes[name] = subprocess.Popen(
                    command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
                log.close()
        for name in names or ALWAYS:
            wait_until(lambda name=name: self._is_ready(name), seconds=READY_SECONDS, what=f"{name} ready")  # type: ignore[misc]

    def kill(self, name: str) -> None:
        """SIGKILL the process and its helpers, as a power cut would."""
        self._signal(name, signal.SIGKILL)

    def terminate(self, name: str) -> int:
        """SIGTERM the process, wait for it and return its exit status."""
        return self._signal(name, signal.SIGTERM)

    def is_running(self, name: str) -> bool:
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def manage(self, *arguments: str, stdin: bytes = b"", check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        """Run `manage.py` in the environment of the running processes."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR, env=self.environment, input=stdin, capture_output=True, check=check,
        )  # fmt: skip

    def get(self, path: str) -> tuple[int, str]:
        """Fetch a page as a stranger: status and body."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    @contextmanager
    def orm(self) -> Iterator[None]:
        """Inside, models read and write the database of the running processes (and commit as usual)."""
        with self._blocker.unblock():
            connection.close()
            own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], self._database_name()
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict["NAME"] = own

    def session_cookie(self, user: User) -> dict[str, str]:
        """A cookie for Playwright's `context.add_cookies([…])` that signs `user` in."""
        with self.orm():
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
        return {"name": "sessionid", "value": str(session.session_key), "url": self.url}

    def outbox(self) -> list[Path]:
        """Mail that the demo's mail backend has written, oldest first."""
        return sorted((self.var / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)

    def log(self, name: str) -> str:
        path = self.var / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def reset(self) -> None:
        """Empty database, Valkey and outbox, and stop what a test started beyond `ALWAYS`."""
        for name in [name for name in self._processes if name not in ALWAYS]:
            if self.is_running(name):
                self.terminate(name)
        self.valkey.start()
        self.start()
        wait_until(self._empty_tables, what="the tables emptied")
        for mail in self.outbox():
            mail.unlink()

    def stop(self) -> None:
        for name in list(self._processes):
            if self.is_running(name):
                self.terminate(name)
        self.valkey.stop()

    def _empty_tables(self) -> bool:
        """False when a sweeper was reading just then, and PostgreSQL let it win."""
        with psycopg.connect(self.database_url, autocommit=True) as link:
            try:
                empty(link, restart=True)
            except psycopg.errors.DeadlockDetected:
                return False
        return True

    def _database_name(self) -> str:
        return conninfo_to_dict(self.database_url)["dbname"]  # type: ignore[return-value]

    def _is_ready(self, name: str) -> bool:
        if not self.is_running(name):
            pytest.fail(f"{name} died:\n{self.log(name)[-4000:]}")
        if name == "web":
            return answers(self.port) and self.get("/healthz")[0] == 200
        if name == "smtp":
            return answers(self.smtp_port)
        return "ready" in self.log(name)[self._log_start[name] :] if name == "worker" else True

    def _signal(self, name: str, number: signal.Signals) -> int:
        process = self._processes[name]
        os.killpg(process.pid, number)
        status = process.wait(timeout=30)
        wait_until(lambda: not signal_group(process.pid, signal.SIGKILL), what=f"the helpers of {name} gone")
        return status


def signal_group(group: int, number: signal.Signals) -> bool:
    """Signal a process group; False where nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS denies signals to a group of zombies
        return False
    return True


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def ensure_front_end() -> None:
    """The built front end, compressed as `make setup` does it, also after a bare `npm run build`."""
    dist = BASE_DIR / "static" / "dist"
    if not (dist / "manifest.json").exists():
        pytest.fail("the front end is not built: run `make setup`", pytrace=False)
    if not (dist / ".compressed").exists():
        subprocess.run([sys.executable, "-m", "servestatic.compress", "--quiet", str(dist)], check=True)
        (dist / ".compressed").touch()


@contextmanager
def var_directory() -> Iterator[Path]:
    """A var directory below this run's own; root's PostgreSQL may not enter pytest's `tmp_path`."""
    with tempfile.TemporaryDirectory(dir=embedded.var_directory(), ignore_cleanup_errors=True) as name:
        var = Path(name)
        var.chmod(0o711)
        yield var


@contextmanager
def live_database() -> Iterator[str]:
    """The address of a fresh database with all tables in this run's PostgreSQL, dropped at the end."""
    name = f"live_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(database_url(), autocommit=True) as link:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        link.execute(create.format(sql.Identifier(name), sql.Identifier(template())))
    yield address_of(name)
    with psycopg.connect(database_url(), autocommit=True) as link:
        link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def _running_stack(django_db_blocker: DjangoDbBlocker) -> Iterator[LiveStack]:
    ensure_front_end()
    with live_database() as address, var_directory() as var:
        stack = LiveStack(var, address, django_db_blocker)
        stack.valkey.start()
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.fixture
def live_stack(_running_stack: LiveStack) -> LiveStack:
    """The running product with an empty database; processes a test has killed are started again for the next."""
    _running_stack.reset()
    return _running_stack
