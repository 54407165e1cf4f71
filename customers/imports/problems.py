"""What is wrong with a row."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """`row` counts from the file's header, which is 1; `target` is a column's meaning, "" for the row as a whole."""

    row: int
    target: str
    value: str
    reason: str
