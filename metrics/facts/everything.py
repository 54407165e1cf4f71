"""All that is kept of tickets, told here and now: after seeding or bringing tickets in, and by `manage.py metrics`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from metrics.facts.adding_up import add_up
from metrics.facts.backlog import rebuild_backlog
from metrics.facts.rebuilding import rebuild


def tell_everything(*, now: datetime, processes: int = 1, say: Callable[[int], None] | None = None) -> int:
    """Facts, the backlog of past days, and the figures of days; how many tickets were told."""
    told = rebuild(processes=processes, say=say)
    rebuild_backlog(now=now)
    while add_up(now=now):
        pass
    return told
