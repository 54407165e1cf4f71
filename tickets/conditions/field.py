"""A field of the catalogue: its name, where its values lie, and how they are compared. Defined once, read both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.conditions.asking import Asking
from tickets.conditions.changes import CHANGED, CHANGES, Past, change_operators
from tickets.conditions.kind import Kind
from tickets.conditions.operators import LABELS, Operator, positive
from tickets.conditions.scopes import EVERYWHERE
from tickets.conditions.sources import Source

TICKET, PEOPLE, WORDS, TIMES, COUNTS = _("Ticket"), _("People"), _("Words"), _("Times"), _("Counts")
UPDATE = _("This update")


@dataclass(frozen=True)
class Field:
    """`scopes` are those that can answer it. With a `past`, triggers can ask what it was before the gesture.

    `asks_changes` is set on the field that the catalogue has for triggers; see catalogue.py.
    """

    key: str
    label: str | Promise
    group: str | Promise
    compared_as: Kind
    source: Source
    scopes: frozenset[str] = EVERYWHERE
    past: Past | None = None
    asks_changes: bool = False

    @property
    def kind(self) -> str:
        return self.compared_as.name

    @cached_property
    def operators(self) -> list[Operator]:
        operators = self.compared_as.operators()
        if self.asks_changes:
            operators += change_operators(LABELS, self.compared_as.widgets["is"])
        return operators

    def choices(self) -> list[tuple[str, str]]:
        """(value, label) of what a builder offers; asks the database where rows are offered."""
        return self.compared_as.choices()

    def has(self, operator: str) -> bool:
        return operator in self.compared_as.widgets or self.has_changed_operator(operator)

    def has_changed_operator(self, operator: str) -> bool:
        return self.asks_changes and operator in CHANGES

    def read(self, operator: str, value: object) -> Any:
        """`value` as it is stored, in JSON. Raises `Wrong`."""
        if self.has_changed_operator(operator):
            return None if operator.endswith(CHANGED) else self.compared_as.read("is", value)
        return self.compared_as.read(operator, value)

    def as_json(self) -> dict[str, Any]:
        """What a builder has to know. Choices are left to it: `choices` may need the database."""
        return {
            "key": self.key,
            "label": str(self.label),
            "group": str(self.group),
            "kind": self.kind,
            "operators": [{"key": it.key, "label": str(it.label), "widget": it.widget} for it in self.operators],
            "choices": self.choices(),
        }

    def q(self, operator: str, value: Any, asking: Asking, *, holds: bool = True) -> Q:
        """Tickets for which it holds, or for which it does not."""
        operator, is_opposite = positive(operator)
        ask = self.compared_as.q if holds != is_opposite else self.compared_as.opposite
        return ask(self.source, operator, value, asking)

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        operator, is_opposite = positive(operator)
        return self.compared_as.test(values, operator, value, asking) != is_opposite
