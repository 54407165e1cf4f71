"""The operators of triggers that compare the ticket with what it was before the gesture.

What is set for the first time has changed, also when the ticket is opened with it. What was changed and changed back in
one gesture has not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickets.conditions.operators import Operator

CHANGED, CHANGED_TO, CHANGED_FROM = "changed", "value", "value_previous"
# As in OPPOSITES: a negative one holds where its positive does not.
POSITIVE: Mapping[str, str] = {
    "not_changed": CHANGED,
    "not_value": CHANGED_TO,
    "not_value_previous": CHANGED_FROM,
}
CHANGES = (CHANGED, "not_changed", CHANGED_TO, "not_value", CHANGED_FROM, "not_value_previous")


@dataclass(frozen=True)
class Past:
    """Where a field's value before the gesture is found: under `old` in its first event of `kind`.

    `at_birth` is what a ticket has of it before it is opened.
    """

    kind: str
    old: str = "old"
    at_birth: tuple[Any, ...] = ()

    def values(self, payload: Mapping[str, Any]) -> tuple[Any, ...]:
        value = payload[self.old]
        return () if value is None else (value,)


def change_operators(labels: Mapping[str, Any], widget: str) -> list[Operator]:
    """`widget` is the one of `is`."""
    return [Operator(key, labels[key], "none" if key in (CHANGED, "not_changed") else widget) for key in CHANGES]
