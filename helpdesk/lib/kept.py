"""Something drawn once and kept in this process, under exactly what it depends on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """The oldest goes first when there are more than `most`. What the value is made of must all be in the key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, V] = {}

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        try:
            return self._values[key]
        except KeyError:
            value = make()
        while len(self._values) >= self._most:
            self._values.pop(next(iter(self._values)), None)
        self._values[key] = value
        return value

    def __len__(self) -> int:
        return len(self._values)
