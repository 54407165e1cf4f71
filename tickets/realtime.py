"""Pings: what changed, never what it says. Pages re-fetch the fragment, so permission is asked by the same view.

Pings travel through Valkey's publish/subscribe. One that is lost does no harm: whoever loses the connection to
Valkey tells its pages to fetch everything again once it is back (see tickets/hub.py).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from time import monotonic
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
    RuleMailed,
    changes_lists,
)
from tickets.models import Ticket, TicketEvent

logger = logging.getLogger(__name__)

CHANNEL = f"{settings.VALKEY_PREFIX}:pings"
CHANGES = f"{settings.VALKEY_PREFIX}:changes"  # counts what may have changed a list: see tickets/counts.py
OUTBOX_KINDS = {
    ReplyAdded.kind, ReplyScheduled.kind, ReplyRescheduled.kind, ReplyRetracted.kind, ReplyHeldBack.kind,
    RuleMailed.kind, DeliveryChanged.kind,
}  # fmt: skip
# They take an author's draft away, or bring one back.
DRAFT_KINDS = {ReplyAdded.kind, ReplyScheduled.kind, NoteAdded.kind, ReplyRetracted.kind, ReplyHeldBack.kind}
PERSONAL = ("user:", "me:", "draft:", "bulk:", "replay:")  # topics that end with the id of the only person they concern
PATIENCE = 0.5  # seconds that a request may lose to a Valkey that does not answer
PING_EVERY = 1.0  # seconds between two pings of what gathers them
QUEUE_EVERY = 5.0  # the same for lists, which every open page then fetches anew


def announce(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: once the gesture is committed, tell open pages what changed: ticket, lists, outbox."""
    topics = [ticket_topic(ticket.pk), *timeline_topics(ticket, events)]
    if any(changes_lists(event.kind, event.payload) for event in events):
        topics.append("queue")
    if any(event.kind in OUTBOX_KINDS for event in events):
        topics.append("outbox")
    writers = {event.message.author_user_id for event in events if event.kind in DRAFT_KINDS and event.message}
    for writer in writers - {None}:
        topics += draft_topics(ticket.pk, writer)
    transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))


def ticket_topic(number: int) -> str:
    return f"ticket:{number}"


def customer_topic(customer: int) -> str:
    return f"customer:{customer}"


def organisation_topic(organisation: int) -> str:
    return f"organisation:{organisation}"


def timeline_topics(ticket: Ticket, events: list[TicketEvent]) -> list[str]:
    """Whose timelines have something new: the requester's, their organisation's, and those of others who wrote here."""
    requester = ticket.requester
    topics = {customer_topic(requester.pk)}
    if requester.organisation_id:
        topics.add(organisation_topic(requester.organisation_id))
    writers = {event.message.author_customer_id for event in events if event.message}
    return sorted(topics | {customer_topic(writer) for writer in writers if writer})


def me_topic(user: int) -> str:
    return f"me:{user}"


def draft_topics(ticket: int, user: int | None) -> list[str]:
    """What the writer's own pages hear, and the pages of colleagues with whom drafts on the ticket are shared."""
    return [f"draft:{ticket}:{user}", f"drafts:{ticket}"]


def bulk_topic(job: int, user: int) -> str:
    return f"bulk:{job}:{user}"


def replay_topic(replay: int, user: int) -> str:
    return f"replay:{replay}:{user}"


class Gathered:
    """The topics of many changes, told in few pings: a bulk edit must not have a thousand pages fetch all the time."""

    def __init__(self) -> None:
        self._topics: dict[str, None] = {}
        self._told_at = self._queue_told_at = 0.0

    def add(self, topics: Iterable[str]) -> None:
        self._topics.update(dict.fromkeys(topics))

    def tell(self, *, now: float, all_of_it: bool = False) -> None:
        """Publish what is due: soon what one page shows, more rarely the lists, at the end whatever is left."""
        if now - self._told_at < PING_EVERY and not all_of_it:
            return
        self._told_at = now
        told = [topic for topic in self._topics if topic != "queue"]
        if "queue" in self._topics and (all_of_it or now - self._queue_told_at >= QUEUE_EVERY):
            self._queue_told_at = now
            told.append("queue")
        for topic in told:
            del self._topics[topic]
        personal = [topic for topic in told if topic.startswith(PERSONAL)]
        for topics in (personal, [topic for topic in told if topic not in personal]):
            if topics:
                _send({"t": "changed", "topics": topics})


_gathering: ContextVar[Gathered | None] = ContextVar("what gathers the pings", default=None)


@contextmanager
def gathering() -> Iterator[Gathered]:
    """Inside the block, pings of changes wait in what it yields until that is told to tell them."""
    gathered = Gathered()
    token = _gathering.set(gathered)
    try:
        yield gathered
    finally:
        _gathering.reset(token)
        gathered.tell(now=monotonic(), all_of_it=True)


def publish(ping: dict[str, Any]) -> None:
    gathered = _gathering.get()
    if gathered is not None and ping["t"] == "changed":
        gathered.add(ping["topics"])
    else:
        _send(ping)


def _send(ping: dict[str, Any]) -> None:
    try:
        pipe = valkey().pipeline(transaction=False)
        if "queue" in ping.get("topics", ()):
            pipe.incr(CHANGES)  # before the ping: who hears of it must not find an old count
        pipe.publish(CHANNEL, json.dumps(ping))
        pipe.execute()
    except redis.RedisError as error:
        logger.warning("No ping sent, Valkey does not answer: %s", error)


@cache
def valkey() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )
