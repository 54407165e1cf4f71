"""For apps whose rows simply follow their customer: `follow_customers("integrations")` in the app's `ready`."""

from __future__ import annotations

from typing import Any

from customers.models import CustomerMerge
from customers.moving import Reference, move, move_back, references
from customers.signals import customer_merged, customer_unmerged

_following: set[str] = set()


def follow_customers(app_label: str) -> None:
    """From now on all columns of the app that name a customer are moved by merges and moved back by their undo."""

    def merged(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> tuple[str, dict[str, list[int]]]:
        return app_label, {each.label: move(each, merge.merged_id, merge.survivor_id) for each in references(app_label)}

    def unmerged(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> None:
        moved = merge.moved.get(app_label, {})
        for each in references(app_label):
            move_back(each, moved.get(each.label, ()), old=merge.survivor_id, new=merge.merged_id)

    uid = f"customers.following.{app_label}"
    customer_merged.connect(merged, weak=False, dispatch_uid=uid)
    customer_unmerged.connect(unmerged, weak=False, dispatch_uid=uid)
    _following.add(app_label)


def followed_references() -> list[Reference]:
    return [each for label in sorted(_following) for each in references(label)]
