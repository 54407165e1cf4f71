"""From a question to a page of tickets.

Order: first the tickets that have every word in their head (subject, requester, organisation, tags, number), then all
others; within both by newest message. The order is total, so pages follow each other by keyset without gap or double.

One statement asks the newest few thousand messages first, then ever larger ranges, and stops when the page is full:
see `RANGES` in vectors.py. Words that every ticket contains cost no more than rare ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from helpdesk.accounts.models import User
from tickets import paging
from tickets.conditions import as_q
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.search.giants import giants, tickets_with
from tickets.search.parsing import Query, SearchError
from tickets.search.rows import Row, rows_of
from tickets.search.tsquery import Asked, question
from tickets.search.vectors import RANGES

PAGE_SIZE = 25
COUNT_CAP = 500
FEW_TICKETS = 2_000  # so few that are in question are looked through one by one
PATIENCE = "5s"

# One range of messages. The words are looked up in their index whatever the planner believes (hence the bare `+ 0`);
# the hits are sorted first, and whether they may be seen is asked only until there are enough.
RANGE = """(
  SELECT {tier} AS tier, s.newest, s.ticket_id FROM (
    SELECT e.newest, e.ticket_id FROM tickets_searchentry e
    WHERE e.vector @@ %s::tsquery AND e.newest + 0 < %s AND e.newest + 0 >= %s AND e.part = 0 AND e.is_last {only}
    UNION ALL
    SELECT e.newest, e.ticket_id FROM giants_{tier} e WHERE e.newest < %s AND e.newest >= %s {only}
    ORDER BY newest DESC, ticket_id DESC OFFSET 0
  ) s
  WHERE EXISTS (SELECT FROM ({allowed}) a WHERE a.id = s.ticket_id OFFSET 0)
  LIMIT %s
)"""


@dataclass(frozen=True)
class Place:
    """Where a page ends: nothing before it is shown again."""

    tier: int
    newest: int
    ticket_id: int

    def __str__(self) -> str:
        return f"{self.tier}-{self.newest}-{self.ticket_id}"

    @classmethod
    def read(cls, cursor: str) -> Place | None:
        """None for what we did not make."""
        parts = cursor.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
            return None
        return cls(*map(int, parts))


@dataclass(frozen=True)
class Found:
    tickets: list[Row]
    after: str = ""  # cursor of the next page, empty on the last one
    count: int | None = None  # on the first page; `COUNT_CAP` stands for that or more


def find(query: Query, user: User, after: str = "", *, now: datetime | None = None, size: int = PAGE_SIZE) -> Found:
    """A page of the tickets that `user` may see. Raises `SearchError` where it would take too long."""
    allowed = _allowed(query, user, now or timezone.now())
    if not query.terms:
        return _find_by_filters(allowed, after, size)
    place = Place.read(after)
    with in_time():
        is_counted = place is None and size == PAGE_SIZE
        hits = _hits(query, allowed, place, limit=COUNT_CAP if is_counted else size + 1)
    page = hits[:size]
    return Found(
        tickets=rows_of([hit.ticket_id for hit in page]),
        after=str(page[-1]) if len(hits) > size else "",
        count=len(hits) if is_counted else None,
    )


def tickets_of(query: Query, user: User, *, now: datetime | None = None) -> TicketQuerySet:
    """All of them as a queryset in no order: what a bulk edit of a whole result means."""
    allowed = _allowed(query, user, now or timezone.now())
    if not query.terms:
        return allowed
    return allowed.filter(tickets_with(question(query.terms).words))


@contextmanager
def in_time() -> Iterator[None]:
    """A search is given up after `PATIENCE`, and says so, rather than keep a process and the database busy."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchError(_("This search takes too long. Add a word or a filter that says more.")) from None
        raise


def _allowed(query: Query, user: User, now: datetime) -> TicketQuerySet:
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    return tickets.filter(as_q(query.tree, user=user, now=now)) if query.tree else tickets


def _find_by_filters(allowed: TicketQuerySet, after: str, size: int) -> Found:
    with in_time():
        page = paging.page_of(allowed, after, size)
        count = None if after else allowed.order_by()[:COUNT_CAP].count()
    return Found(rows_of([ticket.pk for ticket in page.tickets]), page.after, count)


def _hits(query: Query, allowed: TicketQuerySet, place: Place | None, *, limit: int) -> list[Place]:
    tiers = _tiers(query)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(newest), 0) FROM tickets_searchentry")
        top = cursor.fetchone()[0]
        few = _few(allowed) if query.tree else None
        asking = _Asking(allowed.order_by().values("id"), limit, few)
        for tier, sought in tiers:
            if place is None or tier < place.tier:
                asking.add(tier, sought, top + 1)
            elif tier == place.tier:
                asking.add(tier, sought, place.newest, ties_below=place.ticket_id)
        if not asking.parts:
            return []
        cursor.execute(*asking.statement())
        return sorted((Place(*row) for row in cursor.fetchall()), key=_order, reverse=True)


def _tiers(query: Query) -> list[tuple[int, Asked]]:
    """What to ask, best first."""
    asked = question(query.terms)
    words = asked.any_word if query.is_any else asked.words
    if query.is_head_only:
        return [(1, words.within(asked.head) if asked.head else words)]
    if query.sort != "relevance" or not asked.head or query.is_any:
        return [(0, words)]
    return [(1, words.within(asked.head)), (0, words.without(asked.head))]


def _order(hit: Place) -> tuple[int, int, int]:
    return hit.tier, hit.newest, hit.ticket_id


def _few(allowed: TicketQuerySet) -> list[int] | None:
    """The tickets that the filters leave over, if those are few."""
    numbers = list(allowed.order_by().values_list("pk", flat=True)[: FEW_TICKETS + 1])
    return numbers if len(numbers) <= FEW_TICKETS else None


class _Asking:
    """The statement for one page, put together range by range."""

    def __init__(self, allowed: Any, limit: int, few: list[int] | None) -> None:
        self.parts: list[str] = []
        self._params: list[Any] = []
        self._giants: dict[int, tuple[str, list[str]]] = {}
        self._allowed_sql, self._allowed_params = allowed.query.sql_with_params()
        self._limit, self._few = limit, few

    def statement(self) -> tuple[str, list[Any]]:
        giant = ", ".join(sql for sql, _params in self._giants.values())
        params = [param for _sql, params in self._giants.values() for param in params]
        sql = f"WITH {giant} SELECT * FROM ({' UNION ALL '.join(self.parts)}) ranges LIMIT %s"  # noqa: S608
        return sql, [*params, *self._params, self._limit]

    def add(self, tier: int, asked: Asked, below: int, *, ties_below: int | None = None) -> None:
        """Everything of this tier with `newest` under `below`; after a cursor also its equals, by smaller number."""
        self._giants[tier] = giants(tier, asked)
        sought = asked.in_one_row
        if ties_below is not None:
            self._add_range(tier, sought, "", below + 1, below, f"AND e.ticket_id < {int(ties_below)}")
        if self._few is not None:
            self._add_range(tier, sought, "", below, -1)
            return
        for mark, bits in list(RANGES.items())[tier:]:  # few tickets have a word in their head: no need to begin small
            first = max((below >> bits) - 1, 0)
            marks = " | ".join(dict.fromkeys(f"~{mark}{number}" for number in (below >> bits, first)))
            self._add_range(tier, sought, f" & ({marks})", below, first << bits)
            below = first << bits
            if not first:
                return
        self._add_range(tier, sought, "", below, -1)

    def _add_range(self, tier: int, sought: str, marks: str, below: int, least: int, only: str = "") -> None:
        few: list[Any] = []
        if self._few is not None:
            only += " AND e.ticket_id = ANY(%s)"
            few.append(self._few)
        self.parts.append(RANGE.format(tier=tier, only=only, allowed=self._allowed_sql))
        words = [f"({sought}){marks}", below, least, *few]
        self._params += [*words, below, least, *few, *self._allowed_params, self._limit]
