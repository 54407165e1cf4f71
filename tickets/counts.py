"""How many tickets each of many views holds: bounded, shared between people, and cheap on every page.

A count is kept in Valkey for everybody who may see the same tickets and asks the same. It is good until something
happens to any ticket (`realtime.publish` counts that up), and for `MAX_AGE` at most, since time passes and not
everything that a condition asks for is an event. Each count may use a small share of the database: what takes a
millisecond is always right, what takes a hundred is asked again after twenty seconds, what takes too long is shown as
unknown instead of holding up the page. Without Valkey every process keeps its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from django.conf import settings

from helpdesk.accounts.models import User
from tickets.counting import Counted, count
from tickets.counts_cache import Entry, entries, write
from tickets.models.ticket import TicketQuerySet

MAX_AGE = 15.0  # seconds
SHARE = 0.005  # of one processor, for each count
SAVINGS = 0.1  # seconds of the database's time that a count may use at once
TURN = 0.7  # seconds a page may wait while another thread of the process is counting the same
PREFIX = f"{settings.VALKEY_PREFIX}:count"

_counting = Lock()


class Question(NamedTuple):
    """`tickets` is made only when the count is not known. `scope` is equal for all who mean the same by it, whoever
    they are, and for nobody else: `conditions.scope_of(tree, user)` for a saved view. What a person may see is added.
    """

    key: str
    tickets: Callable[[], TicketQuerySet]
    scope: str


class Counts(dict[str, int | None]):
    """By key; None: not known, because counting takes too long. `again_in` seconds some will be more exact, or 0."""

    again_in: float = 0


@dataclass(frozen=True)
class _Asked:
    question: Question
    name: str  # in the cache


def of_views(questions: Sequence[Question], user: User) -> Counts:
    """At most `counting.CAP` each, meaning that or more."""
    visible = ",".join(str(pk) for pk in sorted(user.hidden_team_ids))
    asked = [_Asked(question, f"{PREFIX}:{visible}:{question.scope}") for question in questions]
    known, changes = entries([one.name for one in asked])
    if due := _due(asked, known, changes):
        known = {**known, **_refresh(due)}
    return _answer(asked, known, changes)


def _due(asked: Iterable[_Asked], known: dict[str, Entry], changes: int | None) -> list[_Asked]:
    now = time.time()
    return [one for one in asked if not (entry := known.get(one.name)) or _is_due(entry, changes, now)]


def _is_due(entry: Entry, changes: int | None, now: float) -> bool:
    return _is_old(entry, changes, now) and _savings(entry, now) > 0


def _is_old(entry: Entry, changes: int | None, now: float) -> bool:
    return changes is None or entry.changes != changes or not 0 <= now - entry.at < MAX_AGE


def _savings(entry: Entry, now: float) -> float:
    return min(SAVINGS, entry.savings + max(0.0, now - entry.at) * SHARE)


def _refresh(due: list[_Asked]) -> dict[str, Entry]:
    """Count, one thread of the process at a time: a hundred pages that hear of one change count it once."""
    if not _counting.acquire(timeout=TURN):
        return {}
    try:
        known, changes = entries([one.name for one in due])
        due = _due(due, known, changes)
        now = time.time()
        counted = count([(one.name, one.question.tickets) for one in due], dear=_dear(due, known))
        fresh = {name: _entry(known.get(name), found, changes, now) for name, found in counted.items()}
        write(fresh)
        return {**known, **fresh}
    finally:
        _counting.release()


def _dear(due: Iterable[_Asked], known: dict[str, Entry]) -> set[str]:
    """What took so long the last time that the others should not wait behind it in one statement."""
    return {one.name for one in due if (entry := known.get(one.name)) and entry.savings < 0}


def _entry(before: Entry | None, found: Counted, changes: int | None, now: float) -> Entry:
    savings = _savings(before, now) if before else SAVINGS
    return Entry(found.number, changes or 0, now, savings - found.seconds)


def _answer(asked: Iterable[_Asked], known: dict[str, Entry], changes: int | None) -> Counts:
    now, answer = time.time(), Counts()
    for one in asked:
        entry = known.get(one.name)
        answer[one.question.key] = entry.number if entry else None
        if entry is None or _is_waiting(entry, changes, now):
            wait = -_savings(entry, now) / SHARE if entry else 1.0
            answer.again_in = min(answer.again_in or wait, max(1.0, wait))
    return answer


def _is_waiting(entry: Entry, changes: int | None, now: float) -> bool:
    """Something has happened since, and it is not this count's turn yet."""
    return changes is not None and entry.changes < changes
