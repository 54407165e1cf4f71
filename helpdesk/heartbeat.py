"""Signs of life of the processes that answer no requests: a key each in Valkey that expires when they fall silent."""

import logging
import time
from typing import Any

import redis
from celery.signals import beat_init, before_task_publish, heartbeat_sent, worker_ready
from django.conf import settings

EVERY_SECONDS = 10
SILENT_AFTER_SECONDS = 45
HEARTBEAT_TASK = "helpdesk.beat_heartbeat"
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


def watch_beat() -> None:
    """Let beat give signs of life: at its start, and whenever it sends `HEARTBEAT_TASK` on time."""

    def alive(**_: Any) -> None:
        beat("beat")

    beat_init.connect(alive, weak=False)
    before_task_publish.connect(alive, sender=HEARTBEAT_TASK, weak=False)


def watch_worker() -> None:
    """Let a worker give signs of life: at its start and with Celery's own heartbeat."""

    def alive(**_: Any) -> None:
        beat("worker")

    worker_ready.connect(alive, weak=False)
    heartbeat_sent.connect(alive, weak=False)


def silent_processes() -> list[str]:
    """Which of `PROCESSES` gave no sign of life lately. Raises `redis.RedisError` when Valkey is away."""
    with connection() as client:
        return [process for process in PROCESSES if not client.exists(key(process))]


def key(process: str) -> str:
    """Where in Valkey `process` leaves its signs of life."""
    return f"onethread:alive:{process}"
