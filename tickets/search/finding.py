"""From a question to a page of tickets.

Order: first the tickets that have every word in their head (subject, requester, organisation, tags, number), then all
others; within both by newest message. The order is total, so pages follow each other by keyset without gap or double.

How the statement that does it is put together is in statement.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from helpdesk.accounts.models import User
from tickets import paging
from tickets.conditions import as_q
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.search.giants import tickets_with
from tickets.search.parsing import Query, SearchError
from tickets.search.rows import Row, rows_of
from tickets.search.statement import Statement
from tickets.search.tsquery import Asked, question

PAGE_SIZE = 25
COUNT_CAP = 200  # enough to see that a word more is needed; counting further took a third of the search
FEW_TICKETS = 2_000  # so few that are in question are looked through one by one
PATIENCE = "5s"


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
    tiers = _tiers(query, is_first_page=place is None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(newest), 0) FROM tickets_searchentry")
        top = cursor.fetchone()[0]
        few = _few(allowed) if query.tree else None
        asking = Statement(allowed.order_by().values("id"), limit, few)
        for tier, sought in tiers:
            if place is None or tier < place.tier:
                asking.add(tier, sought, top + 1, without_best=place is None)
            elif tier == place.tier:
                asking.add(tier, sought, place.newest, ties_below=place.ticket_id)
        if asking.is_empty:
            return []
        cursor.execute(*asking.whole())
        return sorted((Place(*row) for row in cursor.fetchall()), key=_order, reverse=True)


def _tiers(query: Query, *, is_first_page: bool) -> list[tuple[int, Asked]]:
    """What to ask, best first.

    On the first page the second tier need not ask for what the first has not: what that has found is left out.
    """
    asked = question(query.terms)
    words = asked.any_word if query.is_any else asked.words
    if query.is_head_only:
        return [(1, words.within(asked.head) if asked.head else words)]
    if query.sort != "relevance" or not asked.head or query.is_any:
        return [(0, words)]
    return [(1, asked.in_head), (0, words if is_first_page else words.without(asked.head))]


def _order(hit: Place) -> tuple[int, int, int]:
    return hit.tier, hit.newest, hit.ticket_id


def _few(allowed: TicketQuerySet) -> list[int] | None:
    """The tickets that the filters leave over, if those are few."""
    numbers = list(allowed.order_by().values_list("pk", flat=True)[: FEW_TICKETS + 1])
    return numbers if len(numbers) <= FEW_TICKETS else None
