"""Rows that a worker holds under a lease: a column says until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet


def take_overdue(left: QuerySet[Any], *, limit: int, **lease: datetime) -> list[int]:
    """The first of `left`, rows that no worker has or whose worker is gone, each taken once.

    `lease` is the column and its new moment: `leased_until=now + LEASE`.
    """
    with transaction.atomic():
        found = list(left.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        left.model._default_manager.filter(pk__in=found).update(**lease)
    return found
