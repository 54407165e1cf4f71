"""Pages of a list by keyset: each begins behind the last row of the one before, whatever the list is ordered by.

Rows without a value come last, whichever way round. The ticket's number breaks ties, so that every order is total and
pages follow each other without gap or repeat. A row that moves while somebody reads is met at its new place or not at
all; nothing is counted from the beginning.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import F, Q
from django.db.models.expressions import Combinable

from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

PAGE_SIZE = 50
LONGEST_TEXT = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIMITS = {int: (0, 2**63 - 1), datetime: (0, 250_000_000_000_000_000)}  # what the database holds; until the year 9892

Value = int | str | datetime | None


@dataclass(frozen=True)
class Key:
    """One thing that rows are compared by: a column of the ticket, or an `expression` that rows carry under `name`."""

    name: str
    kind: type[int] | type[str] | type[datetime]
    expression: Combinable | None = None
    nullable: bool = False
    descending: bool = False

    def ordering(self) -> Any:
        if not self.nullable:  # plain, because "nulls last" would not match the order of an index
            return f"-{self.name}" if self.descending else self.name
        return F(self.name).desc(nulls_last=True) if self.descending else F(self.name).asc(nulls_last=True)

    def value_of(self, ticket: object) -> Value:
        value: Value = getattr(ticket, self.name)
        return value

    def equal_to(self, value: Value) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def behind(self, value: Value) -> Q | None:
        """Rows that come after those with `value`; none come after those without one."""
        if value is None:
            return None
        after = Q(**{f"{self.name}__{'lt' if self.descending else 'gt'}": value})
        return after | Q(**{f"{self.name}__isnull": True}) if self.nullable else after


@dataclass(frozen=True)
class Order:
    """A total order. `name` is written into the cursor, so that one of another order is noticed."""

    name: str
    keys: tuple[Key, ...]

    @classmethod
    def by(cls, name: str, keys: Sequence[Key], *, first: Sequence[Key] = ()) -> Order:
        """By `keys`, within `first`; a leading minus of `name` turns `keys` round, and the numbers with them."""
        by_number = [] if keys[-1].name == "pk" else [Key("pk", int)]
        return cls(name, (*first, *turned([*keys, *by_number], name)))

    def sort(self, tickets: TicketQuerySet) -> TicketQuerySet:
        carried = {key.name: key.expression for key in self.keys if key.expression is not None}
        if carried:
            tickets = tickets.annotate(**carried)
        return tickets.order_by(*(key.ordering() for key in self.keys))

    def behind(self, place: Sequence[Value]) -> Q:
        """Rows after the one whose values are `place`."""
        wanted, same = Q(), Q()
        for key, value in zip(self.keys, place, strict=True):
            if (behind := key.behind(value)) is not None:
                wanted |= same & behind
            same &= key.equal_to(value)
        first, value = self.keys[0], place[0]
        if not first.nullable:
            # An index is walked from here; the condition above alone would start at its beginning.
            wanted &= Q(**{f"{first.name}__{'lte' if first.descending else 'gte'}": value})
        return wanted

    def cursor_of(self, ticket: object) -> str:
        return self.cursor([key.value_of(ticket) for key in self.keys])

    def cursor(self, place: Sequence[Value]) -> str:
        text = json.dumps([self.name, *map(_packed, place)], ensure_ascii=False, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def place_of(self, after: str) -> list[Value] | None:
        """Where a page begins: None for the first one, and for a cursor we did not make."""
        return self.read_cursor(after) if after else None

    def from_place(self, tickets: TicketQuerySet, place: Sequence[Value] | None) -> TicketQuerySet:
        """In this order, those that come after `place`."""
        tickets = self.sort(tickets)
        return tickets if place is None else tickets.filter(self.behind(place))

    def read_cursor(self, cursor: str) -> list[Value] | None:
        """The place a cursor of ours names; None for one that we did not make, or made for another order."""
        try:
            values = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        except (NotBase64, ValueError, RecursionError):
            return None
        if not isinstance(values, list) or len(values) != len(self.keys) + 1 or values[0] != self.name:
            return None
        place = list(zip(self.keys, values[1:], strict=True))
        return [_unpacked(key, value) for key, value in place] if all(_fits(*one) for one in place) else None


def turned(keys: Sequence[Key], name: str) -> tuple[Key, ...]:
    """`keys` from the other end where `name` begins with a minus."""
    return tuple(replace(key, descending=True) for key in keys) if name.startswith("-") else tuple(keys)


def _packed(value: Value) -> int | str | None:
    return (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value


def _unpacked(key: Key, value: Any) -> Value:
    return _EPOCH + timedelta(microseconds=value) if key.kind is datetime and value is not None else value


def _fits(key: Key, value: Any) -> bool:
    if value is None:
        return key.nullable
    if key.kind is str:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT and is_storable(value)
    least, most = _LIMITS[key.kind]
    return type(value) is int and least <= value <= most


def is_storable(text: str) -> bool:
    """What PostgreSQL takes as text: JSON may escape half a pair of surrogates, or a zero."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


NEWEST = Order("-updated_at", (Key("updated_at", datetime, descending=True), Key("pk", int, descending=True)))


T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    tickets: list[T]
    after: str  # cursor of the next page, empty on the last one


def page_of(tickets: TicketQuerySet, after: str = "", size: int = PAGE_SIZE, order: Order = NEWEST) -> Page[Ticket]:
    """The first `size` tickets that come after the cursor; a cursor we did not make counts as none."""
    tickets = order.from_place(tickets, order.place_of(after))
    rows = list(tickets.select_related("requester", "assignee")[: size + 1])
    return Page(rows[:size], order.cursor_of(rows[size - 1]) if len(rows) > size else "")
