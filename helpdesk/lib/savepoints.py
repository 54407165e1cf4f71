"""A savepoint that costs nothing while there is nothing to go back from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection


@contextmanager
def undone_on_error() -> Iterator[None]:
    """As `transaction.atomic()` inside a transaction. Its savepoint is set before the block's first statement.

    Most of what is tried on many tickets is done in memory, or refused before anything has been done: then setting and
    releasing a savepoint took longer than all the rest.
    """
    savepoint = _Savepoint()
    try:
        with connection.execute_wrapper(savepoint):
            yield
    except BaseException:
        savepoint.roll_back()
        raise
    savepoint.release()


class _Savepoint:
    """Wraps the execution of statements (django.db `execute_wrapper`)."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._promised = len(connection.run_on_commit)

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if self._name is None:
            self._set()
        return execute(sql, params, many, context)

    def _set(self) -> None:
        """Past the wrappers: blocks inside this one set theirs after it, and it does not wrap itself."""
        wrappers, connection.execute_wrappers = connection.execute_wrappers, []
        try:
            self._name = connection.savepoint()
        finally:
            connection.execute_wrappers = wrappers

    def release(self) -> None:
        if self._name is not None:
            if connection.needs_rollback:  # a block inside has failed, and whoever caught it goes on without its work
                self.roll_back()
            else:
                connection.savepoint_commit(self._name)

    def roll_back(self) -> None:
        """Or let the whole transaction be rolled back where not even that can be done."""
        del connection.run_on_commit[self._promised :]
        if self._name is None:
            return
        connection.needs_rollback = False
        try:
            connection.savepoint_rollback(self._name)
            connection.savepoint_commit(self._name)
        except Error:
            connection.needs_rollback = True
