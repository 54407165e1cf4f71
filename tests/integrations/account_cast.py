"""An order of Ada's, and a button that refunds it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from customers.actors import SYSTEM, Actor
from customers.models import Customer, Order
from customers.orders import write_order
from helpdesk.accounts.models import User
from helpdesk.integrations.account_actions.pressing import Wanted, press
from helpdesk.integrations.models import AccountAction, AccountActionRun
from helpdesk.lib import standard_webhooks
from helpdesk.lib.sealing import seal
from tickets.models import Ticket

AMOUNT = {"key": "amount", "label": "Amount", "kind": "amount", "required": True, "options": []}
REASON = {"key": "reason", "label": "Reason", "kind": "choice", "required": False, "options": ["broken", "late"]}


def an_order(customer: Customer, number: str = "1042", **changes: Any) -> Order:
    values = {
        "number": number,
        "status": "paid",
        "items": [{"name": "Cog wheel", "sku": "CW-7", "quantity": 3, "price": "19.90"}],
        "total": Decimal("59.70"),
        "currency": "EUR",
        "placed_at": datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        **changes,
    }
    return write_order(customer, values, source="shop", external_id=f"shop-{number}", actor=SYSTEM)[0]


def a_refund(url: str, **changes: Any) -> AccountAction:
    fields = {
        "name": "Refund",
        "icon": "undo-2",
        "inputs": [AMOUNT, REASON],
        "sealed_secret": seal(standard_webhooks.new_secret()),
    }
    return AccountAction.objects.create(url=url, **{**fields, **changes})


def pressed(action: AccountAction, order: Order, user: User, *, ticket: Ticket | None = None) -> AccountActionRun:
    """By somebody who has seen all that was done so far."""
    newest = AccountActionRun.objects.order_by("-pk").first()
    return press(
        Wanted(action, order.customer, order, ticket), {"amount": "20.00"}, actor=Actor.agent(user), submit_key=uuid4(),
        seen=newest.pk if newest else 0,
    )  # fmt: skip
