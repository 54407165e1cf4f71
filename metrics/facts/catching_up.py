"""Facts follow timelines: found by the numbers of events, so that no gesture writes anything for it.

Numbers are given before their transactions end, so a lower one may become visible after a higher one. Therefore the
watermark moves to a number only once every transaction that ran when it was read has ended; what is above is looked at
each time, and each fact knows the last event it was told by. One row, locked for a batch, keeps tellers apart; whoever
dies loses the batch and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from metrics.facts.backlog import count_anew_from
from metrics.facts.claiming import claimed, kept
from metrics.facts.history import read_histories
from metrics.facts.hours import HoursThen, note_hours
from metrics.facts.storing import mark, store
from metrics.facts.telling import tell
from metrics.facts.told import EDITION
from metrics.spans import reporting_zone
from tickets.models import Rating

NAME: Final = "facts"
BATCH: Final = 1000  # tickets in a transaction

# First the number, then who is still running: whoever has a number up to it is among them, or has ended. We ourselves
# are not among them; what we have written we see.
HIGHEST = "SELECT last_value FROM tickets_ticketevent_id_seq"
RUNNING = """
SELECT coalesce((SELECT min(x::text::bigint) FROM pg_snapshot_xip(now) AS x), pg_snapshot_xmax(now)::text::bigint),
       pg_snapshot_xmax(now)::text::bigint
FROM pg_current_snapshot() AS now
"""
STALE = """
SELECT t.id FROM tickets_ticket t LEFT JOIN metrics_fact f ON f.ticket_id = t.id
WHERE t.id IN (SELECT e.ticket_id FROM tickets_ticketevent e WHERE e.id > %s)
  AND (f.ticket_id IS NULL OR f.event_id < t.last_event_id) ORDER BY t.id LIMIT %s
"""
NEXT = "SELECT id FROM tickets_ticket WHERE id > %s ORDER BY id LIMIT %s"


@dataclass
class Caught:
    """What a batch did. `is_done`: there is nothing left to tell right now."""

    told: int = 0
    is_done: bool = True


def catch_up(*, now: datetime, limit: int = BATCH, waits: bool = False) -> Caught:
    """Tell a batch of what has happened since; then, where all is to be told anew, a batch of that.

    Nothing where somebody else is at it, unless it `waits` for them.
    """
    with claimed(NAME, waits=waits) as data:
        if data is None:
            return Caught()
        _begin(data)
        note_hours(now=now)
        safe = _safe(data)
        numbers = numbers_of(STALE, data["done"], limit) if data["done"] is not None else []
        told, is_done = retell(numbers, now=now), len(numbers) < limit
        if is_done:
            data["done"] = safe if safe is not None else data["done"]
            if data["anew"] is not None:
                more, is_done = _tell_anew(data, limit, now)
                told += more
        return Caught(told, is_done)


def _tell_anew(data: dict[str, Any], limit: int, now: datetime) -> tuple[int, bool]:
    """A batch of all tickets; not before the watermark stands, or what is written meanwhile might be missed."""
    if data["done"] is None or data.get("by_hand_until", "") > now.isoformat():
        return 0, False
    numbers = numbers_of(NEXT, data["anew"], limit)
    data["anew"] = numbers[-1] if len(numbers) == limit else None
    return retell(numbers, now=now), data["anew"] is None


def begin_anew() -> None:
    """All tickets are told again from here on, a batch at a time, whoever does it."""
    with claimed(NAME, waits=True) as data:
        assert data is not None
        _begin(data)
        data["anew"] = 0


def retell(numbers: Sequence[int], *, now: datetime) -> int:
    """Tell these tickets from the beginning and store what differs; how many there are."""
    if not numbers:
        return 0
    then, zone = HoursThen(), reporting_zone()
    told = [tell(history, then.clock_for(history)) for history in read_histories(numbers)]
    change = store(told, zone=zone)
    ratings = Rating.objects.filter(ticket__in=numbers).values_list("at", flat=True)
    mark(change.days | {at.astimezone(zone).date() for at in ratings}, now=now)
    if change.first_opened:
        count_anew_from(change.first_opened.astimezone(zone).date())
    return len(numbers)


def is_anew() -> bool:
    """Whether all tickets are being told again, or have never been told."""
    state = kept(NAME)
    return state.get("anew") is not None or state.get("done") is None


def _begin(data: dict[str, Any]) -> None:
    """At first, and when the definitions are others, everything is told anew."""
    if data.get("edition") != EDITION:
        data.update({"done": None, "next": None, "horizon": None, **data, "anew": 0, "edition": EDITION})


def _safe(data: dict[str, Any]) -> int | None:
    """Up to which number every event that will ever be there can be seen by now; None where it is not known."""
    with connection.cursor() as cursor:
        cursor.execute(HIGHEST)
        (highest,) = cursor.fetchone() or (0,)
        cursor.execute(RUNNING)
        oldest, newest = cursor.fetchone() or (0, 0)
    if oldest >= newest:  # nobody else is writing anything
        data["next"] = None
        return int(highest)
    safe: int | None = None
    if data["next"] is not None and oldest >= data["horizon"]:
        safe, data["next"] = data["next"], None
    if data["next"] is None:
        data["next"], data["horizon"] = highest, newest
    return safe


def numbers_of(statement: str, after: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [after, limit])
        return [number for (number,) in cursor.fetchall()]
