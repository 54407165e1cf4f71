"""The embedded PostgreSQL and Valkey: shared by commands, recovered after a kill, never in each other's way."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from helpdesk import embedded, engines
from helpdesk.embedded import BASE_DIR, Lease
from helpdesk.engines import EngineError, PostgresEngine, ValkeyEngine
from helpdesk.engines.tools import telling_line
from tests.stack import var_directory, wait_until


@pytest.fixture
def var() -> Iterator[Path]:
    """A var directory whose engines are stopped after the test."""
    with var_directory() as var:
        yield var
        for engine in (PostgresEngine(var), ValkeyEngine(var)):
            engine.stop()


def lease(var: Path) -> Lease:
    return Lease(var, [PostgresEngine(var), ValkeyEngine(var)])


def is_running(var: Path) -> bool:
    return PostgresEngine(var).is_running() and ValkeyEngine(var).is_running()


def postgres_pid(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def test_the_last_user_stops_them_and_the_data_stays(var: Path) -> None:
    first, second = lease(var), lease(var)
    first.acquire()
    second.acquire()
    with psycopg.connect(PostgresEngine(var).url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert redis.Redis.from_url(ValkeyEngine(var).url).ping()
    first.release()
    assert is_running(var)
    second.release()
    assert not PostgresEngine(var).is_running()
    assert not ValkeyEngine(var).is_running()
    first.acquire()
    with psycopg.connect(PostgresEngine(var).url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    first.release()


def test_a_killed_user_is_no_user_any_more(var: Path) -> None:
    code = "from helpdesk import embedded; embedded.start(); print('up', flush=True); input()"
    environ = {**os.environ, "HELPDESK_VAR": str(var)}
    victim = subprocess.Popen(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert victim.stdout is not None
    assert victim.stdout.readline() == b"up\n"
    victim.kill()
    victim.communicate()
    assert is_running(var)  # nobody was there to stop them
    assert embedded.stop_if_unused(var)
    assert not PostgresEngine(var).is_running()


def test_a_killed_server_is_started_again(var: Path) -> None:
    user = lease(var)
    user.acquire()
    server = psutil.Process(postgres_pid(var))
    family = [server, *server.children()]
    for process in family:
        process.kill()
    psutil.wait_procs(family, timeout=10)
    ValkeyEngine(var).kill()
    wait_until(lambda: not ValkeyEngine(var).is_running())
    user.acquire()
    assert is_running(var)
    user.release()


def test_a_pid_file_that_names_a_stranger_is_ignored(var: Path) -> None:
    user = lease(var)
    user.acquire()
    user.release()
    stale = var / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{var / 'postgres'}\n0\n5432\n\n\n\n\n")
    (var / "run" / "valkey.pid").write_text(str(os.getpid()))
    user.acquire()
    assert is_running(var)
    assert postgres_pid(var) != os.getpid()
    user.release()
    assert not PostgresEngine(var).is_running()
    assert not ValkeyEngine(var).is_running()


def test_commits_are_durable_unless_a_test_run_says_otherwise(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELPDESK_POSTGRES")
    user = lease(var)
    user.acquire()
    with psycopg.connect(PostgresEngine(var).url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    user.release()


def test_a_very_long_path_gets_a_short_socket_directory(var: Path) -> None:
    var = var / ("d" * 60) / ("e" * 60)
    run = engines.runtime_directory(var)
    assert len(str(run)) < 80
    assert run != engines.runtime_directory(var / "other")
    user = Lease(var, [ValkeyEngine(var)])
    user.acquire()
    assert ValkeyEngine(var).is_running()
    user.release()
    shutil.rmtree(run)


def test_nobody_else_can_reach_the_sockets(var: Path) -> None:
    user = lease(var)
    user.acquire()
    assert (var / "run").stat().st_mode & 0o077 == 0
    assert (var / "postgres").stat().st_mode & 0o077 == 0
    user.release()


@pytest.mark.parametrize(("engine", "variable"), [("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL")])
def test_a_platform_without_the_wheel_is_told_what_to_set(
    engine: str, variable: str, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"helpdesk.engines.{engine}.find_spec", lambda name: None)
    server = PostgresEngine(var) if engine == "postgres" else ValkeyEngine(var)
    with pytest.raises(EngineError, match=f"set {variable} to"):
        server.start()


def test_a_disk_without_room_is_one_line(var: Path) -> None:
    """A file size limit stands in for the full disk: it fails the same writes."""
    environ = {**os.environ, "HELPDESK_VAR": str(var), "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=BASE_DIR, env=environ, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )  # fmt: skip
    assert result.returncode == 1
    said = [line for line in result.stderr.splitlines() if "may now be passed through" not in line]
    assert len(said) == 1
    assert said[0].startswith("onethread: initdb failed: could not write to file")


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("creating files ... ok\ninitdb: error: could not write: No space left on device\ninitdb: removing data\n",
         "initdb: error: could not write: No space left on device"),
        ("2026 LOG: starting\n2026 FATAL: could not create lock file: No space left on device\n2026 LOG: shut down\n",
         "could not create lock file: No space left on device"),
        ("one\ntwo\n", "two"),
        ("", "it gave no reason"),
    ],
)  # fmt: skip
def test_the_line_that_names_the_cause(log: str, line: str) -> None:
    assert telling_line(log) == line
