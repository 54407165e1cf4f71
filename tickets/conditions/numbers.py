"""Fields that count: replies, reopens, stations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any

from django.db.models import Q

from tickets.conditions.asking import Asking
from tickets.conditions.kind import Kind, read_number
from tickets.conditions.operators import ORDER
from tickets.conditions.sources import Source

LOOKUPS = {
    "is": "exact", "less_than": "lt", "less_than_equal": "lte", "greater_than": "gt", "greater_than_equal": "gte",
}  # fmt: skip
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": eq, "less_than": lt, "less_than_equal": le, "greater_than": gt, "greater_than_equal": ge,
}  # fmt: skip


class Number(Kind):
    name = "number"
    widgets = dict.fromkeys(("is", "is_not", *ORDER), "number")

    def read(self, operator: str, value: object) -> int:
        return read_number(value, 0, 2**31 - 1)

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        return source.some(**{LOOKUPS[operator]: value})

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return any(COMPARE[operator](number, value) for number in values)
