"""What the list of customers is asked for, read in one place: `/customers/?q=…&filter={…}&segment=12&sort=name`.

The page, the count beside it and an export read the address through `asked`, so that they mean the same customers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Identity, Segment
from helpdesk.accounts.models import User
from helpdesk.lib.typed import whole_number
from tickets.conditions import Invalid, Problem, as_q, check
from tickets.conditions.scopes import CUSTOMER
from tickets.customers.finding import find
from tickets.customers.orders import NEWEST, ORDERS, ByFit, Order
from tickets.customers.segments import asks_for, broken, hidden_keys, shown_to
from tickets.models import Ticket
from tickets.models.ticket import UNSOLVED

PAGE_SIZE = 50
LONGEST_FILTER, LONGEST_TEXT = 8000, 120
SORTS: Mapping[str, str | Promise] = {
    NEWEST: gettext_lazy("Newest first"), "created": gettext_lazy("Oldest first"), "name": gettext_lazy("Name"),
    "-name": gettext_lazy("Name, from Z to A"), "-contact": gettext_lazy("Last contact"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A customer as the list shows it."""

    customer: Customer
    open_tickets: int
    last_contact: datetime | None

    @property
    def identity(self) -> Identity | None:
        """The one they are best known by: verified before claimed, older before newer."""
        known = list(self.customer.identities.all())
        return next((one for one in known if one.is_verified), known[0] if known else None)


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    after: str  # cursor of the next page, empty on the last one


@dataclass(frozen=True)
class Asked:
    """One list of customers for one person."""

    user: User
    text: str = ""
    filter: dict[str, Any] = field(default_factory=dict)
    segment: Segment | None = None
    sort: str = ""
    after: str = ""
    now: datetime = field(default_factory=timezone.now)
    refused: tuple[Problem, ...] = ()  # why the filter can't be asked: then the list is empty

    @cached_property
    def customers(self) -> QuerySet[Customer]:
        """All of them in no order; none where a condition can't be asked, rather than too many."""
        if self.refused:
            return Customer.objects.none()
        found = Customer.objects.current()
        if self.text:
            found = found.filter(pk__in=self.hits)
        for tree in (self.segment.conditions if self.segment else {}, self.filter):
            if tree:
                found = found.filter(as_q(tree, user=self.user, now=self.now, scope=CUSTOMER))
        return found

    @cached_property
    def hits(self) -> list[int]:
        return find(self.text)

    @property
    def order(self) -> Order:
        """What is searched for comes by how well it fits, unless an order was asked for."""
        return ByFit(self.hits) if self.text and not self.sort else ORDERS[self.sort or NEWEST]

    def page(self) -> Page:
        customers, after = self.order.page(
            self.customers.select_related("organisation", "owner"), self.after, PAGE_SIZE
        )
        return Page(with_tickets(customers, self.user), after)

    @property
    def url_params(self) -> dict[str, str]:
        asked = {
            "q": self.text,
            "segment": str(self.segment.pk) if self.segment else "",
            "filter": json.dumps(self.filter, separators=(",", ":"), ensure_ascii=False) if self.filter else "",
            "sort": self.sort,
        }
        return {name: value for name, value in asked.items() if value}

    def query(self, **changes: Any) -> str:
        """The list's address after the `?`, with `changes`; an empty one takes a parameter out."""
        return urlencode({name: value for name, value in {**self.url_params, **changes}.items() if value})


def query(request: HttpRequest) -> QuerySet[Customer]:
    """All customers that the address of a list means, in its order: for an export, or whatever takes them all."""
    wanted = asked(request)
    return wanted.order.sort(wanted.customers)


def asked(request: HttpRequest) -> Asked:
    return read(request.GET, cast(User, request.user))


def read(params: Mapping[str, Any], user: User, *, now: datetime | None = None) -> Asked:
    """The same for parameters that came another way: in a form, or kept in a job."""
    now = now or timezone.now()
    tree, refused = _read_filter(str(params.get("filter", "")), user)
    segment = _segment(str(params.get("segment", "")), user)
    if params.get("segment") and segment is None:
        refused = (*refused, Problem("", "", _("This segment was deleted, or it belongs to somebody else.")))
    if segment:
        refused = (*refused, *broken(segment))
    text = " ".join(str(params.get("q", "")).replace("\0", " ").split())[:LONGEST_TEXT]
    sort = str(params.get("sort", ""))
    return Asked(
        user, text, tree, segment, sort if sort in SORTS else "", str(params.get("after", "")), now, tuple(refused)
    )


def with_tickets(customers: Sequence[Customer], user: User) -> list[Row]:
    """With their open tickets that count for `user` and when they wrote last: one statement for all of them."""
    numbers = (
        Ticket.objects.told_to(user).filter(requester__in=[customer.pk for customer in customers])
        .order_by().values("requester")
        .annotate(open=Count("pk", filter=Q(status__in=UNSOLVED)), last=Max("requester_updated_at"))
    )  # fmt: skip
    known = {row["requester"]: row for row in numbers} if customers else {}
    none: dict[str, Any] = {"open": 0, "last": None}
    rows = [(customer, known.get(customer.pk, none)) for customer in customers]
    return [Row(customer, row["open"], row["last"]) for customer, row in rows]


def _read_filter(text: str, user: User) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    if not text:
        return {}, ()
    if len(text) > LONGEST_FILTER:
        return {}, (Problem("", "", _("This filter is too long for an address. Save it as a segment.")),)
    try:
        asked_for = json.loads(text)
        if asks_for(asked_for, hidden_keys(user)):
            return {}, (Problem("", "", _("There is no such field.")),)
        return check(asked_for, CUSTOMER), ()
    except Invalid as error:
        return {}, tuple(error.problems)
    except (ValueError, RecursionError):
        return {}, (Problem("", "", _("The conditions are no JSON that can be read.")),)


def _segment(text: str, user: User) -> Segment | None:
    number = whole_number(text)
    found = Segment.objects.visible_to(user).filter(pk=number or 0)
    return next(iter(shown_to(user, found)), None)
