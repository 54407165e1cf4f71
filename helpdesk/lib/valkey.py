"""The one client of Valkey in a process, for what may be lost at any moment."""

from __future__ import annotations

from functools import cache
from typing import Final

import redis
from django.conf import settings

PATIENCE: Final = 0.5  # seconds that a request may lose to a Valkey that does not answer


@cache
def valkey() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )
