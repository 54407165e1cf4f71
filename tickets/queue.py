"""The standard views of the queue: what each holds, a page of it by keyset, and their bounded counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.models import Status, Ticket
from tickets.models.ticket import TicketQuerySet

PAGE_SIZE = 50
COUNT_CAP = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class View:
    slug: str
    title: str | Promise
    icon: str
    key: str
    empty_title: str | Promise
    empty_text: str | Promise


VIEWS = {
    view.slug: view
    for view in (
        View("mine", _("Your tickets"), "inbox", "g i", _("You’re all caught up"),
             _("Tickets assigned to you will appear here. Pick one from Unassigned to keep going.")),
        View("unassigned", _("Unassigned"), "user-x", "g u", _("Nobody is waiting for an owner"),
             _("New mail lands here until somebody takes it.")),
        View("open", _("Open"), "circle-dot", "g o", _("Nothing is open"),
             _("New and open tickets of the whole team appear here.")),
        View("pending", _("Pending"), "clock", "g p", _("Nothing is pending"),
             _("Tickets that wait for a customer or for somebody else appear here.")),
        View("all", _("All tickets"), "layers", "g a", _("No tickets yet"),
             _("Send a mail to one of your inboxes and it appears here within a second.")),
        View("solved", _("Recently solved"), "circle-check", "g s", _("Nothing solved yet"),
             _("What you solve is kept here, newest first.")),
    )
}  # fmt: skip
DEFAULT_VIEW = "unassigned"


def tickets_in(view: str, user: User) -> TicketQuerySet:
    """What `view` holds for `user`, in no order. Each condition has a partial index of its own."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    match view:
        case "mine":
            return tickets.unsolved().filter(assignee=user)
        case "unassigned":
            return tickets.unsolved().filter(assignee=None)
        case "open":
            return tickets.filter(status__in=[Status.NEW, Status.OPEN])
        case "pending":
            return tickets.filter(status__in=[Status.PENDING, Status.HOLD])
        case "solved":
            return tickets.filter(status__in=[Status.SOLVED, Status.CLOSED])
    return tickets


@dataclass(frozen=True)
class Page:
    tickets: list[Ticket]
    after: str  # cursor of the next page, empty on the last one


def page_of(tickets: TicketQuerySet, after: str = "", size: int = PAGE_SIZE) -> Page:
    """The `size` newest tickets that come after the cursor; a cursor we did not make counts as none."""
    if place := read_cursor(after):
        moment, pk = place
        tickets = tickets.filter(Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=pk))
        # The index is walked from here; the condition above alone would start at its beginning.
        tickets = tickets.filter(updated_at__lte=moment)
    rows = list(tickets.select_related("requester", "assignee").order_by("-updated_at", "-pk")[: size + 1])
    return Page(rows[:size], cursor_of(rows[size - 1]) if len(rows) > size else "")


def cursor_of(ticket: Ticket) -> str:
    return f"{(ticket.updated_at - _EPOCH) // timedelta(microseconds=1)}-{ticket.pk}"


def read_cursor(cursor: str) -> tuple[datetime, int] | None:
    moment, _dash, pk = cursor.partition("-")
    if not (moment.isdecimal() and pk.isdecimal()) or len(moment) > 17 or len(pk) > 18:
        return None
    return _EPOCH + timedelta(microseconds=int(moment)), int(pk)


def counts(user: User) -> dict[str, int]:
    """How many tickets each view holds, `COUNT_CAP` meaning that or more: one statement, never a full count."""
    sql, params = _counting(user, tuple(user.hidden_team_ids))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return dict(zip(VIEWS, row or (), strict=True))


@lru_cache(maxsize=512)
def _counting(user: User, hidden_team_ids: tuple[int, ...]) -> tuple[str, list[Any]]:
    """The statement for `counts`. Compiling six querysets takes longer than running them, and it is on every page."""
    parts: list[str] = []
    params: list[Any] = []
    for view in VIEWS:
        rows = tickets_in(view, user).order_by().values("pk")[:COUNT_CAP]
        sql, values = rows.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS v_{view})")  # noqa: S608 our own SQL, values stay parameters
        params.extend(values)
    return f"SELECT {', '.join(parts)}", params
