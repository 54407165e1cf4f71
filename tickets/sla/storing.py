"""Writing down what became of clocks: memory, targets and log of any number of tickets in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from tickets.models import SlaState
from tickets.sla.book import Book
from tickets.sla.clock import SECOND, Clock
from tickets.sla.log import entries
from tickets.sla.memory import dump


@dataclass(frozen=True)
class Kept:
    """A book to be stored. `is_whole`: it was told from its beginning, so what it does not name is gone."""

    number: int
    book: Book
    gesture_id: UUID
    is_whole: bool = False


# Rows of calendars and policies may have gone since the clock was started; what they promised stays.
WRITE = """
WITH memory AS (
  INSERT INTO tickets_slamemory (ticket_id, data)
  SELECT ticket_id, data FROM jsonb_to_recordset(%(memory)s::jsonb) AS x(ticket_id bigint, data jsonb)
  ON CONFLICT (ticket_id) DO UPDATE SET data = excluded.data
), rows AS (
  SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(ticket_id bigint, metric text, instance int, policy_id bigint,
    priority text, target bigint, is_business bool, calendar_id bigint, state text, started_at timestamptz,
    elapsed float8, counting_since timestamptz, due_at timestamptz, warn_at timestamptz, warned_at timestamptz,
    settled_at timestamptz, breached_at timestamptz, wake_at timestamptz, told text)
), gone AS (
  DELETE FROM tickets_slatarget t WHERE t.ticket_id = ANY(%(whole)s) AND NOT EXISTS (
    SELECT FROM rows r WHERE (r.ticket_id, r.metric, r.instance) = (t.ticket_id, t.metric, t.instance))
), told AS (
  UPDATE tickets_slatarget t SET told = x.told, wake_at = NULL
  FROM jsonb_to_recordset(%(told)s::jsonb) AS x(ticket_id bigint, metric text, instance int, told text)
  WHERE (x.ticket_id, x.metric, x.instance) = (t.ticket_id, t.metric, t.instance)
), log AS (
  INSERT INTO tickets_slaevent (ticket_id, metric, instance, kind, data, gesture_id, at)
  SELECT ticket_id, metric, instance, kind, data, gesture_id, at FROM jsonb_to_recordset(%(log)s::jsonb)
    AS x(ticket_id bigint, metric text, instance int, kind text, data jsonb, gesture_id uuid, at timestamptz)
)
INSERT INTO tickets_slatarget (ticket_id, metric, instance, policy_id, priority, target, is_business, calendar_id,
  state, started_at, elapsed, counting_since, due_at, warn_at, warned_at, settled_at, breached_at, wake_at, told)
SELECT ticket_id, metric, instance, (SELECT p.id FROM tickets_slapolicy p WHERE p.id = policy_id), priority, target,
  is_business, (SELECT c.id FROM accounts_calendar c WHERE c.id = calendar_id), state, started_at, elapsed,
  counting_since, due_at, warn_at, warned_at, settled_at, breached_at, wake_at, told FROM rows
ON CONFLICT (ticket_id, metric, instance) DO UPDATE SET
  policy_id = excluded.policy_id, priority = excluded.priority, target = excluded.target,
  is_business = excluded.is_business, calendar_id = excluded.calendar_id, state = excluded.state,
  started_at = excluded.started_at, elapsed = excluded.elapsed, counting_since = excluded.counting_since,
  due_at = excluded.due_at, warn_at = excluded.warn_at, warned_at = excluded.warned_at,
  settled_at = excluded.settled_at, breached_at = excluded.breached_at, wake_at = excluded.wake_at,
  told = excluded.told
"""


def store(kept: Sequence[Kept]) -> None:
    """Nothing where nothing was kept: a gesture that no clock has to do with costs no statement."""
    if not kept:
        return
    values = {
        "memory": [{"ticket_id": it.number, "data": dump(it.book)} for it in kept],
        "rows": [row_of(it.number, clock) for it in kept for clock in it.book.pages.values() if clock.target],
        "told": [
            {"ticket_id": it.number, "metric": told.metric, "instance": told.instance, "told": told.what}
            for it in kept
            for told in it.book.told
        ],
        "log": [entry for it in kept for entry in _log(it)],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {name: json.dumps(rows, default=_text) for name, rows in values.items()}
            | {"whole": [it.number for it in kept if it.is_whole]},
        )


def row_of(number: int, clock: Clock) -> dict[str, Any]:
    """The clock as its `SlaTarget` row has it."""
    target = clock.target
    assert target
    return {
        "ticket_id": number,
        "metric": str(clock.metric),
        "instance": clock.instance,
        "policy_id": target.policy_id,
        "priority": target.priority,
        "target": target.seconds,
        "is_business": target.is_business,
        "calendar_id": clock.calendar_id if target.is_business else None,
        "state": clock.state if clock.applies else SlaState.CANCELLED.value,
        "started_at": clock.started_at,
        "elapsed": clock.elapsed / SECOND,
        "counting_since": clock.since if clock.applies else None,
        "due_at": clock.due_at,
        "warn_at": clock.warn_at,
        "warned_at": clock.warned_at,
        "settled_at": clock.settled_at,
        "breached_at": clock.breached_at,
        "wake_at": clock.wake_at,
        "told": clock.told,
    }


def _log(it: Kept) -> Iterator[dict[str, Any]]:
    for (metric, instance), clock in it.book.pages.items():
        for kind, at, data in entries(it.book.before.get((metric, instance)), clock, it.book.last_at):
            yield {
                "ticket_id": it.number, "metric": str(metric), "instance": instance, "kind": str(kind), "at": at,
                "data": data, "gesture_id": it.gesture_id,
            }  # fmt: skip


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
