"""Writing down who exported, erased, redacted or changed how long things are kept. No word of a customer goes in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.actors import Actor
from customers.models import PrivacyAct, PrivacyEntry


def note_act(
    act: PrivacyAct,
    *,
    actor: Actor,
    customer: int | None = None,
    ticket: int | None = None,
    now: datetime | None = None,
    **data: Any,
) -> PrivacyEntry:
    """In the transaction of what was done. `data` is numbers and names of kinds."""
    name = actor.name if actor.kind != "customer" else ""
    return PrivacyEntry.objects.create(
        kind=act, actor_user=actor.user, actor_name=name[:200], customer_number=customer, ticket_number=ticket,
        data=data, created_at=now or timezone.now(),
    )  # fmt: skip
