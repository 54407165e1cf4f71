"""Sources and a kind for what is gathered over many rows: how many, how much, the latest.

They are built of EXISTS wherever that suffices: the planner turns it into a join over all customers, and into a look
at one index for one of them. A sum or a count beside it is only taken of customers who have any row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, Q, Subquery
from django.db.models.aggregates import Aggregate
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from tickets.conditions.asking import Asking
from tickets.conditions.numbers import COMPARE, Number
from tickets.conditions.sources import Build, Related, Rows, Source

LOOKUPS: dict[str, Any] = {
    "is": Exact, "less_than": LessThan, "less_than_equal": LessThanOrEqual,
    "greater_than": GreaterThan, "greater_than_equal": GreaterThanOrEqual,
}  # fmt: skip
BEYOND = {"lt": "gte", "lte": "gt"}


class Latest(Related):
    """The greatest `column` of the rows. It lies before a moment when there is a row, and none from that moment on."""

    def where(self, build: Build) -> Q:
        raise NotImplementedError("a latest value is asked for by its bounds")

    def present(self) -> Q:
        return Q(Exists(self.rows().filter(**{f"{self.column}__isnull": False})))

    def some(self, **lookups: Any) -> Q:
        since = {f"{self.column}__{it}": value for it, value in lookups.items() if it not in BEYOND}
        found = Q(Exists(self.rows().filter(**since))) if since else self.present()
        for lookup, value in lookups.items():
            if lookup in BEYOND:
                found &= ~Q(Exists(self.rows().filter(**{f"{self.column}__{BEYOND[lookup]}": value})))
        return found


class Gathered(Source):
    """One number made of the rows, 0 where there are none. `owner` is the column by which they are the asked one's."""

    is_costly = True

    def __init__(self, rows: Rows, owner: str, made: Aggregate | None = None) -> None:
        self.rows, self.owner, self.made = rows, owner, made

    def compared(self, operator: str, number: int) -> Q:
        """Where it compares so with `number`."""
        any_row = Q(Exists(self.rows()))
        if self.made is None and (operator, number) in (("greater_than", 0), ("greater_than_equal", 1)):
            return any_row
        if self.made is None and (operator, number) in (("is", 0), ("less_than", 1), ("less_than_equal", 0)):
            return ~any_row
        held = Q(LOOKUPS[operator](self._made(), number))
        return ~(any_row & ~held) if COMPARE[operator](0, number) else any_row & held

    def _made(self) -> Subquery:
        rows = self.rows().order_by().values(self.owner)
        return Subquery(rows.annotate(made=self.made or Count("pk")).values("made"))


class Amount(Number):
    """Compared by its source, which knows what 0 means."""

    def q(self, source: Source, operator: str, value: Any, asking: Asking) -> Q:
        assert isinstance(source, Gathered)
        return source.compared(operator, value)

    def test(self, values: Sequence[Any], operator: str, value: Any, asking: Asking) -> bool:
        return COMPARE[operator](values[0] if values else 0, value)
