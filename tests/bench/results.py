"""What was measured beside what it should be."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Row:
    """One line of the table. `goal` is a bound: `at_most` says on which side of it the figure should lie."""

    what: str
    figure: float
    unit: str
    goal: float | None = None
    at_most: bool = True
    remark: str = ""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return "–"
        met = self.figure <= self.goal if self.at_most else self.figure >= self.goal
        return "met" if met else "MISSED"


@dataclass
class Results:
    rows: list[Row] = field(default_factory=list)

    def at_most(self, what: str, figure: float, unit: str, goal: float | None = None, remark: str = "") -> None:
        self._add(Row(what, figure, unit, goal, remark=remark))

    def at_least(self, what: str, figure: float, unit: str, goal: float | None = None, remark: str = "") -> None:
        self._add(Row(what, figure, unit, goal, at_most=False, remark=remark))

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        print(f"  {row.what}: {number(row.figure)} {row.unit} {row.remark}".rstrip(), flush=True)

    def table(self) -> str:
        lines = [("what", "goal", "figure", "verdict", "remark")]
        for row in self.rows:
            sign = "≤" if row.at_most else "≥"
            goal = f"{sign} {number(row.goal)} {row.unit}" if row.goal is not None else ""
            lines.append((row.what, goal, f"{number(row.figure)} {row.unit}", row.verdict, row.remark))
        widths = [max(len(line[column]) for line in lines) for column in range(5)]
        lines.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
        return "\n".join(
            "| " + " | ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)) + " |"
            for line in lines
        )


def number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine() -> str:
    memory = psutil.virtual_memory().total / 1024**3
    system = platform.system()
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB memory, {processor()}, {system}, Python {platform.python_version()}"
    )


def processor() -> str:
    """The processor's own name where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
