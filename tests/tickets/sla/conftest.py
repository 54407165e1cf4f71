"""Promises to hold Grace and Alan to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tickets.models import Priority, SlaMetric, SlaPolicy

Make = Callable[..., SlaPolicy]


def rows(
    metric: str, seconds: int, *, business: bool = False, priorities: Any = Priority.values
) -> list[dict[str, Any]]:
    return [
        {"priority": priority, "metric": str(metric), "target": seconds, "business_hours": business}
        for priority in priorities
        if priority
    ]


@pytest.fixture
def policy(db: None) -> Make:
    """`policy(first_reply_time=3600, …)`: the same for each priority; `business=True` for working hours."""

    def make(title: str = "Standard", *, business: bool = False, conditions: Any = None, settings: Any = None,
             position: int = 0, **seconds: int) -> SlaPolicy:  # fmt: skip
        targets = [
            row for metric, length in seconds.items() for row in rows(SlaMetric(metric), length, business=business)
        ]
        return SlaPolicy.objects.create(
            title=title, position=position, conditions=conditions or {}, settings=settings or {}, targets=targets
        )

    return make
