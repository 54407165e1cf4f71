"""How soon an answer comes to what is left behind: by how soon it came lately, in working time."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db import connection

from helpdesk.accounts.working_hours import Timeline

HOUR: Final = 3600
USUAL: Final = 8 * HOUR  # where too little is known: a working day
ENOUGH: Final = 10  # answers; fewer say nothing
SHARE: Final = 0.8  # of them came within what is said
LATELY: Final = timedelta(days=30)
KEPT_FOR: Final = 600.0  # seconds that a process believes what it has worked out

# The newest tickets of a team that came in writing, with the first answer of a person. Chats are answered at once.
FIRST_ANSWERS = """
SELECT t.created_at, e.created_at FROM tickets_ticket t CROSS JOIN LATERAL (
  SELECT created_at FROM tickets_ticketevent e
  WHERE e.ticket_id = t.id AND e.kind = 'reply.added' AND e.actor_kind = 'user' ORDER BY e.id LIMIT 1) e
WHERE t.team_id = %s AND t.created_at > %s AND t.channel IN ('email', 'form', 'portal')
ORDER BY t.created_at DESC LIMIT 100
"""
_known: dict[int, tuple[float, int]] = {}


def usual_answer(team_id: int | None, hours: Timeline | None, *, now: datetime) -> int:
    """Working seconds, in whole hours, within which four of five are answered. Known for some minutes."""
    if team_id is None:
        return USUAL
    until, seconds = _known.get(team_id, (0.0, 0))
    if until < time.monotonic():
        seconds = _work_out(team_id, hours, now)
        _known[team_id] = time.monotonic() + KEPT_FOR, seconds
    return seconds


def _work_out(team_id: int, hours: Timeline | None, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_ANSWERS, [team_id, now - LATELY])
        rows = cursor.fetchall()
    took = sorted(_between(hours, came, answered) for came, answered in rows)
    if len(took) < ENOUGH:
        return USUAL
    return max(1, ceil(took[ceil(len(took) * SHARE) - 1] / HOUR)) * HOUR


def _between(hours: Timeline | None, came: datetime, answered: datetime) -> float:
    return hours.measure(came, answered) if hours else (answered - came).total_seconds()
