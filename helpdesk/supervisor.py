"""Runs the product's processes in the foreground: honcho's manager, whose processes come back when they die.

A process that dies is started again at growing distances; one that dies five times within a minute takes the rest down
with one clear line. A supervisor that is killed takes its processes with it, because each is watched by a parent of its
own that notices; what survives even that carries `MARK` in its environment and is found at the next start.
"""

import os
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any

import honcho.manager
import psutil
from honcho.compat import ProcessManager
from honcho.manager import Manager
from honcho.process import Process

MARK = "ONETHREAD_SUPERVISED_VAR"
# One heap for all threads of a process: glibc gives each its own, and what one of them has freed no other uses. Under
# Python's global lock they gain nothing by it, and the processes together need 80 MiB more.
ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "1"}
DEATHS, WITHIN_SECONDS = 5, 60.0
LONGEST_PAUSE = 8.0
ASKED_TO_STOP = {130, 143}  # honcho's answers to SIGINT and SIGTERM
honcho.manager.KILL_WAIT = 15  # seconds a worker may take to finish what it is doing


class LastingProcess(Process):
    """A process that is started again when it dies, until the supervisor stops or it has died too often."""

    def __init__(self, *arguments: Any, supervisor: Connection, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._supervisor = supervisor
        self._deaths: deque[float] = deque(maxlen=DEATHS)

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Runs in a child of the supervisor; its own child is the real process."""
        self._events = events
        if ignore_signals:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: None)  # not SIG_IGN: the real process would inherit that
        threading.Thread(target=self._follow_supervisor, daemon=True).start()
        while True:
            returncode = self._run_once()
            self._deaths.append(time.monotonic())
            if self._is_stopping():
                break
            if len(self._deaths) == DEATHS and self._deaths[-1] - self._deaths[0] < WITHIN_SECONDS:
                self._say(f"died {DEATHS} times within a minute (exit status {returncode}); stopping everything")
                break
            pause = min(LONGEST_PAUSE, 0.25 * 2 ** len(self._deaths))
            self._say(f"died (exit status {returncode}); starting it again in {pause:g} s")
            if self._is_stopping(pause):
                break
        self._send_message({"returncode": returncode}, type="stop")

    def _run_once(self) -> int:
        """Start the process, pass on what it prints, and return its exit status once its whole group is gone."""
        child = subprocess.Popen(
            shlex.split(self.cmd), env=self.env, cwd=self.cwd, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._child = child
        self._send_message({"pid": child.pid}, type="start")
        if self._is_stopping():
            ask_to_stop(child.pid)  # the supervisor's own signal was too early for this one
        threading.Thread(target=self._sweep_group, args=(child,), daemon=True).start()
        assert child.stdout is not None
        for line in child.stdout:
            self._send_message(line)
        child.stdout.close()
        return child.wait()

    def _is_stopping(self, seconds: float = 0) -> bool:
        """Whether the supervisor stops or is dead, or comes to that within `seconds`."""
        return self._supervisor.poll(seconds)  # nothing is ever written: readable means closed

    def _sweep_group(self, child: "subprocess.Popen[bytes]") -> None:
        """When the process is gone, its helpers go too: they would hold its port and its output open."""
        child.wait()
        signal_group(child.pid, signal.SIGKILL)

    def _follow_supervisor(self) -> None:
        """When the supervisor is killed, nobody is left to be told: stop the process and leave."""
        supervisor = os.getppid()
        wait_for([self._supervisor])
        while os.getppid() == supervisor:  # it stops and tells the processes itself, unless it is killed meanwhile
            time.sleep(0.1)
        if self._child is not None:
            ask_to_stop(self._child.pid)
            try:
                self._child.wait(timeout=honcho.manager.KILL_WAIT)
            except subprocess.TimeoutExpired:
                signal_group(self._child.pid, signal.SIGKILL)
        os._exit(1)

    def _say(self, words: str) -> None:
        self._send_message(f"{self.name} {words}\n".encode())


class Leaders(ProcessManager):
    """Asks only the head of each process group to stop: it lets its helpers finish what they are at.

    A worker's helper that is asked itself drops its task in the middle.
    """

    def terminate(self, pid: int) -> None:
        ask_to_stop(pid)


class Supervisor(Manager):
    """honcho's manager over lasting processes: any of them that gives up ends them all.

    What is to be done `meanwhile` runs in threads, which are told when to stop.
    """

    def __init__(self, var: Path, *, meanwhile: Sequence[Callable[[threading.Event], None]] = ()) -> None:
        super().__init__()
        self._procmgr = Leaders()
        self._var = var
        self._meanwhile = meanwhile
        self._stopping = threading.Event()
        # A pipe whose writing end only the supervisor holds tells all processes at once that it stops or is dead. An
        # Event of multiprocessing would wait for dead waiters for ever, and its sentinels are inherited by siblings.
        seen_by_all, self._alive = Pipe(duplex=False)
        os.register_at_fork(after_in_child=self._alive.close)
        self._process_ctor = partial(LastingProcess, supervisor=seen_by_all)

    def add(self, name: str, *command: str) -> None:
        """Add a process; its environment carries the mark by which a later start would know it."""
        self.add_process(name, shlex.join(command), env={**os.environ, **ENVIRONMENT, MARK: str(self._var)})

    def run(self) -> int:
        """Run until a signal or a process that gave up; returns 0 or 1 and leaves no process behind."""
        self.loop()
        return 0 if self.returncode in ASKED_TO_STOP else 1

    def terminate(self) -> None:
        self._stopping.set()
        self._alive.close()
        super().terminate()

    def _start(self) -> None:
        super()._start()
        for task in self._meanwhile:  # only now: forking is done
            threading.Thread(target=task, args=(self._stopping,), daemon=True).start()


def ask_to_stop(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the process group of `pid`, which may be gone already."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS denies signals to a group of zombies
        return


def stop_leftovers(var: Path) -> int:
    """Stop what an earlier supervisor of `var` left running when it was killed; returns how many there were."""
    leftovers = [process for process in psutil.process_iter() if _is_marked(process, var)]
    for process in leftovers:
        _signal(process, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(leftovers, timeout=honcho.manager.KILL_WAIT)
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=honcho.manager.KILL_WAIT)
    return len(leftovers)


def _is_marked(process: psutil.Process, var: Path) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        return process.environ().get(MARK) == str(var)
    except (psutil.Error, OSError):
        return False  # gone meanwhile, or somebody else's


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
