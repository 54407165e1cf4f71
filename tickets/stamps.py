"""What people configure and every gesture asks, read once a process and again as soon as any of it has changed.

Whether something has changed is a number (Stamp) that the database raises with every change of its rows. One small
statement reads the numbers of everything, once a gesture: all that is paid while there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

from django.db import connection

V = TypeVar("V")

_numbers: ContextVar[dict[str, int] | None] = ContextVar("numbers", default=None)


class Stamped(Generic[V]):
    """What `load` makes of the rows that raise the stamp `name`."""

    def __init__(self, name: str, load: Callable[[], V]) -> None:
        self._name, self._load = name, load
        self._known: tuple[int, V] | None = None

    def get(self) -> V:
        numbers = _numbers.get()
        number = (_read() if numbers is None else numbers).get(self._name, 0)
        if self._known is None or self._known[0] != number:
            self._known = (number, self._load())
        return self._known[1]


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, the numbers are what they were at its beginning."""
    token = _numbers.set(_read())
    try:
        yield
    finally:
        _numbers.reset(token)


@contextmanager
def as_read(numbers: dict[str, int]) -> Iterator[None]:
    """Inside, the numbers are these, which another statement has brought along (`NUMBERS`)."""
    token = _numbers.set(numbers)
    try:
        yield
    finally:
        _numbers.reset(token)


NUMBERS = "(SELECT json_object_agg(name, number) FROM tickets_stamp)"  # one value of a row


def _read() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, number FROM tickets_stamp")
        return dict(cursor.fetchall())
