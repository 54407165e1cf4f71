"""Memory as each process's fair share (PSS): what is shared counts once over all who share it."""

from __future__ import annotations

import re
from pathlib import Path

import psutil

from helpdesk.embedded import var_directory
from helpdesk.engines import runtime_directory
from tests.bench.results import Results
from tests.bench.stack import Stack


def bench_memory(stack: Stack, results: Results) -> None:
    app = sum(map(share_of, stack.processes())) / 1024**2
    engines = sum(map(share_of, engine_processes())) / 1024**2
    results.at_most("memory of the app's processes", app, "MiB", 400, "web, worker, beat, SMTP receiver")
    results.at_most("memory of the whole stack, at rest", app + engines, "MiB", 800, "and PostgreSQL, Valkey")


def share_of(process: psutil.Process) -> int:
    """Bytes. Where the system does not tell PSS, what is the process's alone (USS)."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup")
    try:
        if rollup.exists():
            match = re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE)
            return int(match[1]) * 1024 if match else 0
        return int(process.memory_full_info().uss)
    except (psutil.Error, OSError):
        return 0  # gone meanwhile


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """What these processes have used of the processors so far, in user and system mode."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
            total += times.user + times.system
        except psutil.Error:
            continue  # gone meanwhile
    return total


class CpuPerRequest:
    """`with CpuPerRequest(stack) as cpu: pace = measure(…)`, then `cpu.remark(len(pace.milliseconds))`."""

    def __init__(self, stack: Stack) -> None:
        self._groups = {"web": stack.processes("web"), "PostgreSQL": engine_processes()[:]}

    def __enter__(self) -> CpuPerRequest:
        self._before = {name: cpu_seconds(group) for name, group in self._groups.items()}
        return self

    def __exit__(self, *error: object) -> None:
        self._used = {name: cpu_seconds(group) - self._before[name] for name, group in self._groups.items()}

    def remark(self, requests: int) -> str:
        return "CPU: " + ", ".join(f"{name} {1000 * used / requests:.1f} ms" for name, used in self._used.items())


def engine_processes() -> list[psutil.Process]:
    """The embedded servers of this var directory, helpers included."""
    var = var_directory()
    found = []
    for path in (var / "postgres" / "postmaster.pid", runtime_directory(var) / "valkey.pid"):
        if path.exists():
            parent = psutil.Process(int(path.read_text().split("\n", 1)[0]))
            found += [parent, *parent.children(recursive=True)]
    return found
