"""`manage.py up`: everything a helpdesk needs, in the foreground, until Ctrl-C or SIGTERM."""

import errno
import fcntl
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg_pool import PoolTimeout

from helpdesk import embedded
from helpdesk.engines import runtime_directory
from helpdesk.supervisor import Supervisor, stop_leftovers

DEMO_PEOPLE = ("admin", "lead", "agent", "light")
READY_SECONDS = 120


class Command(BaseCommand):
    help = "Runs web, worker, beat and the SMTP receiver, after starting the embedded engines and migrating."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        var = embedded.var_directory()
        with only_supervisor_of(var):
            if found := stop_leftovers(var):
                self.stdout.write(f"Stopped {found} processes that a killed supervisor had left.")
            ensure_free("PORT", settings.HOST, settings.PORT)
            ensure_free("SMTP_PORT", settings.SMTP_HOST, settings.SMTP_PORT)
            self.prepare_database()
            os.environ.update(DATABASE_URL=embedded.database_url(), REDIS_URL=embedded.redis_url())
            supervisor = Supervisor(var, on_start=self.announce)
            for name, command in PROCESSES.items():
                supervisor.add(name, sys.executable, *command())
            status = supervisor.run()
        if status:
            sys.exit(status)

    def prepare_database(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except (DatabaseError, PoolTimeout) as error:
            raise CommandError(f"the database cannot be used: {str(error).strip().splitlines()[0]}") from error
        if settings.DEMO and not get_user_model().objects.exists():
            self.stdout.write("Inventing the demo company …")
            call_command("seed_demo")
        connection.close()
        cast(DatabaseWrapper, connection).close_pool()  # its threads must not be there when processes are forked

    def announce(self) -> None:
        """Print the address once everything answers."""
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready():
            if time.monotonic() > deadline:
                self.stdout.write(f"Not everything answers after {READY_SECONDS} s; see {settings.PUBLIC_URL}/readyz")
                return
            time.sleep(0.2)
        lines = [f"Onethread is ready: {settings.PUBLIC_URL}/agent/", f"Mail goes in at port {settings.SMTP_PORT}."]
        if settings.DEMO:
            people = ", ".join(f"{person}@demo.test" for person in DEMO_PEOPLE)
            lines += [f"Sign in as {people} with the password demo.", f"Sent mail: {settings.VAR / 'outbox'}"]
        self.stdout.write("\n" + "\n".join(f"  {line}" for line in [*lines, "Ctrl-C stops everything."]) + "\n\n")
        self.stdout.flush()


def web() -> list[str]:
    return [
        "-m", "granian", "--interface", "asginl", "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", str(settings.WEB_WORKERS), "--respawn-failed-workers", "--respawn-interval", "0.5",
        "--workers-kill-timeout", "10", "--log-level", "warning", "helpdesk.asgi:application",
    ]  # fmt: skip


def worker() -> list[str]:
    return [
        "-m", "celery", "--quiet", "-A", "helpdesk.celery", "worker", "--concurrency", str(settings.TASK_WORKERS),
        "--without-gossip", "--without-mingle", "--loglevel", "INFO",
    ]  # fmt: skip


def beat() -> list[str]:
    """The schedule is kept in memory: every periodic task claims its rows, so none is missed by a restart."""
    return [
        "-m", "celery", "--quiet", "-A", "helpdesk.celery", "beat",
        "--scheduler", "celery.beat:Scheduler", "--pidfile=",
    ]  # fmt: skip


def smtp() -> list[str]:
    return [str(settings.BASE_DIR / "manage.py"), "receive_smtp"]


PROCESSES = {"web": web, "worker": worker, "beat": beat, "smtp": smtp}


def is_ready() -> bool:
    try:
        with socket.create_connection((settings.SMTP_HOST, settings.SMTP_PORT), timeout=2):
            pass
        request = urllib.request.Request(f"http://{settings.HOST}:{settings.PORT}/readyz")
        request.add_header("Host", settings.ALLOWED_HOSTS[0])
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def ensure_free(variable: str, host: str, port: int) -> None:
    """Raises `CommandError` when something else listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            reason = "is in use by another program" if in_use else f"cannot be used ({error.strerror})"
            raise CommandError(f"port {port} on {host} {reason}; set {variable} to another one") from error


@contextmanager
def only_supervisor_of(var: Path) -> Iterator[None]:
    """Hold the right to supervise `var`; raises `CommandError` when another supervisor does."""
    path = runtime_directory(var) / "supervisor.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:
        os.register_at_fork(after_in_child=lock.close)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CommandError(
                f"process {lock.read().strip()} already runs from {var}; set HELPDESK_VAR to another place"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
