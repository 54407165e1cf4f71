"""Where a field's values lie: a column of the ticket, or the rows of another table that belong to it.

A source is read both ways: as a `Q` that says "some value of it is so", and as the tuple of its values in memory. An
empty column has no value, so both say the same of NULL: no comparison holds, and the opposite of each does.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Q, QuerySet
from django.db.models.expressions import Combinable

from tickets.models import Ticket
from tickets.models.ticket import UNSOLVED

EVERYTHING = ~Q(pk__in=[])  # an empty Q would vanish beside an OR
NOTHING = Q(pk__in=[])

Rows = Callable[[], QuerySet[Any]]
Build = Callable[[str], Q]


class Source:
    """`is_costly`: its values take a statement, so that rules ask for them last."""

    is_costly = False

    def where(self, build: Build) -> Q:
        """Tickets with some value that `build`, given the path to it, lets through."""
        raise NotImplementedError

    def present(self) -> Q:
        raise NotImplementedError

    def some(self, **lookups: Any) -> Q:
        """Tickets with some value that satisfies all `lookups` at once: `some(gte=start, lt=end)`."""
        return self.where(lambda path: Q(**{f"{path}__{lookup}": value for lookup, value in lookups.items()}))

    def loaded(self) -> Combinable | None:
        """What has to be asked of the database beside the ticket's row."""
        return None

    def values(self, ticket: Ticket, loaded: Any) -> tuple[Any, ...]:
        raise NotImplementedError


class Column(Source):
    """A column of the ticket, or one behind its foreign keys: `requester__organisation_id`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._get = attrgetter(path.replace("__", "."))

    def where(self, build: Build) -> Q:
        return build(self.path)

    def present(self) -> Q:
        return Q(**{f"{self.path}__isnull": False})

    def values(self, ticket: Ticket, loaded: Any) -> tuple[Any, ...]:
        value = self._get(ticket)
        return () if value is None else (value,)


class ColumnWhile(Column):
    """A column that only counts while the ticket is in one of `statuses`."""

    def __init__(self, path: str, *statuses: str) -> None:
        super().__init__(path)
        self.statuses = statuses

    def where(self, build: Build) -> Q:
        return Q(status__in=self.statuses) & build(self.path)

    def present(self) -> Q:
        return Q(status__in=self.statuses) & super().present()

    def values(self, ticket: Ticket, loaded: Any) -> tuple[Any, ...]:
        return super().values(ticket, loaded) if ticket.status in self.statuses else ()


WAITING_SINCE = ColumnWhile("waiting_since", *UNSOLVED)  # as `Ticket.is_waiting` says it


class Related(Source):
    """`column` of the rows that `rows` makes, filtered by `OuterRef("pk")`. EXISTS: no join, so no ticket comes twice.

    With `limit` no more values than that are read into memory, for fields that only ask whether there are any; where
    the ticket's row keeps that, lists read its column `kept`.
    """

    is_costly = True

    def __init__(self, rows: Rows, column: str, *, limit: int | None = None, kept: str = "") -> None:
        self.rows, self.column, self.limit, self.kept = rows, column, limit, kept

    def where(self, build: Build) -> Q:
        return Q(Exists(self.rows().filter(build(self.column))))

    def present(self) -> Q:
        return Q(**{self.kept: True}) if self.kept else Q(Exists(self.rows()))

    def loaded(self) -> Combinable:
        return ArraySubquery(self.rows().order_by().values(self.column)[: self.limit])

    def values(self, ticket: Ticket, loaded: Any) -> tuple[Any, ...]:
        return tuple(loaded)


class OfUpdate(Source):
    """What only a gesture knows, or the moment: `read` takes the Situation. No list can ask for it."""

    def __init__(self, read: Callable[[Any], tuple[Any, ...]], *, is_costly: bool = False) -> None:
        self.read, self.is_costly = read, is_costly
