"""What is wrong with a tree of conditions, in words and with the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`path` leads to the condition as in `all.0.any.1`; it is empty where the whole tree is meant."""

    path: str
    field: str
    reason: str

    def __str__(self) -> str:
        return self.reason


class Invalid(Exception):
    """The tree can't be asked; `str()` gives every reason, `problems` where each of them lies."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.reason for problem in problems))
        self.problems = list(problems)


class Wrong(Exception):
    """A value that a field can't be compared with; `str()` says why."""
