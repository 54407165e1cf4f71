"""How many tickets each of many views holds: bounded, shared between people, and cheap on every page.

A count is kept in Valkey for everybody who may see the same tickets and asks the same. It is good until something
happens to any ticket (`realtime.publish` counts that up), and for `MAX_AGE` at most, since time passes and not
everything that a condition asks for is an event. Then it is counted again, within two limits: each count may use a
small share of the database (what takes a millisecond is always right, what takes a hundred waits for its turn), and a
page waits for few milliseconds of counting, the fragment that refreshes the sidebar for more. What has to wait is shown
as it was; what takes too long is unknown. Without Valkey every process keeps its own.
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
PAGE, FRAGMENT = 0.01, 0.25  # seconds of counting again that a whole page waits for, and its sidebar by itself
AT_FIRST = 20  # times as long where nothing was counted yet, and nobody knows how long it takes
SOON, MOST = 0.5, 0.8  # seconds
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
    """By key; None: not known, because counting takes too long.

    `again_in`: after how many seconds some of them would be more exact, 0 when all are as good as they get.
    """

    again_in: float = 0


@dataclass(frozen=True)
class _Asked:
    question: Question
    name: str  # in the cache


def of_views(questions: Sequence[Question], user: User, *, wait: float = PAGE) -> Counts:
    """At most `counting.CAP` each, meaning that or more."""
    visible = ",".join(str(pk) for pk in sorted(user.hidden_team_ids))
    asked = [_Asked(question, f"{PREFIX}:{visible}:{question.scope}") for question in questions]
    known, changes = entries([one.name for one in asked])
    if due := _due(asked, known, changes, wait):
        known = {**known, **_refresh(due, wait)}
    return _answer(asked, known, changes)


def _due(asked: Iterable[_Asked], known: dict[str, Entry], changes: int | None, wait: float) -> list[_Asked]:
    """What was never counted, and of what is old as many as there is time for, the cheapest first."""
    now = time.time()
    due, old = [], []
    for one in asked:
        entry = known.get(one.name)
        if entry is None:
            due.append(one)
        elif _is_old(entry, changes, now) and _savings(entry, now) > 0:
            old.append((entry.cost, one))
    for cost, one in sorted(old, key=lambda pair: pair[0]):
        wait -= cost
        if wait < 0:
            break
        due.append(one)
    return due


def _is_old(entry: Entry, changes: int | None, now: float) -> bool:
    return changes is None or entry.changes != changes or not 0 <= now - entry.at < MAX_AGE


def _savings(entry: Entry, now: float) -> float:
    return min(SAVINGS, entry.savings + max(0.0, now - entry.at) * SHARE)


def _refresh(due: list[_Asked], wait: float) -> dict[str, Entry]:
    """Count, one thread of the process at a time: a hundred pages that hear of one change count it once."""
    if not _counting.acquire(timeout=2 * wait):
        return {}
    try:
        known, changes = entries([one.name for one in due])
        due = _due(due, known, changes, wait)
        now = time.time()
        wanted = [(one.name, one.question.tickets) for one in due]
        took = {name: entry.cost for name, entry in known.items()}
        counted = count(wanted, took=took, seconds=min(MOST, AT_FIRST * wait))
        fresh = {name: _entry(known.get(name), found, changes, now) for name, found in counted.items()}
        write(fresh)
        return {**known, **fresh}
    finally:
        _counting.release()


def _entry(before: Entry | None, found: Counted, changes: int | None, now: float) -> Entry:
    savings = _savings(before, now) if before else SAVINGS
    return Entry(found.number, changes or 0, now, savings - found.seconds, found.seconds)


def _answer(asked: Iterable[_Asked], known: dict[str, Entry], changes: int | None) -> Counts:
    now, answer, waits = time.time(), Counts(), []
    for one in asked:
        entry = known.get(one.name)
        answer[one.question.key] = entry.number if entry else None
        if entry is None:
            waits.append(SOON)
        elif changes is not None and entry.changes < changes:
            waits.append(max(SOON, -_savings(entry, now) / SHARE))
    answer.again_in = min(waits, default=0)
    return answer
