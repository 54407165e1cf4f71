"""Which fields a merge gives back when it is undone, and what merges that came later remember from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from customers.merge_fields import Values, changes, snapshot
from customers.models import CustomerMerge


@dataclass
class UndoneFields:
    """`back`: what the survivor's fields become. `later`: merges into the same survivor whose memory changes."""

    back: Values = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    later: list[CustomerMerge] = field(default_factory=list)


def undone_fields(done: CustomerMerge) -> UndoneFields:
    """A field goes back unless it was edited since. A later merge into the same record then remembers what there was
    before this one, so that merges can be taken back in any order.
    """
    found = UndoneFields()
    found.later = list(CustomerMerge.objects.filter(survivor=done.survivor_id, undone_at=None, pk__gt=done.pk))
    current = snapshot(done.survivor)
    for name, before, after in changes(done.survivor_before, done.survivor_after):
        if not _rewrite(found.later, name, before, after):
            continue
        if current.get(name) == after:
            found.back[name] = before
        elif current.get(name) != before:
            found.kept.append(name)
    return found


def _rewrite(later: Iterable[CustomerMerge], name: str, before: Any, after: Any) -> bool:
    """Let later merges remember `before` where they remember `after`; whether `after` would still be there today."""
    for each in later:
        if each.survivor_before.get(name) != after:
            return False  # edited between the two
        each.survivor_before[name] = before
        if each.survivor_after.get(name) != after:
            return False  # that merge has decided it anew
        each.survivor_after[name] = before
    return True
