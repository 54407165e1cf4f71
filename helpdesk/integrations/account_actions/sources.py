"""Orders, what shops tell, and account actions as entries of the customer's timeline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from customers.money import money
from customers.orders import OrderChanged, OrderPlaced, status_word
from customers.timeline import LINES, Happened, line_of
from helpdesk.integrations.account_actions.happened import (
    ActionAnswered,
    ActionPressed,
    line_of_answered,
    line_of_pressed,
)
from tickets.customers.sources import EVENTS, ORDERS, Arm, Source, Told, register

MINE = (OrderPlaced.kind, OrderChanged.kind, ActionPressed.kind, ActionAnswered.kind)
RECORDED = """
SELECT e.id, e.kind, e.payload::text, e.actor_name, c.name, e.created_at
FROM customers_recordevent e JOIN customers_customer c ON c.id = e.customer_id WHERE e.id = ANY(%s)
"""
TOLD = """
SELECT e.id, e.kind, e.summary, e.payload::text, c.name
FROM customers_customerevent e JOIN customers_customer c ON c.id = e.customer_id WHERE e.id = ANY(%s)
"""
ICONS = {OrderPlaced.kind: "package", OrderChanged.kind: "package", ActionPressed.kind: "zap"}
LONGEST_DETAIL = 2000


def register_sources() -> None:
    LINES[OrderPlaced.kind] = _placed
    LINES[OrderChanged.kind] = _changed
    LINES[ActionPressed.kind] = line_of_pressed
    LINES[ActionAnswered.kind] = line_of_answered
    where = "x.kind IN ({})".format(", ".join(f"'{kind}'" for kind in MINE))
    arms = [Arm("customer_id", where=where)]
    register(Source("orders", ORDERS, "customers_recordevent", at="created_at", arms=arms, read=orders_of))
    arms = [Arm("customer_id")]
    text = "x.kind || ' ' || x.summary"
    register(Source("told", EVENTS, "customers_customerevent", at="occurred_at", arms=arms, read=told_of, text=text))


def orders_of(ids: Sequence[int]) -> dict[int, Told]:
    return {pk: _told_order(*rest) for pk, *rest in _rows(RECORDED, ids)}


def _told_order(kind: str, payload: str, who: str, whose: str, at: datetime) -> Told:
    happened = Happened(kind, json.loads(payload), who, whose, at=at)
    icon = ICONS.get(kind) or ("circle-check" if happened.payload.get("state") == "done" else "circle-x")
    return Told(line=line_of(happened), icon=icon, whose=whose)


def told_of(ids: Sequence[int]) -> dict[int, Told]:
    return {pk: _told_event(*rest) for pk, *rest in _rows(TOLD, ids)}


def _told_event(kind: str, summary: str, payload: str, whose: str) -> Told:
    data = json.loads(payload)
    detail = json.dumps(data, indent=2, ensure_ascii=False)[:LONGEST_DETAIL] if data else ""
    return Told(line=f"{kind}: {summary}" if summary else kind, icon="activity", detail=detail, whose=whose)


def _rows(statement: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        return list(cursor.fetchall())


def _placed(happened: Happened) -> str:
    payload = happened.payload
    amount = _amount(payload.get("total", ""), payload.get("currency", ""))  # what was erased is empty
    known = {"number": payload.get("number", ""), "amount": amount}
    return _("Order %(number)s placed: %(amount)s") % known


def _changed(happened: Happened) -> str:
    changes, number = happened.payload.get("changes") or {}, happened.payload.get("number", "")
    if not changes:
        return _("Order %(number)s changed") % {"number": number}
    if "status" in changes:
        old, new = changes["status"]
        known = {"number": number, "old": status_word(old), "new": status_word(new)}
        return _("Order %(number)s: %(old)s → %(new)s") % known
    if "tracking_number" in changes:
        return _("Order %(number)s: tracking number %(new)s") % {"number": number, "new": changes["tracking_number"][1]}
    name, (old, new) = next(iter(changes.items()))
    return _("Order %(number)s: %(field)s %(old)s → %(new)s") % {
        "number": number, "field": name.replace("_", " "), "old": old, "new": new,
    }  # fmt: skip


def _amount(total: str, currency: str) -> str:
    try:
        return money(Decimal(total), currency)
    except InvalidOperation:
        return f"{total} {currency}"
