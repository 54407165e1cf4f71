"""Everything that happened between us and a customer, on one line of time: read from where it lies, newest first.

There is no second store that could fall behind. Each source (tickets/customers/sources.py) gives its newest rows behind
the cursor from an index; the database merges them, and only those that are on the page are read. The order is (moment,
name of the source, id), so pages follow each other without gap or repeat, whatever happens at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.models import Customer, Organisation
from helpdesk.accounts.models import User
from tickets.customers.sources import KINDS, VISIBLE, Arm, Kind, Source, TicketRef, Told, register, sources_for

__all__ = ["Arm", "Entry", "Kind", "Page", "Place", "Source", "Told", "page_of", "register"]

PAGE_SIZE = 40
MOST_NEWS = 400  # entries that an open page is given at once when it was away
MAX_WORDS = 8
_LAST_ID = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 250_000_000_000_000_000  # microseconds: until the year 9892

MINE = f"""WITH mine AS MATERIALIZED (
  SELECT t.id FROM unnest(%(customers)s::bigint[]) AS c(id) JOIN tickets_ticket t ON t.requester_id = c.id
  WHERE {VISIBLE}
)"""  # noqa: S608 our own text
OWNERS = {
    "customer": "unnest(%(customers)s::bigint[]) AS who(id)",
    "ticket": "mine AS who",
    "organisation": "unnest(%(organisations)s::bigint[]) AS who(id)",
}
ARM = """(
  SELECT x.at, '{name}' COLLATE "C" AS source, x.id FROM {owners} CROSS JOIN LATERAL (
    SELECT x.{at} AS at, x.id FROM {table} x WHERE x.{owner} = who.id{where}
    ORDER BY x.{at} DESC, x.id DESC LIMIT %(limit)s
  ) x
)"""
PAGE = "{mine} SELECT at, source, id FROM ({arms}) entries ORDER BY at DESC, source, id DESC LIMIT %(limit)s"


@dataclass(frozen=True)
class Subject:
    """Whose timeline it is: one customer's, or an organisation's, which is that of its members and its own."""

    customers: Sequence[int]
    organisations: Sequence[int] = ()

    @classmethod
    def of(cls, subject: Customer | Organisation) -> Subject:
        if isinstance(subject, Customer):
            return cls([subject.pk])
        members = Customer.objects.filter(organisation=subject, merged_into=None, erased_at=None)
        return cls(list(members.values_list("pk", flat=True)), [subject.pk])


@dataclass(frozen=True)
class Place:
    """An entry's place in time; as text it is a cursor."""

    at: datetime
    source: str
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.source}-{self.id}"

    @classmethod
    def read(cls, cursor: str) -> Place | None:
        """None for what we did not make."""
        parts = cursor.split("-")
        if len(parts) != 3:
            return None
        at, source, number = parts
        if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (at, number)):
            return None
        if int(at) > _LATEST or not source.isascii() or not source.replace("_", "").isalpha():
            return None
        return cls(_EPOCH + timedelta(microseconds=int(at)), source, int(number))

    def id_for(self, source: str) -> int:
        """What ids of `source` are compared with at this very moment: all of a later source come behind this place."""
        if source == self.source:
            return self.id
        return _LAST_ID if source > self.source else 0


BEGINNING = Place(_EPOCH, "a", 0)


@dataclass(frozen=True)
class Asked:
    """What of it is wanted: behind `after`, or down to `until` (an open page asks what is new above its first page)."""

    kinds: frozenset[str] = frozenset()  # slugs; empty: everything
    words: str = ""
    after: Place | None = None
    until: Place | None = None
    size: int = PAGE_SIZE

    @property
    def kinds_text(self) -> str:
        return ",".join(sorted(self.kinds))

    @property
    def sought(self) -> list[str]:
        return self.words.split()[:MAX_WORDS]


@dataclass(frozen=True)
class Entry:
    place: Place
    kind: Kind
    told: Told

    @property
    def id(self) -> str:
        return f"{self.place.source}-{self.place.id}"


@dataclass(frozen=True)
class Group:
    """Entries that follow each other on the same ticket, or on none."""

    ticket: TicketRef | None
    entries: list[Entry]

    @property
    def id(self) -> str:
        return f"g-{self.entries[-1].id}"


@dataclass(frozen=True)
class Day:
    at: datetime
    groups: list[Group]


@dataclass(frozen=True)
class Page:
    entries: list[Entry] = field(default_factory=list)
    after: Place | None = None  # where the next page begins; None on the last one

    @property
    def days(self) -> Iterator[Day]:
        for _day, of_day in groupby(self.entries, _local_day):
            entries = list(of_day)
            groups = groupby(entries, lambda entry: entry.told.ticket)
            yield Day(entries[0].place.at, [Group(ticket, list(found)) for ticket, found in groups])

    @property
    def last(self) -> Place | None:
        return self.entries[-1].place if self.entries else None


def _local_day(entry: Entry) -> date:
    return timezone.localtime(entry.place.at).date()


def page_of(subject: Subject, user: User, asked: Asked = Asked()) -> Page:
    """A page of what `user` may see."""
    sources = {source.name: source for source in _wanted(user, asked)}
    if not sources:
        return Page()
    limit = MOST_NEWS if asked.until else asked.size
    places = _places(subject, user, asked, list(sources.values()), limit + 1)
    shown = places[:limit]
    told = {
        name: source.read([place.id for place in shown if place.source == name])
        for name, source in sources.items()
        if any(place.source == name for place in shown)
    }
    # What went away between the two statements is not told.
    entries = [
        Entry(place, sources[place.source].kind, told[place.source][place.id])
        for place in shown
        if place.id in told[place.source]
    ]
    return Page(entries, shown[-1] if len(places) > limit else None)


def kinds_of(subject: Subject, user: User) -> list[Kind]:
    """The kinds of which this timeline has something, in the order of the chips: nothing else is offered."""
    sources = sources_for(user)
    params: dict[str, Any] = {**_params(subject, user), "limit": 1}
    found = ", ".join(f"EXISTS ({' UNION ALL '.join(_arms(source, Asked()))})" for source in sources)
    with connection.cursor() as cursor:
        cursor.execute(f"{MINE} SELECT {found}", params)
        row = cursor.fetchone() or ()
    there = {source.kind for source, exists in zip(sources, row, strict=True) if exists}
    return [kind for kind in KINDS if kind in there]


def _wanted(user: User, asked: Asked) -> Iterator[Source]:
    for source in sources_for(user):
        if (not asked.kinds or source.kind.slug in asked.kinds) and (not asked.sought or source.text):
            yield source


def _places(subject: Subject, user: User, asked: Asked, sources: Iterable[Source], limit: int) -> list[Place]:
    params: dict[str, Any] = {**_params(subject, user), "limit": limit}
    arms = []
    for source in sources:
        arms += _arms(source, asked)
        for name, place in (("after", asked.after), ("until", asked.until)):
            if place is not None:
                params |= {f"{name}_at": place.at, f"{name}_{source.name}": place.id_for(source.name)}
    params |= {f"word_{at}": f"%{_literal(word)}%" for at, word in enumerate(asked.sought)}
    with connection.cursor() as cursor:
        cursor.execute(PAGE.format(mine=MINE, arms=" UNION ALL ".join(arms)), params)
        return [Place(at, source, number) for at, source, number in cursor.fetchall()]


def _params(subject: Subject, user: User) -> dict[str, Any]:
    return {
        "customers": list(subject.customers),
        "organisations": list(subject.organisations),
        "hidden": user.hidden_team_ids,
    }


def _arms(source: Source, asked: Asked) -> list[str]:
    """A SELECT for each way to its rows. All text put in here is ours; what was asked travels as parameters."""
    where = ""
    if asked.after is not None:
        where += f" AND (x.{source.at}, x.id) < (%(after_at)s, %(after_{source.name})s)"
    if asked.until is not None:
        where += f" AND (x.{source.at}, x.id) >= (%(until_at)s, %(until_{source.name})s)"
    for at in range(len(asked.sought)):
        where += f" AND {source.text} ILIKE %(word_{at})s"
    return [
        ARM.format(
            name=source.name, at=source.at, table=source.table, owners=OWNERS[arm.of], owner=arm.owner,
            where=where + (f" AND {arm.where}" if arm.where else ""),
        )
        for arm in source.arms
    ]  # fmt: skip


def _literal(word: str) -> str:
    """For LIKE: what was typed is no pattern."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
