"""Supervision with small processes: they come back, they give up, and nothing outlives the supervisor."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from helpdesk.embedded import BASE_DIR
from helpdesk.supervisor import MARK, stop_leftovers
from tests.stack import wait_until

SUPERVISE = """
import sys
from pathlib import Path
from helpdesk.supervisor import Supervisor
supervisor = Supervisor(Path(sys.argv[1]), meanwhile=[lambda stopping: stopping.wait()])
for number, code in enumerate(sys.argv[2:]):
    supervisor.add(f"p{number}", sys.executable, "-c", code)
sys.exit(supervisor.run())
"""
LASTING = "import time; print('here', flush=True); time.sleep(600)"
WITH_HELPER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {LASTING!r}])"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LASTING
DYING = "import sys; print('dying', flush=True); sys.exit(3)"


class Supervised:
    """A supervisor in a process of its own."""

    def __init__(self, var: Path, *codes: str) -> None:
        self.var = var
        self.log = var / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISE, str(var), *[textwrap.dedent(code) for code in codes]],
                cwd=BASE_DIR, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def says(self, words: str, times: int = 1) -> None:
        wait_until(
            lambda: self.log.read_text().count(words) >= times, seconds=30, what=f"{words!r} × {times} in the log"
        )

    def marked(self) -> list[psutil.Process]:
        """The processes it has started, and theirs."""
        return [process for process in psutil.process_iter() if environment_of(process).get(MARK) == str(self.var)]

    def everybody(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def environment_of(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.Error, OSError):
        return {}


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    stop_leftovers(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_with_status_0(var: Path, number: signal.Signals) -> None:
    supervised = Supervised(var, LASTING, WITH_HELPER)
    supervised.says("| here", 2)
    everybody = supervised.everybody()
    supervised.process.send_signal(number)
    assert supervised.process.wait(timeout=20) == 0
    assert psutil.wait_procs(everybody, timeout=5)[1] == []
    assert supervised.marked() == []


def test_a_process_that_dies_is_started_again(var: Path) -> None:
    supervised = Supervised(var, LASTING)
    supervised.says("| here")
    (first,) = supervised.marked()
    first.kill()
    supervised.says("p0 died (exit status -9); starting it again in 0.5 s")
    supervised.says("| here", 2)
    (second,) = supervised.marked()
    assert second.pid != first.pid
    supervised.process.terminate()
    assert supervised.process.wait(timeout=20) == 0


def test_its_helpers_do_not_outlive_it(var: Path) -> None:
    supervised = Supervised(var, WITH_HELPER)
    supervised.says("| here")
    parent = next(process for process in supervised.marked() if process.children())
    (helper,) = parent.children()
    parent.kill()
    assert psutil.wait_procs([helper], timeout=5)[1] == []
    supervised.process.terminate()
    assert supervised.process.wait(timeout=20) == 0


def test_one_that_keeps_dying_ends_the_rest_with_one_line(var: Path) -> None:
    supervised = Supervised(var, LASTING, DYING)
    assert supervised.process.wait(timeout=60) == 1
    log = supervised.log.read_text()
    assert log.count("| dying") == 5
    assert log.count("p1 died 5 times within a minute (exit status 3); stopping everything") == 1
    assert supervised.marked() == []


def test_a_killed_supervisor_takes_its_processes_with_it(var: Path) -> None:
    supervised = Supervised(var, LASTING, WITH_HELPER)
    supervised.says("| here", 2)
    everybody = supervised.everybody()
    supervised.process.kill()
    supervised.process.wait()
    assert psutil.wait_procs(everybody, timeout=20)[1] == []


def test_what_survives_even_that_is_found_at_the_next_start(var: Path) -> None:
    with (var / "log").open("wb") as log:
        lone = subprocess.Popen(
            [sys.executable, "-c", LASTING], env={**os.environ, MARK: str(var)}, stdout=log, start_new_session=True
        )
    wait_until(lambda: "here" in (var / "log").read_text())
    other = subprocess.Popen([sys.executable, "-c", LASTING], env={**os.environ, MARK: f"{var}/other"})
    assert stop_leftovers(var) == 1
    assert not psutil.pid_exists(lone.pid)
    assert other.poll() is None
    other.kill()
    other.wait()
