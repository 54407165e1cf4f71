"""The rows of a list, with no more than it shows of each ticket.

They are plain: a hundred model instances (tickets and their people) took three times as long to make as to draw. The
standard views in their usual order, which is what most lists are, are read by hand-written statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from helpdesk.accounts.models import User
from tickets.models import Status, Ticket
from tickets.models.ticket import UNSOLVED, TicketQuerySet
from tickets.paging import NEWEST, PAGE_SIZE, Order, Page


class Row(NamedTuple):
    """The names are those of a queryset's values."""

    pk: int
    subject: str
    status: str
    priority: str
    channel: str
    updated_at: datetime
    waiting_since: datetime | None
    message_count: int
    preview: str
    sla_due_at: datetime | None
    sla_metric: str
    sla_state: str
    sla_calendar_id: int | None
    requester_id: int
    requester__name: str
    assignee__name: str | None
    assignee__email: str | None

    @property
    def is_waiting(self) -> bool:
        """As `Ticket.is_waiting` has it."""
        return self.waiting_since is not None and self.status in UNSOLVED

    @classmethod
    def of(cls, ticket: Ticket) -> Row:
        who, whose = ticket.requester, ticket.assignee
        own = (getattr(ticket, name) for name in cls._fields[:OWN])
        return cls._make((*own, who.name, whose.name if whose else None, whose.email if whose else None))


OWN = Row._fields.index("requester__name")


def page_of_rows(tickets: TicketQuerySet, after: str, order: Order) -> Page[Row]:
    """As `paging.page_of`, without making models of what is found."""
    wanted = order.from_place(tickets, order.place_of(after))
    keys = [key.name for key in order.keys]
    found = list(wanted.values_list(*Row._fields, *keys)[: PAGE_SIZE + 1])
    width = len(Row._fields)
    rows = [Row._make(values[:width]) for values in found[:PAGE_SIZE]]
    return Page(rows, order.cursor(found[PAGE_SIZE - 1][width:]) if len(found) > PAGE_SIZE else "")


def _any_of(statuses: Sequence[Status]) -> str:
    return "t.status IN ({})".format(", ".join(f"'{status}'" for status in statuses))


# What `queue.tickets_in` says: a test holds the two together. Statuses are written out, so that PostgreSQL keeps a plan
# that uses the partial index.
STANDARD = {
    "mine": f"{_any_of(UNSOLVED)} AND t.assignee_id = %(user)s",
    "unassigned": f"{_any_of(UNSOLVED)} AND t.assignee_id IS NULL",
    "open": _any_of([Status.NEW, Status.OPEN]),
    "pending": _any_of([Status.PENDING, Status.HOLD]),
    "all": "true",
    "solved": _any_of([Status.SOLVED, Status.CLOSED]),
}
NEWEST_FIRST = """
SELECT t.id, {own}, r.name, a.name, a.email
FROM tickets_ticket t JOIN customers_customer r ON r.id = t.requester_id
  LEFT JOIN accounts_user a ON a.id = t.assignee_id
WHERE {condition} AND (t.team_id IS NULL OR NOT t.team_id = ANY(%(hidden)s)) {behind}
ORDER BY t.updated_at DESC, t.id DESC LIMIT %(most)s
"""
OWN_COLUMNS = ", ".join(f"t.{name}" for name in Row._fields[1:OWN])
BEHIND = "AND (t.updated_at, t.id) < (%(moment)s, %(number)s)"


def standard_page(view: str, user: User, after: str) -> Page[Row]:
    """A page of one of the views in `STANDARD`, newest first."""
    if not user.is_active:
        return Page([], "")
    place = NEWEST.place_of(after)
    sql = NEWEST_FIRST.format(own=OWN_COLUMNS, condition=STANDARD[view], behind=BEHIND if place else "")
    asked: dict[str, Any] = {"user": user.pk, "hidden": user.hidden_team_ids, "most": PAGE_SIZE + 1}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked | dict(zip(("moment", "number"), place or (), strict=False)))
        rows = [Row._make(values) for values in cursor.fetchall()]
    shown: list[Row] = rows[:PAGE_SIZE]
    return Page(shown, NEWEST.cursor_of(shown[-1]) if len(rows) > PAGE_SIZE else "")


def is_standard(view: str, order: Order) -> bool:
    return view in STANDARD and order is NEWEST
