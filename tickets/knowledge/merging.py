"""Two customers become one, or two again: what each of them did in the help centre follows.

The help centre knows customers by number only, so no foreign key of theirs moves by itself.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import models

from customers.models import CustomerMerge
from customers.signals import customer_merged, customer_unmerged
from knowledge_base.models import Comment, Offer, Search, View, Vote

NAME: Final = "help_centre"  # under which a merge keeps what was moved
OF_CUSTOMERS: Final[tuple[type[models.Model], ...]] = (Comment, Offer, Search, View, Vote)


def listen() -> None:
    uid = "tickets.knowledge.merging"
    customer_merged.connect(_merged, dispatch_uid=uid)
    customer_unmerged.connect(_unmerged, dispatch_uid=uid)


def _merged(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    moved = {}
    for model in OF_CUSTOMERS:
        rows = model._default_manager.filter(customer_id=merge.merged_id)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if ids:
            model._default_manager.filter(pk__in=ids).update(customer_id=merge.survivor_id)
            moved[model._meta.label] = ids
    return NAME, {"rows": moved}


def _unmerged(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    """What belongs to somebody else by now stays there."""
    rows, back = merge.moved.get(NAME, {}).get("rows", {}), 0
    for model in OF_CUSTOMERS:
        theirs = model._default_manager.filter(pk__in=rows.get(model._meta.label, []), customer_id=merge.survivor_id)
        back += theirs.update(customer_id=merge.merged_id)
    return NAME, {"back": back}
