"""In which order customers are listed, and how a page follows the one before it: by keyset, from an index.

Each page begins behind the last customer of the one before. Whom we have never heard from come last where the order is
by last contact, the newest first.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.dateparse import parse_datetime

from customers.folding import Folded
from customers.models import Customer
from tickets.models import Ticket

NEWEST = "-created"
LONGEST_CURSOR = 2000
Place = list[Any]
Customers = QuerySet[Customer]


class Order(ABC):
    """One order of customers, and its pages."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def sort(self, customers: Customers) -> Customers: ...

    def page(self, customers: Customers, after: str, size: int) -> tuple[list[Customer], str]:
        """The first `size` behind the cursor, and the cursor of the next page; empty on the last one.

        A cursor that we did not make counts as none.
        """
        found = self.behind(customers, place) if (place := self._read(after)) else self.sort(customers)
        rows = list(found.prefetch_related("identities")[: size + 1])
        return rows[:size], self._written(self.place_of(rows[size - 1])) if len(rows) > size else ""

    @abstractmethod
    def behind(self, customers: Customers, place: Place) -> Customers: ...

    @abstractmethod
    def place_of(self, customer: Customer) -> Place: ...

    @abstractmethod
    def fits(self, place: Place) -> bool:
        """Whether it is a place that `place_of` could have given."""

    def _written(self, place: Place) -> str:
        text = json.dumps([self.name, *place], ensure_ascii=False, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _read(self, cursor: str) -> Place | None:
        try:
            read = json.loads(urlsafe_b64decode(cursor[:LONGEST_CURSOR].encode() + b"=" * (-len(cursor) % 4)))
        except (ValueError, RecursionError):
            return None
        if not isinstance(read, list) or not read or read[0] != self.name:
            return None
        return read[1:] if self.fits(read[1:]) else None


class ById(Order):
    """By when they were created: ids only ever grow."""

    def sort(self, customers: Customers) -> Customers:
        return customers.order_by("-pk" if self.name == NEWEST else "pk")

    def behind(self, customers: Customers, place: Place) -> Customers:
        looked = "lt" if self.name == NEWEST else "gt"
        return self.sort(customers.filter(**{f"pk__{looked}": place[0]}))

    def place_of(self, customer: Customer) -> Place:
        return [customer.pk]

    def fits(self, place: Place) -> bool:
        return len(place) == 1 and _is_id(place[0])


class ByName(Order):
    """Without case and accents, as the index on names has them."""

    def sort(self, customers: Customers) -> Customers:
        named = customers.annotate(folded=Folded("name"))
        return named.order_by("-folded", "-pk") if self.name.startswith("-") else named.order_by("folded", "pk")

    def behind(self, customers: Customers, place: Place) -> Customers:
        after = "lt" if self.name.startswith("-") else "gt"
        name, pk = place
        later = Q(**{f"folded__{after}": name}) | Q(folded=name, **{f"pk__{after}": pk})
        return self.sort(customers).filter(later, **{f"folded__{after}e": name})

    def place_of(self, customer: Customer) -> Place:
        return [getattr(customer, "folded"), customer.pk]  # noqa: B009  annotated above

    def fits(self, place: Place) -> bool:
        return len(place) == 2 and _is_text(place[0]) and _is_id(place[1])


class ByContact(Order):
    """By their newest words to us: from the index of tickets by them, each customer at the newest of their tickets.

    Whoever never wrote follows, in a second part of the list.
    """

    def sort(self, customers: Customers) -> Customers:
        at = Ticket.objects.filter(requester=OuterRef("pk")).order_by(F("requester_updated_at").desc(nulls_last=True))
        return customers.annotate(heard=at.values("requester_updated_at")[:1]).order_by(
            F("heard").desc(nulls_last=True), "-pk"
        )

    def page(self, customers: Customers, after: str, size: int) -> tuple[list[Customer], str]:
        place = self._read(after)
        rows: list[Customer] = []
        if place is None or place[0] is not None:
            rows = self._heard(customers, place, size + 1)
        if len(rows) <= size:
            last = place[1] if place and place[0] is None else None
            rows += self._silent(customers, last).prefetch_related("identities")[: size + 1 - len(rows)]
        return rows[:size], self._written(self.place_of(rows[size - 1])) if len(rows) > size else ""

    def behind(self, customers: Customers, place: Place) -> Customers:
        raise NotImplementedError("a page may be made of both parts")

    def _heard(self, customers: Customers, place: Place | None, most: int) -> list[Customer]:
        newer = Ticket.objects.filter(requester=OuterRef("requester")).filter(
            Q(requester_updated_at__gt=OuterRef("requester_updated_at"))
            | Q(requester_updated_at=OuterRef("requester_updated_at"), pk__gt=OuterRef("pk"))
        )
        newest = Ticket.objects.filter(~Exists(newer), requester_updated_at__isnull=False)
        newest = newest.filter(requester__in=customers.order_by().values("pk"))
        if place:
            at, number = parse_datetime(place[0]), place[1]
            later = Q(requester_updated_at__lt=at) | Q(requester_updated_at=at, pk__lt=number)
            newest = newest.filter(later, requester_updated_at__lte=at)
        ordered = newest.order_by("-requester_updated_at", "-pk")
        places = list(ordered.values_list("requester_id", "requester_updated_at", "pk")[:most])
        known = customers.order_by().prefetch_related("identities").in_bulk([pk for pk, _at, _number in places])
        places = [place for place in places if place[0] in known]  # not who was merged a moment ago
        for pk, at, number in places:
            known[pk].heard, known[pk].heard_in = at, number  # type: ignore[attr-defined]
        return [known[pk] for pk, _at, _number in places]

    def _silent(self, customers: Customers, last: int | None) -> Customers:
        wrote = Ticket.objects.filter(requester=OuterRef("pk"), requester_updated_at__isnull=False)
        silent = customers.filter(~Exists(wrote))
        return (silent.filter(pk__lt=last) if last else silent).order_by("-pk")

    def place_of(self, customer: Customer) -> Place:
        heard: datetime | None = getattr(customer, "heard", None)
        return [heard.isoformat(), getattr(customer, "heard_in")] if heard else [None, customer.pk]  # noqa: B009

    def fits(self, place: Place) -> bool:
        return len(place) == 2 and _is_id(place[1]) and (place[0] is None or _is_moment(place[0]))


class ByFit(Order):
    """What was searched for: as `ranked` has them."""

    def __init__(self, ranked: Sequence[int]) -> None:
        super().__init__("best")
        self.ranked = ranked

    def sort(self, customers: Customers) -> Customers:
        if not self.ranked:
            return customers.none()
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(self.ranked)]
        return customers.annotate(fit=Case(*places, output_field=IntegerField())).order_by("fit", "-pk")

    def page(self, customers: Customers, after: str, size: int) -> tuple[list[Customer], str]:
        begin = place[0] if (place := self._read(after)) else 0
        left = set(customers.order_by().values_list("pk", flat=True))
        ranked = [pk for pk in self.ranked if pk in left]
        found = customers.prefetch_related("identities").in_bulk(ranked[begin : begin + size])
        rows = [found[pk] for pk in ranked[begin : begin + size] if pk in found]
        return rows, self._written([begin + size]) if len(ranked) > begin + size else ""

    def behind(self, customers: Customers, place: Place) -> Customers:
        raise NotImplementedError("pages are cut from the ranking")

    def place_of(self, customer: Customer) -> Place:
        raise NotImplementedError("pages are cut from the ranking")

    def fits(self, place: Place) -> bool:
        return len(place) == 1 and _is_id(place[0]) and place[0] < 100_000


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value < 2**63


def _is_text(value: object) -> bool:
    """Such as PostgreSQL takes."""
    return isinstance(value, str) and not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)


def _is_moment(value: object) -> bool:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None


ORDERS: dict[str, Order] = {
    NEWEST: ById(NEWEST), "created": ById("created"), "name": ByName("name"), "-name": ByName("-name"),
    "-contact": ByContact("-contact"),
}  # fmt: skip
