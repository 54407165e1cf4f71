"""What a list's address asks for: `/agent/?view=v12&filter={…}&sort=-priority&group=team&after=…`, read in one place.

`q=…` keeps to what the search box finds. The page, its live fragments, the ticket beside its list, bulk edit and the
next ticket all read the address through `list_query`, so that they mean the same tickets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.columns import GROUPABLE, Column, columns_of, is_group, is_sort, order_by, relations_of
from tickets.conditions import Invalid, Problem, as_q, check, problems
from tickets.listed import Row, is_standard, page_of_rows, standard_page
from tickets.models import Ticket, ViewLayout
from tickets.models.ticket import TicketQuerySet
from tickets.paging import Order, Page, page_of
from tickets.queue import DEFAULT_VIEW, VIEWS, View, tickets_in
from tickets.search.finding import in_time, tickets_of
from tickets.search.parsing import SearchError, one_line, parse
from tickets.shelf import find_view

LONGEST_FILTER = 8000
COUNTED_IN_GROUPS = 5000


@dataclass(frozen=True)
class ListQuery:
    """One list of tickets for one person. `sort`, `group_by` and `layout` are the view's own where none was asked."""

    user: User
    view: View
    filter: dict[str, Any]
    sort: str
    group_by: str
    layout: str
    search: str = ""  # what was typed into the search box, for a list of what it finds
    after: str = ""
    now: datetime = field(default_factory=timezone.now)
    refused: tuple[Problem, ...] = ()  # why the filter of the address can't be read: then the list is empty

    @property
    def title(self) -> str | Promise:
        return self.view.title

    @cached_property
    def tickets(self) -> TicketQuerySet:
        """All of them, in no order; none at all where a condition can't be read, rather than too many."""
        if self.refused:
            return Ticket.objects.none()
        tickets = tickets_in(self.view.slug, self.user)
        try:
            for tree in (self.view.conditions, self.filter):
                if tree:
                    tickets = tickets.filter(as_q(tree, user=self.user, now=self.now))
        except Invalid:  # a saved view whose field is gone; `broken` says which
            return Ticket.objects.none()
        if self.search:
            found = tickets_of(parse(self.search, self.user), self.user, now=self.now)
            tickets = tickets.filter(pk__in=found.values("pk"))
        return tickets

    @property
    def sorted_tickets(self) -> TicketQuerySet:
        """In the list's order, from its beginning."""
        return self.order.sort(self.tickets)

    @property
    def order(self) -> Order:
        return order_by(self.sort, self.group_by)

    @property
    def columns(self) -> list[Column]:
        return columns_of(self.view.columns)

    @property
    def group(self) -> Column | None:
        return GROUPABLE.get(self.group_by.removeprefix("-"))

    def page(self) -> Page[Ticket] | Page[Row]:
        """Raises `SearchError` where what is searched for takes too long to put in order."""
        with in_time() if self.search else nullcontext():
            return self._page()

    def _page(self) -> Page[Ticket] | Page[Row]:
        if self.layout == ViewLayout.TABLE or self.group:
            shown = [*(self.columns if self.layout == ViewLayout.TABLE else []), *([self.group] if self.group else [])]
            return page_of(self.tickets.select_related(*relations_of(shown)), self.after, order=self.order)
        if not (self.refused or self.filter or self.search) and is_standard(self.view.slug, self.order):
            return standard_page(self.view.slug, self.user, self.after)
        return page_of_rows(self.tickets, self.after, self.order)

    def group_counts(self) -> dict[Any, int]:
        """How many tickets each group holds, by the group's value; nothing for lists too long to be counted."""
        if not self.group:
            return {}
        few = self.tickets.order_by().values("pk")[: COUNTED_IN_GROUPS + 1]
        groups = Ticket.objects.filter(pk__in=few).order_by().values_list(self.group.group).annotate(Count("pk"))
        counts = dict(groups)
        return counts if sum(counts.values()) <= COUNTED_IN_GROUPS else {}

    @cached_property
    def broken(self) -> list[Problem]:
        """What the saved view names that is no longer there."""
        return problems(self.view.conditions) if self.view.conditions else []

    @property
    def url_params(self) -> dict[str, str]:
        """What an address needs to ask for the same list; what the view says by itself is left out."""
        asked = {
            "q": self.search,
            "filter": json.dumps(self.filter, separators=(",", ":"), ensure_ascii=False) if self.filter else "",
            "sort": self.sort if self.sort != self.view.sort else "",
            "group": (self.group_by or "none") if self.group_by != self.view.group_by else "",
            "layout": self.layout if self.layout != self.view.layout else "",
        }
        return {"view": self.view.slug, **{name: value for name, value in asked.items() if value}}

    def query(self, **changes: Any) -> str:
        """The list's address after the `?`, with `changes`; an empty one takes a parameter out."""
        params = {name: value for name, value in {**self.url_params, **changes}.items() if value}
        return urlencode(params)


def list_query(request: HttpRequest) -> ListQuery | None:
    """The list that a request asks for; None where its saved view is gone or was never the reader's to see."""
    return read_list(request.GET, cast(User, request.user))


def read_list(params: Mapping[str, Any], user: User, *, now: datetime | None = None) -> ListQuery | None:
    """The same for parameters that came another way: in a form, or kept in a job."""
    slug = str(params.get("view") or DEFAULT_VIEW)
    view = find_view(slug, user)
    if view is None:
        if slug.startswith("v") and slug[1:].isdecimal():
            return None
        view = VIEWS[DEFAULT_VIEW]
    tree, refused = read_filter(str(params.get("filter") or ""))
    search, not_searched = read_search(str(params.get("q") or ""), user)
    sort, group, layout = (str(params.get(name) or "") for name in ("sort", "group", "layout"))
    return ListQuery(
        user=user,
        view=view,
        filter=tree,
        sort=sort if is_sort(sort) else view.sort,
        group_by=group if is_group(group) else "" if group == "none" else view.group_by,
        layout=layout if layout in ViewLayout.values else view.layout,
        search=search,
        after=str(params.get("after") or ""),
        now=now or timezone.now(),
        refused=(*refused, *not_searched),
    )


def standard_list(slug: str, user: User) -> ListQuery:
    view = VIEWS[slug]
    return ListQuery(user, view, {}, view.sort, view.group_by, view.layout)


def read_search(text: str, user: User) -> tuple[str, list[Problem]]:
    """What an address searches for, in one line, or why nothing can be searched for so."""
    try:
        return (one_line(text), []) if not parse(text, user).is_empty else ("", [])
    except SearchError as error:
        return "", [Problem(path="", field="", reason=str(error))]


def read_filter(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """The condition tree in an address, or why it can't be read."""
    if not text:
        return {}, []
    if len(text) > LONGEST_FILTER:
        return {}, [Problem(path="", field="", reason=_("This filter is too long. Save it as a view."))]
    try:
        tree = check(json.loads(text))
    except (ValueError, RecursionError):
        return {}, [Problem(path="", field="", reason=_("The filter in this address can’t be read."))]
    except Invalid as error:
        return {}, list(error.problems)
    return dict(tree), []
