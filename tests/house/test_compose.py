"""docker-compose.yml: valid by the specification's own schema, and its commands really run."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpdesk.embedded import BASE_DIR
from helpdesk.engines import ValkeyEngine
from helpdesk.processes import PROCESSES
from tests.stack import free_port, live_database, var_directory, wait_until

VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
OURS = ("web", "worker", "beat", "smtp", "migrate")


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text()))


def web_command() -> list[str]:
    """The image's own command, which `web` runs."""
    line = next(line for line in (BASE_DIR / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
    return list(yaml.safe_load(line.removeprefix("CMD ")))


def command_of(name: str) -> list[str]:
    return list(compose()["services"][name].get("command") or web_command())


def test_it_follows_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    result = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_carries_no_secret() -> None:
    """What must stay secret has no default, so that compose refuses to start without it."""
    text = (BASE_DIR / "docker-compose.yml").read_text()
    required = {name for name, kind, _ in VARIABLE.findall(text) if kind == "?"}
    assert required == {"SECRET_KEY", "POSTGRES_PASSWORD"}
    dockerfile = (BASE_DIR / "Dockerfile").read_text()
    assert not re.search(r"SECRET|PASSWORD|TOKEN", dockerfile)


def test_containers_run_what_up_runs() -> None:
    for name in PROCESSES:
        in_container = [str(BASE_DIR / word) if word == "manage.py" else word for word in command_of(name)]
        by_up = PROCESSES[name]()
        assert in_container == (["python", *by_up] if in_container[0] == "python" else by_up[1:]), name


def test_every_lasting_service_is_watched() -> None:
    for name, service in compose()["services"].items():
        assert ("healthcheck" in service) is (name != "migrate"), name


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The variables of the containers, with the addresses of engines that run here."""
    with live_database() as address, var_directory() as var:
        valkey = ValkeyEngine(var)
        valkey.start()
        values = {"SECRET_KEY": "s", "POSTGRES_PASSWORD": "p"}
        given = compose()["services"]["web"]["environment"]
        filled = {
            name: VARIABLE.sub(lambda match: values.get(match[1], match[3]), text) for name, text in given.items()
        }
        yield {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **filled,
            "DATABASE_URL": address,
            "REDIS_URL": valkey.url,
            "HELPDESK_VAR": str(var),
            "PORT": str(free_port()),
            "SMTP_PORT": str(free_port()),
        }
        valkey.stop()


@pytest.mark.e2e
def test_each_command_and_each_health_check_works(environment: dict[str, str], tmp_path: Path) -> None:
    ports = {"8000": environment["PORT"], "2525": environment["SMTP_PORT"]}

    def run(words: list[str]) -> "subprocess.Popen[bytes]":
        program, *rest = [ports.get(word, word) for word in words]
        beside = shutil.which(program, path=str(Path(sys.executable).parent)) or program
        with (tmp_path / "log").open("ab") as log:
            return subprocess.Popen([beside, *rest], cwd=BASE_DIR, env=environment, stdout=log, stderr=log)

    def is_healthy(name: str) -> bool:
        return run(compose()["services"][name]["healthcheck"]["test"][1:]).wait() == 0

    assert run(command_of("migrate")).wait(timeout=180) == 0, (tmp_path / "log").read_text()
    started = {name: run(command_of(name)) for name in OURS if name != "migrate"}
    try:
        for name in started:
            wait_until(lambda name=name: is_healthy(name), seconds=60, what=f"{name} healthy")  # type: ignore[misc]
    finally:
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        exits = {name: process.wait(timeout=30) for name, process in started.items()}
    assert exits == dict.fromkeys(started, 0), (tmp_path / "log").read_text()
    assert not is_healthy("web")
    assert not is_healthy("smtp")
