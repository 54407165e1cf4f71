"""The kinds of things that happen to a record: one dataclass each, stored as a RecordEvent row.

Kinds are past tense. Whoever adds a kind adds its line on the timeline, in `customers/timeline.py`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer, Organisation, RecordEvent
from customers.signals import timeline_changed


@dataclass(frozen=True)
class Event:
    kind: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class RecordChanged(Event):
    """`field` is a column, or `custom_fields.<key>`; what names a row keeps the name as it was then."""

    kind: ClassVar[str] = "record.changed"
    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class RecordCreated(Event):
    """`by`: agent, import, api, mail."""

    kind: ClassVar[str] = "record.created"
    by: str = "agent"


@dataclass(frozen=True)
class RecordErased(Event):
    kind: ClassVar[str] = "record.erased"


def record(subject: Customer | Organisation, event: Event, *, actor: Actor, now: datetime | None = None) -> RecordEvent:
    """Write down what happened, in the transaction in which it does."""
    of = {"customer": subject} if isinstance(subject, Customer) else {"organisation": subject}
    happened = RecordEvent.objects.create(
        **of, kind=event.kind, payload=event.payload(), actor_kind=actor.kind, actor_user=actor.user,
        actor_name=actor.name[:200], created_at=now or timezone.now(),
    )  # fmt: skip
    timeline_changed.send(
        RecordEvent,
        customer_ids=[happened.customer_id] if happened.customer_id else [],
        organisation_ids=[happened.organisation_id] if happened.organisation_id else [],
    )
    return happened
