"""Who is on the company's pages now: kept in Valkey while their browser says so, and never a fact worth keeping.

Only for widgets that watch visitors, and of those who agreed where that is asked. Each web process says so for the
connections it holds; one that dies lets them run out.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import redis
from django.conf import settings

from tickets.realtime import valkey

logger = logging.getLogger(__name__)

KEPT_FOR: Final = 70  # seconds; browsers speak every 25
SHOWN: Final = 500
KEYS: Final = f"{settings.VALKEY_PREFIX}:visitors:"


@dataclass(frozen=True)
class Visitor:
    """`since` and `page_since` are seconds since 1970. `name` is what the page or the visitor says."""

    id: str
    page_url: str
    page_title: str
    since: float
    page_since: float
    language: str = ""
    country: str = ""
    name: str = ""
    is_verified: bool = False
    visits: int = 1
    basket: float | None = None


def note(widget_id: int, visitor: Visitor, *, now: float) -> None:
    """They are here; again at each word of theirs. Losing Valkey loses the page about it for a while, nothing else."""
    key, until = f"{KEYS}{widget_id}", f"{KEYS}{widget_id}:until"
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.hset(key, visitor.id, json.dumps(asdict(visitor)))
            pipe.zadd(until, {visitor.id: now + KEPT_FOR})
            pipe.expire(key, KEPT_FOR * 2)
            pipe.expire(until, KEPT_FOR * 2)
            pipe.execute()
    except redis.RedisError as error:
        logger.info("nobody sees that a visitor is here, Valkey does not answer: %s", error)


def left(widget_id: int, visitor_id: UUID) -> None:
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.hdel(f"{KEYS}{widget_id}", str(visitor_id))
            pipe.zrem(f"{KEYS}{widget_id}:until", str(visitor_id))
            pipe.execute()
    except redis.RedisError as error:
        logger.info("a visitor who left runs out by themselves, Valkey does not answer: %s", error)


def here(widget_ids: Iterable[int], *, now: float) -> list[tuple[int, Visitor]]:
    """Widget and visitor, who came last first; at most `SHOWN` of each widget. Raises `redis.RedisError`."""
    found: list[tuple[int, Visitor]] = []
    for widget_id in widget_ids:
        key, until = f"{KEYS}{widget_id}", f"{KEYS}{widget_id}:until"
        over = valkey().zrangebyscore(until, "-inf", now)
        if over:
            valkey().hdel(key, *over)
            valkey().zremrangebyscore(until, "-inf", now)
        names: list[str] = valkey().zrevrange(until, 0, SHOWN - 1)  # type: ignore[assignment]
        rows = valkey().hmget(key, names) if names else []
        found += [(widget_id, Visitor(**json.loads(row))) for row in rows if row]
    return sorted(found, key=lambda one: -one[1].since)


def count(widget_ids: Iterable[int], *, now: float) -> int:
    """Raises `redis.RedisError`."""
    return sum(int(valkey().zcount(f"{KEYS}{widget_id}:until", now, "+inf")) for widget_id in widget_ids)
