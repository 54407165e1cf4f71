"""Orders and events as programs send them: every field checked, and said in words where it is wrong."""

from __future__ import annotations

import json
import re
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.core.validators import URLValidator
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from customers.models import CustomerEvent, Order
from customers.money import CURRENCIES
from customers.orders import read_status

MOST_ITEMS = 200
MOST_DEEP = 20
LARGEST_PAYLOAD = 16_000  # characters of JSON
LONGEST_NAMED = 320  # characters of an address, an id, a name
SANE_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
SANE_KIND = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
SANE_STATUS = re.compile(r"[a-z][a-z0-9_.]*")


class Moment(serializers.Field[Any, Any, Any, Any]):
    """ISO 8601 with its offset: a moment without one could be any of 26 hours."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            moment = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 2200:
            raise serializers.ValidationError("Must be a moment with its offset, such as 2026-03-01T09:30:00Z")
        return moment

    def to_representation(self, value: Any) -> Any:
        return value


class ItemIn(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(max_length=300)
    sku = serializers.CharField(max_length=120, required=False, allow_blank=True, allow_null=True)
    quantity = serializers.IntegerField(min_value=0, max_value=1_000_000, default=1)
    price = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        read = super().to_internal_value(data)
        price = read.get("price")
        return {
            "name": read["name"],
            "sku": read.get("sku") or "",
            "quantity": read["quantity"],
            "price": None if price is None else f"{price:f}",
        }


class RowIn(serializers.Serializer[dict[str, Any]]):
    """What orders and events share."""

    source = serializers.RegexField(rf"^{SANE_SOURCE.pattern}\Z", max_length=40, required=False, default="shop")  # type: ignore[assignment]
    customer = serializers.DictField(required=False)
    customer_id = serializers.CharField(max_length=20, required=False)
    create_customer = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = dict(attrs.pop("customer", {}) or {})
        if number := attrs.pop("customer_id", ""):
            given["id"] = number
        wrong = [key for key, value in given.items() if not isinstance(value, str | int | None) or _unfit(value)]
        if wrong:
            raise serializers.ValidationError({"customer": f"Must be text: {', '.join(map(str, wrong))[:100]}"})
        named = {key: str(value) for key, value in given.items() if value is not None}
        if long := [key for key, value in named.items() if len(value) > LONGEST_NAMED]:
            raise serializers.ValidationError({"customer": f"At most {LONGEST_NAMED} characters: {long[0][:100]}"})
        return {**attrs, "named": named}


class OrderIn(RowIn):
    external_id = serializers.CharField(max_length=160)
    number = serializers.CharField(max_length=80, required=False)
    status = serializers.CharField(max_length=60)
    items = ItemIn(many=True, required=False)
    total = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal(0))
    currency = serializers.CharField(max_length=3)
    placed_at = Moment()
    carrier = serializers.CharField(max_length=80, required=False, allow_blank=True)
    tracking_number = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tracking_url = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, validators=[URLValidator(["http", "https"])]
    )

    def validate_status(self, value: str) -> str:
        status = read_status(value)
        if not SANE_STATUS.fullmatch(status) or len(status) > 40:
            raise serializers.ValidationError("Must be a word such as paid, shipped or on_hold")
        return status

    def validate_currency(self, value: str) -> str:
        if value.upper() not in CURRENCIES:
            raise serializers.ValidationError("Must be a code of ISO 4217, such as EUR")
        return value.upper()

    def validate_items(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(value) > MOST_ITEMS:
            raise serializers.ValidationError(f"At most {MOST_ITEMS} items")
        return value


class EventIn(RowIn):
    kind = serializers.CharField(max_length=60)
    external_id = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    summary = serializers.CharField(max_length=300, required=False, allow_blank=True)
    payload = serializers.DictField(required=False)
    occurred_at = Moment()

    def validate_kind(self, value: str) -> str:
        if not SANE_KIND.fullmatch(value):
            raise serializers.ValidationError("Must be lower-case words with dots, such as cart.abandoned")
        return value

    def validate_payload(self, value: dict[str, Any]) -> dict[str, Any]:
        if _unfit(value):
            raise serializers.ValidationError("Must be JSON without NUL or half characters, not deeper than 20")
        if len(json.dumps(value)) > LARGEST_PAYLOAD:
            raise serializers.ValidationError(f"At most {LARGEST_PAYLOAD} characters of JSON")
        return value


def _unfit(value: Any, depth: int = 0) -> bool:
    """What PostgreSQL would not keep."""
    if isinstance(value, dict):
        return depth > MOST_DEEP or any(_unfit(key) or _unfit(child, depth + 1) for key, child in value.items())
    if isinstance(value, list):
        return depth > MOST_DEEP or any(_unfit(child, depth + 1) for child in value)
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, float) and (value != value or value in (float("inf"), float("-inf")))


def moment(value: Any) -> str:
    """Seconds in UTC without a fraction: clients compare these as text."""
    return str(value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def order_payload(order: Order, url: str) -> dict[str, Any]:
    return {
        "id": order.pk,
        "url": url,
        "source": order.source,
        "external_id": order.external_id,
        "customer_id": order.customer_id,
        "number": order.number,
        "status": order.status,
        "items": order.items,
        "total": f"{order.total:f}",
        "currency": order.currency,
        "placed_at": moment(order.placed_at),
        "carrier": order.carrier or None,
        "tracking_number": order.tracking_number or None,
        "tracking_url": order.tracking_url or None,
        "created_at": moment(order.created_at),
        "updated_at": moment(order.updated_at),
    }


def event_payload(event: CustomerEvent, url: str) -> dict[str, Any]:
    return {
        "id": event.pk,
        "url": url,
        "source": event.source,
        "external_id": event.external_id or None,
        "customer_id": event.customer_id,
        "kind": event.kind,
        "summary": event.summary,
        "payload": event.payload,
        "occurred_at": moment(event.occurred_at),
        "created_at": moment(event.created_at),
        "updated_at": moment(event.updated_at),
    }
