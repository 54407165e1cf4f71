"""A search from end to end, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from helpdesk.accounts.models import User
from helpdesk.lib.marking import Marker
from tickets.models import Ticket
from tickets.search.excerpts import Excerpt, excerpts, marker_of
from tickets.search.finding import COUNT_CAP, Found, find
from tickets.search.parsing import Query, SearchError, parse
from tickets.search.people import FoundCustomer, customers_for
from tickets.search.rows import Row, rows_of
from tickets.search.typos import Correction, correct


@dataclass(frozen=True)
class Results:
    query: Query = field(default_factory=lambda: Query(""))
    error: str = ""  # what was typed can't be searched for
    numbered: Row | None = None  # the ticket whose number is all that was typed
    tickets: Sequence[Row] = ()
    excerpts: Mapping[int, Excerpt] = field(default_factory=dict)
    marker: Marker = field(default_factory=lambda: Marker(()))
    customers: Sequence[FoundCustomer] = ()
    correction: Correction | None = None  # these are the results of other words
    count: int | None = None
    after: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.tickets or self.customers or self.numbered)

    @property
    def count_is_more(self) -> bool:
        return self.count is not None and self.count >= COUNT_CAP

    @property
    def has_several_words(self) -> bool:
        return len(self.query.positive) > 1


def search(text: str, user: User, *, after: str = "", is_exact: bool = False, is_any: bool = False) -> Results:
    """A page of what `user` may see. Unless `is_exact`, words that nobody ever wrote are read as their neighbours."""
    try:
        query = replace(parse(text, user), is_any=is_any)
        if query.is_empty:
            return Results(query)
        correction, found = _find(query, user, after, is_exact=is_exact)
    except SearchError as error:
        return Results(Query(text), error=str(error))
    query = correction.query if correction else query
    marker = marker_of(query.terms)
    numbered = None if after else _numbered(query, user)
    return Results(
        query=query,
        numbered=numbered,
        tickets=[ticket for ticket in found.tickets if ticket != numbered],
        excerpts=excerpts(found.tickets, marker),
        marker=marker,
        customers=[] if after else customers_for(query),
        correction=correction,
        count=found.count,
        after=found.after,
    )


def _find(query: Query, user: User, after: str, *, is_exact: bool) -> tuple[Correction | None, Found]:
    if "ticket" not in query.kinds:
        return None, Found([])
    found = find(query, user, after)
    if found.tickets or is_exact or not query.positive:
        return None, found
    correction = correct(query)
    if correction and (other := find(correction.query, user, after)).tickets:
        return correction, other
    return None, found


def _numbered(query: Query, user: User) -> Row | None:
    if query.number is None or query.number > 2**63 - 1:
        return None
    visible = Ticket.objects.visible_to(user).filter(pk=query.number)
    return next(iter(rows_of(visible.values_list("pk", flat=True))), None)
