"""Signs of life of the processes that answer no requests: a key each in Valkey that expires when they fall silent."""

import logging
import time

import redis
from django.conf import settings

EVERY_SECONDS = 10
SILENT_AFTER_SECONDS = 45
PROCESSES = ("worker", "beat")

logger = logging.getLogger(__name__)
_last: dict[str, float] = {}


def connection() -> redis.Redis:
    """A client that gives up quickly: a health check must answer also when Valkey does not."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def beat(process: str) -> None:
    """Say that `process` is alive, at most every ten seconds."""
    now = time.monotonic()
    if now - _last.get(process, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    _last[process] = now
    try:
        with connection() as client:
            client.set(key(process), int(time.time()), ex=SILENT_AFTER_SECONDS)
    except redis.RedisError as error:
        logger.warning("no sign of life left for %s: %s", process, error)


def silent_processes() -> list[str]:
    """Which of `PROCESSES` gave no sign of life lately. Raises `redis.RedisError` when Valkey is away."""
    with connection() as client:
        return [process for process in PROCESSES if not client.exists(key(process))]


def key(process: str) -> str:
    """Where in Valkey `process` leaves its signs of life."""
    return f"onethread:alive:{process}"
