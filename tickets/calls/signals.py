"""Telling open pages that calls have changed: what rings, who talks, whom we owe a call."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from tickets.realtime import publish

TOPIC: Final = "calls"
CALLBACKS: Final = "callbacks"


def tell_pages(*topics: str) -> None:
    """Once this is committed."""
    transaction.on_commit(lambda: publish({"t": "changed", "topics": list(topics or (TOPIC,))}))
