"""What figures can be told by: where the value lies in each kind of rows, and what its keys are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.db.models.expressions import Combinable

from metrics.measure import Measure, Source, Text
from metrics.sources import SOURCES
from metrics.spans import Span

Value = Callable[[Measure, Span], Combinable | None]
Names = Callable[[Collection[str]], Mapping[str, str]]
EVERY = tuple(Source)


@dataclass(frozen=True)
class Dimension:
    """`value` gives the expression whose text is the key, None where such rows have no such thing.

    `names` turns keys into what people read. `keys` lists all keys in a span where they are known ahead (days, hours),
    so that a day without tickets is no gap. `has_many`: a row can stand under several keys, so groups don't add up.
    """

    name: str
    label: Text
    value: Value
    names: Names
    keys: Callable[[Span], Sequence[str]] | None = None
    has_many: bool = False

    @property
    def is_of_time(self) -> bool:
        return self.keys is not None


def of_ticket(column: str) -> Value:
    """A column of the ticket; facts and snapshots carry some themselves."""

    def value(measure: Measure, span: Span) -> Combinable | None:
        if measure.source is Source.BACKLOG:
            return F(column) if column in ("status", "priority", "type", "channel", "inbox_id", "team_id") else None
        if measure.source is Source.FACT and column in FACT_COLUMNS:
            return F(column)
        return F(SOURCES[measure.source].path(column))

    return value


FACT_COLUMNS = frozenset({"status", "priority", "type", "channel", "inbox_id", "team_id", "assignee_id"})


def then(**columns: str) -> Callable[[str], Value]:
    """A column of the rows themselves, which say how it was at that moment; else the ticket's."""

    def of(column: str) -> Value:
        otherwise = of_ticket(column)

        def value(measure: Measure, span: Span) -> Combinable | None:
            own = columns.get(measure.source)
            return F(own) if own else otherwise(measure, span)

        return value

    return of


def of(source: Source, column: str, *, only: Collection[str] = ()) -> Value:
    """A column that one kind of rows has, and of these perhaps only some measures."""

    def value(measure: Measure, span: Span) -> Combinable | None:
        fits = measure.source is source and (not only or measure.name in only)
        return F(column) if fits else None

    return value
