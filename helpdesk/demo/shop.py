"""What the demo company's customers bought, and what its shop can do for them: told as a shop would tell it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from customers.actors import Actor
from customers.models import Customer
from customers.orders import write_event, write_order
from helpdesk.demo.company import Company
from helpdesk.integrations.models import AccountAction, AppliesTo
from helpdesk.lib.sealing import seal
from helpdesk.lib.standard_webhooks import new_secret

SEED = 1970  # its own dice: the stories stay as they are
SHOP = "https://shop.marshwren.example/onethread/"  # nobody is there: a demo sends nothing to anybody
GOODS = {
    "Heron weather station": ("HE-3", "249.00"),
    "Wren soil sensor": ("WR-2", "39.90"),
    "Dipper watering controller": ("DI-4", "129.00"),
    "Nest hub": ("NE-1", "89.00"),
    "Almanac, one year": ("AL-12", "24.00"),
    "Brass hose coupling": ("CO-7", "12.50"),
}
MOST = {"home": 4, "trade": 8, "lab": 6}  # orders of one customer, by kind
AMOUNT = {"key": "amount", "label": "Amount", "kind": "amount", "required": True, "options": []}
REASON = {
    "key": "reason", "label": "Reason", "kind": "choice", "required": True,
    "options": ["Broken on arrival", "Late", "Not as described", "Goodwill"],
}  # fmt: skip


def tell_orders(company: Company, *, now: datetime) -> None:
    rng = Random(SEED)
    number = 20_410
    shop = Actor("system", "marshwren.example")
    for kind, people in company.people.items():
        for person in people:
            for _ in range(rng.randint(0, MOST.get(kind, 3))):
                number += rng.randint(1, 4)
                _order(person.customer, number, rng, shop, now)
            if rng.random() < 0.3:
                _happening(person.customer, rng, now)
    offer_actions()


def _order(customer: Customer, number: int, rng: Random, shop: Actor, now: datetime) -> None:
    placed = now - timedelta(days=rng.uniform(1, 320))
    chosen = rng.sample(sorted(GOODS), rng.randint(1, 3))
    items = [
        {"name": name, "sku": GOODS[name][0], "quantity": rng.choice((1, 1, 1, 2, 4)), "price": GOODS[name][1]}
        for name in chosen
    ]
    total = sum((Decimal(str(item["price"])) * int(str(item["quantity"])) for item in items), Decimal(0))
    values: dict[str, Any] = {
        "number": str(number), "status": "paid", "items": items, "total": total,
        "currency": "GBP" if customer.time_zone == "Europe/London" else "EUR", "placed_at": placed,
    }  # fmt: skip
    told: dict[str, Any] = {"source": "marshwren", "external_id": f"m-{number}", "actor": shop}
    write_order(customer, values, **told, now=placed)
    for status, days in (("shipped", 1.2), ("delivered", 4.0)):
        moment = placed + timedelta(days=days)
        if moment > now or rng.random() < 0.04:
            return
        parcel = {"carrier": "DHL", "tracking_number": f"JJD0{number}77", "tracking_url": f"{SHOP}parcels/{number}/"}
        write_order(customer, {"status": status, **parcel}, **told, now=moment)


def _happening(customer: Customer, rng: Random, now: datetime) -> None:
    kind, summary, payload = rng.choice(
        (
            ("cart.abandoned", "Left a Nest hub behind", {"value": 89.0, "currency": "EUR"}),
            ("plan.changed", "Almanac: from monthly to yearly", {"old": "monthly", "new": "yearly"}),
            ("service.outage", "Forecasts were late for two hours", {"minutes": 124}),
        )
    )
    moment = now - timedelta(days=rng.uniform(1, 60))
    values = {"summary": summary, "payload": payload, "occurred_at": moment}
    write_event(customer, kind, values, source="marshwren", external_id="", now=moment)


def offer_actions() -> None:
    offered: tuple[dict[str, Any], ...] = (
        {
            "name": "Refund", "icon": "undo-2", "url": f"{SHOP}refund/", "inputs": [AMOUNT, REASON],
            "order_statuses": ["paid", "shipped", "delivered"],
            "confirm_text": "The customer gets the money back within three days.",
        },
        {
            "name": "Cancel", "icon": "ban", "url": f"{SHOP}cancel/", "order_statuses": ["paid"], "is_once": True,
            "confirm_text": "The order is taken back and the money returned.",
        },
        {
            "name": "Upgrade Almanac", "icon": "star", "url": f"{SHOP}upgrade/", "applies_to": AppliesTo.CUSTOMER,
            "confirm_text": "A year of forecasts, free of charge.", "is_once": True,
        },
    )  # fmt: skip
    for position, fields in enumerate(offered):
        AccountAction.objects.create(sealed_secret=seal(new_secret()), position=position, **fields)
