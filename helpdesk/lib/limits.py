"""How often somebody may try: counted in Valkey under keyed hashes, so that no address lies there.

Losing Valkey loses the counts and nothing else: for a while more is let through, and what matters most, how many mails
go to one address, is counted from rows.
"""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from hashlib import sha256

import redis
from django.conf import settings
from django.http import HttpRequest

from helpdesk.lib.valkey import valkey

logger = logging.getLogger(__name__)


def is_too_often(what: str, who: str, *, most: int, within: timedelta) -> bool:
    """Counts this try of `who` at `what`; whether it is one more than `most` within a window of that length."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{what}\0{who}".encode(), sha256).hexdigest()[:24]
    key = f"{settings.VALKEY_PREFIX}:tries:{what}:{digest}"
    try:
        with valkey().pipeline() as commands:
            commands.incr(key)
            commands.expire(key, within, nx=True)
            count, _set = commands.execute()
    except redis.RedisError:
        logger.warning("tries of %s are not counted: Valkey is away", what)
        return False
    return int(count) > most


def address_of(request: HttpRequest) -> str:
    """Whose network it comes from. Behind the proxy that speaks TLS for us, it is the last one that the proxy names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        named = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if named:
            return named[:64]
    return str(request.META.get("REMOTE_ADDR", ""))
