"""PostgreSQL and Valkey from pip wheels, for whoever sets neither DATABASE_URL nor REDIS_URL.

Both listen on unix sockets in a private directory, so copies of the product never compete for ports and nobody else on
the machine can connect. Every process that uses the engines holds a shared lock; the one that lets go last stops them.
The kernel drops the lock of a killed process, so no list of users can go stale.
"""

import atexit
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from helpdesk.engines import EngineError, PostgresEngine, ValkeyEngine, private_directory, runtime_directory

BASE_DIR = Path(__file__).resolve().parent.parent

_held: list["Lease"] = []


def var_directory() -> Path:
    """Where this copy keeps its database files, uploads, logs and secret key."""
    return Path(os.environ.get("HELPDESK_VAR") or BASE_DIR / "var").expanduser().resolve()


def database_url() -> str:
    """DATABASE_URL, or the address of the embedded PostgreSQL, running or not."""
    return os.environ.get("DATABASE_URL") or PostgresEngine(var_directory()).url


def redis_url() -> str:
    """REDIS_URL, or the address of the embedded Valkey, running or not."""
    return os.environ.get("REDIS_URL") or ValkeyEngine(var_directory()).url


class Lease:
    """The right to use the engines of one var directory; they run at least until it is released."""

    def __init__(self, var: Path, engines: Sequence[PostgresEngine | ValkeyEngine]) -> None:
        self._run = private_directory(runtime_directory(var))
        self._lock_file = self._run / "users.lock"
        self._engines = engines
        self._users: IO[str] | None = None

    def acquire(self) -> None:
        """Start what is not running. Raises `EngineError` with one readable line."""
        with self._deciding():
            self._users = self._lock_file.open("w")
            os.register_at_fork(after_in_child=self._users.close)  # a child that outlives us is no user
            fcntl.flock(self._users, fcntl.LOCK_SH)
            for engine in self._engines:
                engine.start()

    def revive(self) -> list[str]:
        """Start again what has died; returns the names of what was started."""
        dead = [engine for engine in self._engines if not engine.is_running()]
        if dead:
            with self._deciding():
                for engine in dead:
                    engine.start()
        return [type(engine).__name__.removesuffix("Engine") for engine in dead]

    def release(self) -> None:
        """Give the right back and stop the engines if nobody else uses them."""
        if self._users is not None:
            self._users.close()
            self._users = None
            self.stop_if_unused()

    def stop_if_unused(self) -> bool:
        """Stop the engines unless somebody uses them, who will then stop them; returns whether they are stopped."""
        with self._deciding(), self._lock_file.open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            for engine in self._engines:
                engine.stop()
            return True

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """Only one process at a time starts or stops engines."""
        with (self._run / "decision.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def start() -> None:
    """Start the engines this process needs; they stop with the last process that uses them."""
    if _held:
        return
    engines: list[PostgresEngine | ValkeyEngine] = []
    var = var_directory()
    if not os.environ.get("DATABASE_URL"):
        engines.append(PostgresEngine(var))
    if not os.environ.get("REDIS_URL"):
        engines.append(ValkeyEngine(var))
    if not engines:
        return
    owner = os.getpid()
    try:
        lease = Lease(var, engines)
        _held.append(lease)
        atexit.register(lambda: lease.release() if os.getpid() == owner else None)
        lease.acquire()
    except OSError as error:
        raise EngineError(f"cannot prepare {var}: {error.strerror}: {error.filename or var}") from error


def revive() -> list[str]:
    """Start again the engines of this process that have died; returns their names."""
    return [name for lease in _held for name in lease.revive()]


def stop_if_unused(var: Path) -> bool:
    """Stop what killed processes left running in `var`; returns False where somebody still works there."""
    return Lease(var, [PostgresEngine(var), ValkeyEngine(var)]).stop_if_unused()


def start_or_exit() -> None:
    """`start`, where a failure is one line on standard error and exit status 1."""
    try:
        start()
    except EngineError as error:
        sys.exit(f"onethread: {error}")
