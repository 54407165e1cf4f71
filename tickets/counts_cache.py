"""Where counts are kept: in Valkey for all processes, or in the process while Valkey is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

import redis

from tickets.realtime import CHANGES, valkey

logger = logging.getLogger(__name__)

KEPT_FOR = 300  # seconds
WITHOUT_VALKEY = 5.0  # seconds until it is tried again: a page must not wait for it each time
MOST_OF_OUR_OWN = 5_000

_own: dict[str, Entry] = {}
_away_until = 0.0


class Entry(NamedTuple):
    """A count as it was at `at` (seconds since 1970), after `changes` signals that tickets changed.

    `cost`: the seconds it took. `savings`: how many more of them it may use; below zero it has to wait.
    """

    number: int | None
    changes: int
    at: float
    savings: float
    cost: float

    def pack(self) -> str:
        number = "" if self.number is None else self.number
        return f"{number} {self.changes} {self.at:.3f} {self.savings:.6f} {self.cost:.6f}"

    @classmethod
    def unpack(cls, text: str | bytes) -> Entry:
        number, changes, *rest = str(text).split(" ")
        return cls(int(number) if number else None, int(changes), *map(float, rest))


def entries(names: Sequence[str]) -> tuple[dict[str, Entry], int | None]:
    """What is kept under `names`, and how many changes there were by now; None when nobody can tell."""
    if not names or time.monotonic() < _away_until:
        return {name: _own[name] for name in names if name in _own}, None
    try:
        changes, *found = valkey().mget([CHANGES, *names])
    except redis.RedisError as error:
        _note_away(error)
        return entries(names)
    kept = {name: Entry.unpack(text) for name, text in zip(names, found, strict=True) if text}
    return kept, int(changes or 0)


def write(fresh: dict[str, Entry]) -> None:
    if time.monotonic() < _away_until:
        if len(_own) + len(fresh) > MOST_OF_OUR_OWN:
            _own.clear()
        _own.update(fresh)
        return
    try:
        pipe = valkey().pipeline(transaction=False)
        for name, entry in fresh.items():
            pipe.set(name, entry.pack(), ex=KEPT_FOR)
        pipe.execute()
    except redis.RedisError as error:
        _note_away(error)
        write(fresh)


def _note_away(error: Exception) -> None:
    global _away_until
    _away_until = time.monotonic() + WITHOUT_VALKEY
    logger.warning("Counts are not shared, Valkey does not answer: %s", error)
