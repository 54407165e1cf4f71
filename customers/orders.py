"""Orders and events as shops and back ends tell them: written once, however often they are told.

`source` and `external_id` say which order it is. The same again changes nothing; something else brings it up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from customers.events import Event, record
from customers.models import Customer, CustomerEvent, Order
from customers.signals import timeline_changed

# Words that shops use; any other is shown as they wrote it.
STATUS_WORDS: Mapping[str, str | Promise] = {
    "pending": gettext_lazy("Pending"),
    "on_hold": gettext_lazy("On hold"),
    "paid": gettext_lazy("Paid"),
    "processing": gettext_lazy("Being prepared"),
    "shipped": gettext_lazy("Shipped"),
    "delivered": gettext_lazy("Delivered"),
    "completed": gettext_lazy("Completed"),
    "cancelled": gettext_lazy("Cancelled"),
    "refunded": gettext_lazy("Refunded"),
    "partially_refunded": gettext_lazy("Partly refunded"),
    "returned": gettext_lazy("Returned"),
    "exchanged": gettext_lazy("Exchanged"),
    "failed": gettext_lazy("Failed"),
}
STATUS_TONES: Mapping[str, str] = {
    "pending": "amber", "on_hold": "amber", "paid": "blue", "processing": "blue", "shipped": "blue",
    "delivered": "green", "completed": "green", "failed": "red",
}  # fmt: skip
SAME_WORDS = {"canceled": "cancelled", "complete": "completed", "in_progress": "processing", "onhold": "on_hold"}
WORTH_NOTHING = ("cancelled", "refunded", "returned", "failed")  # not counted in what a customer is worth
TOLD_OF = ("status", "total", "currency", "number", "tracking_number")  # what of a change is a line of the timeline


class Outcome(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class OrderPlaced(Event):
    kind: ClassVar[str] = "order.placed"
    order_id: int
    number: str
    status: str
    total: str
    currency: str
    items: int


@dataclass(frozen=True)
class OrderChanged(Event):
    """`changes` are {field: [old, new]} of what a person cares for."""

    kind: ClassVar[str] = "order.changed"
    order_id: int
    number: str
    changes: dict[str, list[str]]


def status_word(status: str) -> str:
    return str(STATUS_WORDS[status]) if status in STATUS_WORDS else status.replace("_", " ").replace("-", " ").title()


def read_status(word: str) -> str:
    """One spelling for "On Hold", "on-hold" and "ON_HOLD"."""
    word = "_".join(word.strip().lower().replace("-", " ").replace("_", " ").split())
    return SAME_WORDS.get(word, word)


@transaction.atomic
def write_order(
    customer: Customer,
    values: Mapping[str, Any],
    *,
    source: str,
    external_id: str,
    actor: Actor,
    now: datetime | None = None,
) -> tuple[Order, Outcome]:
    """The order as it was told. `values` are fields of Order; those that are missing stay as they are."""
    now = now or timezone.now()
    known = Order.objects.select_for_update().filter(source=source, external_id=external_id)
    if order := known.first():
        return _bring_up_to_date(order, customer, values, actor=actor, now=now)
    try:
        with transaction.atomic():
            order = Order.objects.create(
                customer=customer, source=source, external_id=external_id, created_at=now, updated_at=now, **values
            )
    except IntegrityError:  # told twice at the same moment: the other one was first
        return _bring_up_to_date(known.get(), customer, values, actor=actor, now=now)
    placed = OrderPlaced(
        order.pk, order.number, order.status, _plain(order.total), order.currency, sum_of_items(order.items)
    )
    record(customer, placed, actor=actor, now=order.placed_at)
    return order, Outcome.CREATED


def _bring_up_to_date(
    order: Order, customer: Customer, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> tuple[Order, Outcome]:
    changes = {name: [getattr(order, name), new] for name, new in values.items() if getattr(order, name) != new}
    if order.customer_id != customer.pk:
        changes["customer"] = [order.customer, customer]
    if not changes:
        return order, Outcome.UNCHANGED
    for name, (_old, new) in changes.items():
        setattr(order, name, new)
    order.updated_at = now
    order.save(update_fields=[*changes, "updated_at"])
    told = {name: [_plain(old), _plain(new)] for name, (old, new) in changes.items() if name in (*TOLD_OF, "customer")}
    if told:
        record(customer, OrderChanged(order.pk, order.number, told), actor=actor, now=now)
    else:  # items or an address: the order shows it, a line for each would drown the others
        timeline_changed.send(Order, customer_ids=[customer.pk])
    return order, Outcome.UPDATED


def _plain(value: object) -> str:
    """Decimals without the zeros that the column adds."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def sum_of_items(items: list[dict[str, Any]]) -> int:
    return sum(int(item.get("quantity", 1)) for item in items)


@transaction.atomic
def write_event(
    customer: Customer,
    kind: str,
    values: Mapping[str, Any],
    *,
    source: str,
    external_id: str,
    now: datetime | None = None,
) -> tuple[CustomerEvent, Outcome]:
    """What happened elsewhere, for the timeline. `values` are summary, payload, occurred_at."""
    now = now or timezone.now()
    fields = {**values, "customer": customer, "kind": kind}
    known = CustomerEvent.objects.select_for_update().filter(source=source, external_id=external_id)
    event = known.first() if external_id else None
    if event is None:
        try:
            with transaction.atomic():
                event = CustomerEvent.objects.create(
                    source=source, external_id=external_id, created_at=now, updated_at=now, **fields
                )
        except IntegrityError:
            event = known.get()
        else:
            timeline_changed.send(CustomerEvent, customer_ids=[customer.pk])
            return event, Outcome.CREATED
    changed = [name for name, new in fields.items() if getattr(event, name) != new]
    if not changed:
        return event, Outcome.UNCHANGED
    for name in changed:
        setattr(event, name, fields[name])
    event.updated_at = now
    event.save(update_fields=[*changed, "updated_at"])
    timeline_changed.send(CustomerEvent, customer_ids=[customer.pk])
    return event, Outcome.UPDATED


@dataclass(frozen=True)
class Worth:
    """What a customer bought in one currency; cancelled, returned and refunded orders are not counted."""

    currency: str
    total: Decimal
    orders: int


def lifetime_value(customer: Customer) -> list[Worth]:
    """Per currency, the one with most orders first: amounts in different currencies are never added up."""
    counted = Order.objects.filter(customer=customer).exclude(status__in=WORTH_NOTHING)
    sums = counted.values("currency").annotate(sum=Sum("total"), count=Count("pk")).order_by("-count", "currency")
    return [Worth(row["currency"], row["sum"], row["count"]) for row in sums]
