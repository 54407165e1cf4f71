"""Pings: what changed, never what it says. Pages re-fetch the fragment, so permission is asked by the same view.

Pings travel through Valkey's publish/subscribe. One that is lost does no harm: whoever loses the connection to
Valkey tells its pages to fetch everything again once it is back (see tickets/hub.py).
"""

from __future__ import annotations

import json
import logging
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

from tickets.events import DeliveryChanged, ReplyAdded, ReplyRetracted, is_quiet
from tickets.models import Ticket, TicketEvent

logger = logging.getLogger(__name__)

CHANNEL = f"{settings.VALKEY_PREFIX}:pings"
OUTBOX_KINDS = (ReplyAdded.kind, ReplyRetracted.kind, DeliveryChanged.kind)
PATIENCE = 0.5  # seconds that a request may lose to a Valkey that does not answer


def announce(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: once the gesture is committed, tell open pages what changed: ticket, lists, outbox."""
    topics = [ticket_topic(ticket.pk)]
    if not all(is_quiet(event.kind, event.payload) for event in events):
        topics.append("queue")
    if any(event.kind in OUTBOX_KINDS for event in events):
        topics.append("outbox")
    transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))


def ticket_topic(number: int) -> str:
    return f"ticket:{number}"


def publish(ping: dict[str, Any]) -> None:
    try:
        valkey().publish(CHANNEL, json.dumps(ping))
    except redis.RedisError as error:
        logger.warning("No ping sent, Valkey does not answer: %s", error)


@cache
def valkey() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )
