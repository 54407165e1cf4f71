"""Counting many lists in one statement, none of them beyond `CAP`, and none for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection

from tickets.models import Message
from tickets.models.ticket import TicketQuerySet

CAP = 1000
AT_ONCE = 16
TOGETHER, ALONE = 0.3, 0.2  # seconds: for so many in one statement, for one by itself
DEAR = 0.1  # seconds of one count that others should not wait for
COMPILED_FOR = 15.0  # seconds; "hours since" is part of what was compiled
MOST_COMPILED = 5_000
CANCELLED = "57014"  # PostgreSQL: query_canceled
MESSAGES = f'"{Message._meta.db_table}"'  # to ask all messages of unsolved tickets takes a hundred times as long

_compiled: dict[str, tuple[float, str]] = {}


class Counted(NamedTuple):
    number: int | None  # None: it took longer than it may
    seconds: float


def count(
    wanted: Sequence[tuple[str, Callable[[], TicketQuerySet]]], *, took: Mapping[str, float], seconds: float
) -> dict[str, Counted]:
    """By name; what `seconds` in all do not suffice for is left out. `took`: how long each took before, where known.

    Dear ones come last, each by itself: among others one would only make these wait, and all would be counted a second
    time when their statement has taken too long.
    """
    until = time.monotonic() + seconds
    parts = {name: _compile(name, tickets) for name, tickets in wanted}
    found = {name: Counted(0, 0.0) for name, sql in parts.items() if not sql}
    last = {name for name, sql in parts.items() if took.get(name, ALONE if MESSAGES in sql else 0) > DEAR}
    others = [name for name in parts if name not in last and name not in found]
    groups = [others[start : start + AT_ONCE] for start in range(0, len(others), AT_ONCE)]
    for group in [*groups, *([name] for name in parts if name in last)]:
        if time.monotonic() > until:
            break
        found |= _count_group({name: parts[name] for name in group}, until)
    return found


def _count_group(parts: dict[str, str], until: float) -> dict[str, Counted]:
    """In one statement; one after the other if that takes too long, so that a slow one is alone in being unknown."""
    found = _ask(parts, min(TOGETHER, until - time.monotonic())) if len(parts) > 1 else None
    if found is not None:
        return found
    found = {}
    for name, sql in parts.items():
        patience = min(ALONE, until - time.monotonic())
        counted = _ask({name: sql}, patience)
        if counted is None and patience == ALONE:
            counted = {name: Counted(None, ALONE)}
        found |= counted or {}
    return found


def _compile(name: str, tickets: Callable[[], TicketQuerySet]) -> str:
    """Making fifty statements takes longer than running them. Empty where the list is, whatever the database holds."""
    now = time.monotonic()
    made_at, sql = _compiled.get(name, (0.0, ""))
    if name in _compiled and now - made_at < COMPILED_FOR:
        return sql
    try:
        statement = tickets().order_by().values("pk")[:CAP].query.sql_with_params()
        sql = connection.ops.compose_sql(*statement)  # type: ignore[attr-defined]  # of Django's PostgreSQL only
    except EmptyResultSet:
        sql = ""
    if len(_compiled) >= MOST_COMPILED:
        _compiled.clear()
    _compiled[name] = now, sql
    return sql


def _ask(parts: dict[str, str], patience: float) -> dict[str, Counted] | None:
    """All counts with the time each took, in one statement; None when they took longer than `patience` together.

    The limit travels with the statement: two in one message are one transaction (PostgreSQL §54.2.2.1), so it ends
    with it and costs no round trip. Such a message has no parameters: values are quoted by `compose_sql`.
    """
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS c), clock_timestamp()" for sql in parts.values())  # noqa: S608
    limits = (
        f"SET LOCAL statement_timeout = {max(1, int(patience * 1000))}; "
        "SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; "  # the other processors are for pages
        "SET LOCAL enable_mergejoin = off"  # hoping to be done after `CAP` rows, it would walk whole tables in order
    )
    row = _run(f"{limits}; SELECT clock_timestamp(), {counts}") if patience > 0 else None
    if row is None:
        return None
    numbers, times = row[1::2], row[0::2]
    took = [(after - before).total_seconds() for before, after in pairwise(times)]
    return {name: Counted(*counted) for name, counted in zip(parts, zip(numbers, took, strict=True), strict=True)}


def _run(sql: str) -> tuple[Any, ...] | None:
    """The one row of the last statement. Inside a transaction nothing of it stays, whether it succeeds or not."""
    inside = connection.in_atomic_block
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SAVEPOINT counting; {sql}; ROLLBACK TO SAVEPOINT counting" if inside else sql)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != CANCELLED:
                raise
            if inside:
                cursor.execute("ROLLBACK TO SAVEPOINT counting")
            return None
        while cursor.description is None:
            cursor.nextset()
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
