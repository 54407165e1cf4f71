"""What a rule looks at: a ticket at a moment, and the update that made it look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.conditions.asking import Asking
from tickets.conditions.catalogue import ALL
from tickets.conditions.changes import CHANGED, CHANGED_FROM, POSITIVE
from tickets.conditions.field import Field
from tickets.conditions.sources import OfUpdate
from tickets.conditions.tree import Condition
from tickets.models import Channel, Message, Ticket

OPENED = "ticket.opened"
WRITTEN = ("message.received", "reply.added", "note.added")  # a reply that is sent later is words when it is sent
Values = tuple[Any, ...]


class Told(Protocol):
    """A TicketEvent, or what stands for one."""

    kind: str
    payload: dict[str, Any]


class KnowsValues(Protocol):
    def values(self, field: Field) -> Values: ...


@dataclass(frozen=True)
class Update:
    """What one gesture did, as far as conditions ask. An empty one stands for none: time passed.

    `before` has the values that fields had, by key, of those that were changed (or set when the ticket was opened).
    `user` and `customer` are who did it; neither for the system and for rules.
    """

    is_new: bool = False
    message: Message | None = None
    user: User | None = None
    customer: Customer | None = None
    before: Mapping[str, Values] = field(default_factory=dict)
    clocks: tuple[str, ...] = ()  # what targets said: warned, breached
    rating: Mapping[str, Any] | None = None  # of a RatingGiven: what the customer says of how they were served

    @cached_property
    def channel(self) -> str:
        """Of what was written from outside its own; what staff do comes from the workspace."""
        if self.message and self.message.is_from_customer:
            return self.message.channel
        return Channel.WEB if self.user else ""

    @cached_property
    def has_files(self) -> bool:
        return self.message is not None and self.message.attachments.exists()


def values_before(events: Iterable[Told]) -> dict[str, Values]:
    """What `events`, those of one gesture in their order, say that fields had before it."""
    first: dict[str, Told] = {}
    for event in events:
        first.setdefault(event.kind, event)
    before: dict[str, Values] = {}
    for known in ALL:
        if known.past is None:
            continue
        if OPENED in first:
            before[known.key] = known.past.at_birth
        elif event_of := first.get(known.past.kind):
            before[known.key] = known.past.values(event_of.payload)
    return before


@dataclass(frozen=True)
class Situation:
    """`facts` may be a snapshot, or follow a ticket that is being changed: then `values` do, too."""

    ticket: Ticket
    facts: KnowsValues
    asking: Asking
    update: Update = field(default_factory=Update)

    def values(self, asked: Field) -> Values:
        if isinstance(asked.source, OfUpdate):
            return asked.source.read(self)
        return self.facts.values(asked)

    def before(self, asked: Field) -> Values:
        """What it was before the gesture; the same as now where nothing changed it."""
        known = self.update.before.get(asked.key)
        return self.values(asked) if known is None else known

    def holds(self, condition: Condition) -> bool:
        asked, operator = condition.field, condition.operator
        if not asked.has_changed_operator(operator):
            return asked.test(self.values(asked), operator, condition.value, self.asking)
        positive = POSITIVE.get(operator, operator)
        return self._changed(asked, positive, condition.value) is (positive == operator)

    def _changed(self, asked: Field, operator: str, value: Any) -> bool:
        before, now = self.before(asked), self.values(asked)
        if before == now:
            return False
        if operator == CHANGED:
            return True
        return asked.test(before if operator == CHANGED_FROM else now, "is", value, self.asking)
