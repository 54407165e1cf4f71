"""One customer of many years, whose timeline has some of everything: orders, a cart left behind, a tier, consents.

The one who wrote most, so that there is a lot to scroll through. All through services, each at its own time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count

from customers.actors import SYSTEM, Actor
from customers.consent import set_consent
from customers.models import Customer
from customers.models.consent import ConsentSource, ContactChannel, Purpose
from customers.orders import write_event, write_order
from customers.record import change_customer
from helpdesk.demo.company import Company

SHOP = "shop"
# Days ago, number, status now, items.
ORDERS = (
    (83, "MW-20417", "delivered", (("Heron 2", "HR-2", 1, "249.00"), ("Roof clamp", "RC-48", 2, "14.50"))),
    (41, "MW-31880", "returned", (("Wren", "WR-1", 1, "59.00"),)),
    (12, "MW-44102", "delivered", (("Dipper 8", "DP-8", 1, "179.00"),)),
    (2, "MW-50963", "shipped", (("Rain gauge", "RG-1", 2, "39.90"), ("Sensor cable", "SC-5", 1, "12.00"))),
)
EVENTS: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (58, "newsletter.opened", "Read “Your garden in August”", {}),
    (30, "plan.changed", "From Basic to Plus", {"old": "basic", "new": "plus", "monthly": "4.90"}),
    (9, "service.outage", "Readings were late for two hours", {"minutes": 118, "region": "eu-west"}),
    (3, "cart.abandoned", "Two rain gauges left in the cart", {"items": 2, "value": "79.80"}),
)
CHANGES: tuple[tuple[int, dict[str, Any]], ...] = (
    (60, {"tags": ["early-adopter"]}),
    (29, {"tier": "Plus"}),
    (11, {"tier": "Gold"}),
)


def give_a_regular_a_history(company: Company, *, now: datetime) -> Customer:
    regular = Customer.objects.current().annotate(number=Count("tickets")).order_by("-number", "pk")[0]
    shop = Actor("api", "Marshwren shop")
    lead = Actor.agent(company.staff["lead"])
    for days, number, status, items in ORDERS:
        _order(regular, number, status, items, shop, now - timedelta(days=days))
    for days, kind, summary, payload in EVENTS:
        at = now - timedelta(days=days, hours=3)
        values = {"summary": summary, "payload": payload, "occurred_at": at}
        write_event(regular, kind, values, source=SHOP, external_id=f"{kind}-{days}", now=at)
    for days, changes in CHANGES:
        change_customer(regular, changes, actor=lead, now=now - timedelta(days=days, hours=5))
    for days, is_given, source in ((80, True, ConsentSource.FORM), (20, False, ConsentSource.PREFERENCE_PAGE)):
        set_consent(
            regular, ContactChannel.EMAIL, Purpose.OUTREACH, is_given, source=source, actor=SYSTEM,
            now=now - timedelta(days=days),
        )  # fmt: skip
    return regular


def _order(
    customer: Customer,
    number: str,
    status: str,
    items: tuple[tuple[str, str, int, str], ...],
    shop: Actor,
    placed: datetime,
) -> None:
    """Placed, and two days later what became of it."""
    lines = [{"name": name, "sku": sku, "quantity": count, "price": price} for name, sku, count, price in items]
    total = sum((Decimal(price) * count for _name, _sku, count, price in items), Decimal())
    values = {"number": number, "status": "paid", "items": lines, "total": total, "currency": "EUR"}
    where = {"source": SHOP, "external_id": number}
    write_order(customer, {**values, "placed_at": placed}, **where, actor=shop, now=placed)
    write_order(customer, {"status": status}, **where, actor=shop, now=placed + timedelta(days=1, hours=20))
