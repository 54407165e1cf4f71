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

from tickets.events import (
    DeliveryChanged,
    NoteAdded,
    ReplyAdded,
    ReplyHeldBack,
    ReplyRescheduled,
    ReplyRetracted,
    ReplyScheduled,
    is_quiet,
)
from tickets.models import Ticket, TicketEvent

logger = logging.getLogger(__name__)

CHANNEL = f"{settings.VALKEY_PREFIX}:pings"
OUTBOX_KINDS = {
    ReplyAdded.kind, ReplyScheduled.kind, ReplyRescheduled.kind, ReplyRetracted.kind, ReplyHeldBack.kind,
    DeliveryChanged.kind,
}  # fmt: skip
# They take an author's draft away, or bring one back.
DRAFT_KINDS = {ReplyAdded.kind, ReplyScheduled.kind, NoteAdded.kind, ReplyRetracted.kind, ReplyHeldBack.kind}
PATIENCE = 0.5  # seconds that a request may lose to a Valkey that does not answer


def announce(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: once the gesture is committed, tell open pages what changed: ticket, lists, outbox."""
    topics = [ticket_topic(ticket.pk)]
    if not all(is_quiet(event.kind, event.payload) for event in events):
        topics.append("queue")
    if any(event.kind in OUTBOX_KINDS for event in events):
        topics.append("outbox")
    writers = {event.message.author_user_id for event in events if event.kind in DRAFT_KINDS and event.message}
    for writer in writers - {None}:
        topics += draft_topics(ticket.pk, writer)
    transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))


def ticket_topic(number: int) -> str:
    return f"ticket:{number}"


def draft_topics(ticket: int, user: int | None) -> list[str]:
    """What the writer's own pages hear, and the pages of colleagues with whom drafts on the ticket are shared."""
    return [f"draft:{ticket}:{user}", f"drafts:{ticket}"]


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
