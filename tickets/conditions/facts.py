"""What is known of one ticket, loaded once, so that any number of rules can be matched without the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tickets.conditions.catalogue import FIELDS
from tickets.conditions.field import Field
from tickets.conditions.tree import Tree, parse
from tickets.models import Ticket


@dataclass(frozen=True)
class Facts:
    """The values of each field, as a snapshot."""

    _values: Mapping[str, tuple[Any, ...]]

    def values(self, field: Field) -> tuple[Any, ...]:
        return self._values[field.key]


class Statement:
    """What of `fields` has to be asked of the database, as a statement that is put together once for many tickets."""

    NOBODY = -1

    def __init__(self, fields: Iterable[Field]) -> None:
        wanted = {field.key: expression for field in fields if (expression := field.source.loaded()) is not None}
        self._keys = list(wanted)
        query = Ticket.objects.annotate(**{f"of_{key}": it for key, it in wanted.items()}).filter(pk=self.NOBODY)
        self._sql, self._params = query.values_list(*(f"of_{key}" for key in wanted)).query.sql_with_params()

    def of(self, number: int) -> dict[str, Any]:
        """The values by the fields' keys, each as its source takes it."""
        params = [number if param == self.NOBODY else param for param in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            return dict(zip(self._keys, cursor.fetchone() or (), strict=True))


class FactsNow:
    """The same, read only when asked: what has to come from the database may not be wanted at all.

    It comes in one statement then, for all fields that somebody may want.
    """

    def __init__(self, ticket: Ticket, asked: Statement) -> None:
        self._ticket, self._asked = ticket, asked
        self._loaded: Mapping[str, Any] | None = None

    def values(self, field: Field) -> tuple[Any, ...]:
        if not field.source.is_costly:
            return field.source.values(self._ticket, None)
        if self._loaded is None:
            self._loaded = self._asked.of(self._ticket.pk)
        return field.source.values(self._ticket, self._loaded[field.key])


def facts_of(ticket: Ticket, trees: Iterable[Tree] | None = None) -> Facts:
    """The ticket's columns as they are in `ticket`, the rest as it is stored: one statement, or none.

    With `trees` only what they ask for is loaded: rules that ask no words need not read the conversation.
    """
    return facts_of_many([ticket], trees)[ticket.pk]


def facts_of_many(tickets: Iterable[Ticket], trees: Iterable[Tree] | None = None) -> dict[int, Facts]:
    """By number of the ticket; still one statement. Requester and inbox come along by `select_related`."""
    return facts_for(list(tickets), list(FIELDS.values()) if trees is None else _asked_in(trees))


def facts_for(tickets: Sequence[Ticket], fields: Sequence[Field]) -> dict[int, Facts]:
    """By number of the ticket, of these fields alone."""
    loaded = _load([ticket.pk for ticket in tickets], fields)
    return {
        ticket.pk: Facts(
            {field.key: field.source.values(ticket, loaded[ticket.pk].get(f"of_{field.key}")) for field in fields}
        )
        for ticket in tickets
    }


def _asked_in(trees: Iterable[Tree]) -> list[Field]:
    asked = [condition.field for tree in trees for condition in parse(tree).conditions()]
    return list({field.key: field for field in asked}.values())


def _load(numbers: list[int], fields: Iterable[Field]) -> dict[int, dict[str, Any]]:
    wanted = {f"of_{field.key}": expression for field in fields if (expression := field.source.loaded()) is not None}
    if not wanted:
        return {number: {} for number in numbers}
    rows = Ticket.objects.filter(pk__in=numbers).values("pk", **wanted)
    return {row["pk"]: dict(row) for row in rows}
