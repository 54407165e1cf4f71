"""All tickets told anew, here and now, by as many processes as wanted. May be stopped and begun again any time.

Each tells ranges of numbers in transactions of its own. The worker leaves the work to us while we are at it; should we
die it goes on from the beginning, where it finds that nothing differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from time import sleep
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from metrics.facts.catching_up import NAME, catch_up, retell
from metrics.facts.claiming import claimed
from tickets.models import Ticket

RANGE: Final = 2_000  # numbers in a transaction
HELD_FOR: Final = timedelta(minutes=2)  # after the last sign of life of ours the worker takes over
TRIES: Final = 5
WITHIN = "SELECT id FROM tickets_ticket WHERE id >= %s AND id < %s ORDER BY id"


def rebuild(*, processes: int = 1, say: Callable[[int], None] | None = None) -> int:
    """How many were told. Needs the watermark to stand, and waits for transactions of others that it waits for."""
    _hold(begins=True)
    while not _stands():
        catch_up(now=timezone.now(), waits=True)
        sleep(0.05)
    highest = Ticket.objects.aggregate(highest=Max("pk"))["highest"] or 0
    starts = range(0, highest + 1, RANGE)
    told = 0
    with _tellers(processes) as tell_all:
        for n, count in enumerate(tell_all(starts)):
            told += count
            if n % 10 == 9:
                _hold()
            if say:
                say(told)
    _let_go()
    return told


@contextmanager
def _tellers(processes: int) -> Iterator[Callable[[range], Iterator[int]]]:
    """One process is this one: inside a transaction nobody else would see what it sees."""
    if processes == 1:
        yield partial(map, tell_range)
        return
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):  # closed ones lie in there, and no two processes may use one
        connection.close_pool()  # type: ignore[attr-defined]
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield partial(pool.map, tell_range)


def tell_range(first: int) -> int:
    """Whoever else tells one of these at the same moment may win; then it is looked at again."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(WITHIN, [first, first + RANGE])
                    numbers = [number for (number,) in cursor.fetchall()]
                return retell(numbers, now=timezone.now())
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("The last try returns or raises.")


def _hold(*, begins: bool = False) -> None:
    with claimed(NAME, waits=True) as data:
        assert data is not None
        data["by_hand_until"] = (timezone.now() + HELD_FOR).isoformat()
        if begins:
            data["anew"] = 0


def _stands() -> bool:
    with claimed(NAME, waits=True) as data:
        assert data is not None
        return data.get("done") is not None


def _let_go() -> None:
    with claimed(NAME, waits=True) as data:
        assert data is not None
        data["anew"] = None
        data.pop("by_hand_until", None)
