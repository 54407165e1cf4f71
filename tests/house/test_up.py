"""`manage.py up`, whole and real: started, stopped, killed, and beside another copy."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis

from helpdesk import embedded, heartbeat
from helpdesk.embedded import BASE_DIR
from helpdesk.engines import PostgresEngine, ValkeyEngine
from helpdesk.heartbeat import key
from helpdesk.supervisor import stop_leftovers
from tests import migrated
from tests.stack import free_port, var_directory, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("up")]


class Copy:
    """One copy of the product: its var directory and its ports."""

    def __init__(self, var: Path) -> None:
        var.mkdir(parents=True, exist_ok=True)
        self.var = var
        self.port, self.smtp_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "HELPDESK_VAR": str(self.var),
            "PORT": str(self.port),
            "SMTP_PORT": str(self.smtp_port),
        }

    def up(self) -> subprocess.Popen[bytes]:
        with (self.var / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.process

    def log(self) -> str:
        return (self.var / "up.log").read_text(errors="replace")

    def ready(self) -> dict[str, Any]:
        """Wait for the banner, then answer what /readyz says."""
        wait_until(lambda: "Onethread is ready" in self.log() or self._dead(), seconds=90, what="the banner")
        assert not self._dead(), self.log()
        with urllib.request.urlopen(f"http://localhost:{self.port}/readyz", timeout=5) as answer:
            return dict(json.load(answer))

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False

    def processes(self) -> list[psutil.Process]:
        """Everything that works for this copy, the engines too."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def clean_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        stop_leftovers(self.var)
        embedded.stop_if_unused(self.var)

    def _dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            by_name = str(self.var) in " ".join(process.cmdline())
            return process.status() != psutil.STATUS_ZOMBIE and (
                by_name or process.environ().get("HELPDESK_VAR") == str(self.var)
            )
        except (psutil.Error, OSError):
            return False


@pytest.fixture(scope="module")
def migrated_engine() -> Iterator[PostgresEngine]:
    """What a copy has that ran before: a PostgreSQL, stopped, with all tables and no row."""
    with var_directory() as var:
        engine = PostgresEngine(var)
        engine.start()
        try:
            migrated.pour_into(engine)
        finally:
            engine.stop()
        yield engine


@pytest.fixture
def copies() -> Iterator[list[Copy]]:
    with var_directory() as var:
        copies = [Copy(var / "a"), Copy(var / "b")]
        yield copies
        for copy in copies:
            copy.clean_up()


@pytest.fixture
def migrated_copy(copies: list[Copy], migrated_engine: PostgresEngine) -> Copy:
    """One that has nothing to migrate when it starts."""
    subprocess.run(["cp", "-a", migrated_engine.data, copies[0].var], check=True)
    return copies[0]


def test_two_copies_run_side_by_side_and_stop_without_a_trace(copies: list[Copy], migrated_copy: Copy) -> None:
    """The one ran before, the other starts from nothing."""
    one, other = copies
    one.up()
    other.up()
    everything = {"ready": True, "database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"}
    assert one.ready() == everything
    assert other.ready() == everything
    for copy, number in ((one, signal.SIGTERM), (other, signal.SIGINT)):
        assert copy.process is not None
        copy.process.send_signal(number)
        assert copy.process.wait(timeout=30) == 0, copy.log()
        assert copy.processes() == []
    assert "Traceback" not in one.log() + other.log()


def test_a_killed_engine_comes_back_and_everything_with_it(migrated_copy: Copy) -> None:
    copy = migrated_copy
    copy.up()
    copy.ready()
    server = psutil.Process(int((copy.var / "postgres" / "postmaster.pid").read_text().split("\n")[0]))
    for process in [server, *server.children()]:
        process.kill()
    ValkeyEngine(copy.var).kill()
    wait_until(lambda: copy.log().count("had died and is started again") == 2, seconds=60, what="both engines back")
    with redis.Redis.from_url(ValkeyEngine(copy.var).url) as valkey:
        valkey.delete(*map(key, heartbeat.PROCESSES))
    wait_until(copy.is_ready, seconds=60, what="ready again")


def test_a_killed_supervisor_is_followed_by_a_normal_start(migrated_copy: Copy) -> None:
    copy = migrated_copy
    copy.up()
    copy.ready()
    old = copy.process
    assert old is not None
    watchers = psutil.Process(old.pid).children(recursive=True)
    old.kill()
    old.wait()
    copy.up()  # at once: what the old one started may still be on its way out
    assert copy.ready()["ready"]
    assert psutil.wait_procs(watchers, timeout=5)[1] == []
    assert copy.process is not None
    copy.process.terminate()
    assert copy.process.wait(timeout=30) == 0
    assert copy.processes() == []


@pytest.mark.parametrize(("variable", "name"), [("PORT", "port"), ("SMTP_PORT", "smtp_port")])
def test_a_port_in_use_is_one_line(copies: list[Copy], variable: str, name: str) -> None:
    copy = copies[0]
    with socket.socket() as other:
        other.bind(("127.0.0.1", getattr(copy, name)))
        other.listen()
        assert copy.up().wait(timeout=60) == 1
    said = [line for line in copy.log().splitlines() if "passed through" not in line]
    assert len(said) == 1, said
    assert f"port {getattr(copy, name)} on 127.0.0.1 is in use by another program; set {variable}" in said[0]


def test_one_port_for_web_and_mail_is_one_line(copies: list[Copy]) -> None:
    copy = copies[0]
    copy.smtp_port = copy.port
    assert copy.up().wait(timeout=60) == 1
    said = [line for line in copy.log().splitlines() if "passed through" not in line]
    assert len(said) == 1, said
    assert f"PORT and SMTP_PORT are both {copy.port}" in said[0]
    assert copy.processes() == []


def test_a_second_supervisor_of_the_same_place_is_refused(migrated_copy: Copy) -> None:
    copy = migrated_copy
    copy.up()
    copy.ready()
    first = copy.process
    second = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=BASE_DIR, env=copy.environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert first is not None
    assert second.returncode == 1
    assert f"process {first.pid} already runs from {copy.var}" in second.stderr
    assert first.poll() is None
    assert copy.ready()["ready"]
    # Commands share the engines of the running copy, and do not stop them when they end.
    command = [sys.executable, "manage.py", "migrate", "--check"]
    subprocess.run(command, cwd=BASE_DIR, env=copy.environment, check=True, timeout=60)
    assert copy.ready()["ready"]


def test_a_database_that_is_away_is_one_line(copies: list[Copy]) -> None:
    copy = copies[0]
    environ = {**copy.environment, "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/none"}
    result = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=BASE_DIR, env=environ, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    said = [line for line in result.stderr.splitlines() if "passed through" not in line]
    assert result.returncode == 1
    assert len(said) == 1, said
    assert "the database cannot be used" in said[0]
