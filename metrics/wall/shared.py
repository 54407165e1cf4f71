"""One look for all boards: fifty of them ask the database as often as one.

A look is good for two seconds, or for twenty times what it cost, so that boards take no more than a twentieth of a
processor; for eight at most, so that nothing is late. While one process looks again, the others show what there was.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import redis
from django.conf import settings

from helpdesk.lib.valkey import valkey
from metrics.wall.board import Scope

logger = logging.getLogger(__name__)

FRESH: Final = 2.0  # seconds
COSTS: Final = 20  # times what a look has cost
LONGEST: Final = 8.0  # seconds: today's numbers are never more than ten behind
KEPT: Final = 60  # seconds
LOOKS_FOR: Final = 10  # seconds that a process may take, or be dead, before another one looks

Look = Callable[[], dict[str, Any]]


def shared(scope: Scope, look: Look) -> dict[str, Any]:
    """What `look` gives, or gave a moment ago to whoever may see the same."""
    name = f"{settings.VALKEY_PREFIX}:wall:{','.join(map(str, scope.hidden))}:{scope.team or ''}"
    try:
        kept = valkey().get(name)
        known: dict[str, Any] | None = json.loads(str(kept)) if kept else None
        if known and (_is_fresh(known) or not valkey().set(f"{name}:looks", 1, nx=True, ex=LOOKS_FOR)):
            return known
        return _look(name, look)
    except redis.RedisError as error:
        logger.warning("The board is not shared, Valkey does not answer: %s", error)
        return look()


def _is_fresh(known: dict[str, Any]) -> bool:
    return 0 <= time.time() - float(known["at"]) < min(LONGEST, max(FRESH, COSTS * float(known["cost"])))


def _look(name: str, look: Look) -> dict[str, Any]:
    began = time.monotonic()
    found = {**look(), "cost": 0.0}
    found["cost"] = round(time.monotonic() - began, 4)
    pipe = valkey().pipeline(transaction=False)
    pipe.set(name, json.dumps(found), ex=KEPT)
    pipe.delete(f"{name}:looks")
    pipe.execute()
    return found
