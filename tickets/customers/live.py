"""Open timelines hear of what is new on them: a gesture on a ticket says so itself, the rest comes by a signal."""

from __future__ import annotations

from collections.abc import Sequence
from threading import local
from typing import Any

from django.db import transaction

from customers.signals import timeline_changed
from tickets.realtime import customer_topic, organisation_topic, publish

TOPICS_IN_A_PING = 200


class _Pending(local):
    """Topics of the transaction that this thread is in: an import of a thousand rows is one ping, not a thousand."""

    def __init__(self) -> None:
        self.topics: dict[str, None] = {}


_pending = _Pending()


def listen() -> None:
    timeline_changed.connect(_told, dispatch_uid="tickets.customers.live")


def _told(
    sender: object, *, customer_ids: Sequence[int] = (), organisation_ids: Sequence[int] = (), **kwargs: Any
) -> None:
    _pending.topics.update(dict.fromkeys(map(customer_topic, customer_ids)))
    _pending.topics.update(dict.fromkeys(map(organisation_topic, organisation_ids)))
    # Each change asks for it, the first that is committed tells all. What was rolled back is told with the next one,
    # and costs nobody but a page that finds nothing new.
    transaction.on_commit(_tell)


def _tell() -> None:
    topics, _pending.topics = list(_pending.topics), {}
    for first in range(0, len(topics), TOPICS_IN_A_PING):
        publish({"t": "changed", "topics": topics[first : first + TOPICS_IN_A_PING]})
