"""Which fields a merge gives back when it is undone, and what merges that came later remember from then on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from customers.merge_fields import JOINED, Values, both, changes, snapshot
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
        rewritten = _rewrite(found.later, name, before, after)
        if rewritten is None:
            continue
        was, then = rewritten
        if current.get(name) == then:
            found.back[name] = was
        elif current.get(name) != was:
            found.kept.append(name)
    return found


def _rewrite(later: Iterable[CustomerMerge], name: str, before: Any, after: Any) -> tuple[Any, Any] | None:
    """Let later merges remember `before` where they remember `after`, and what they joined to it without the rest.

    What the last of them remembers now and what it remembered; None where a person or a merge has decided anew.
    """
    for each in later:
        if each.survivor_before.get(name) != after:
            return None  # edited between the two
        each.survivor_before[name] = before
        then, theirs = each.survivor_after.get(name), each.merged_before.get(name)
        if then != after:
            if name not in JOINED or then != both(name, after, theirs):
                return None  # that merge has decided it anew
            before, after = both(name, before, theirs), then
        each.survivor_after[name] = before
    return before, after
