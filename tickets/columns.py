"""The columns of ticket lists: what each is called, how it is drawn, and whether a list can be sorted or grouped by it.

A saved view names columns by their keys, and so do the addresses of lists (`sort=-updated_at`). What draws a column is
`helpdesk.templatetags.cells`, by its `kind`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Case, F, IntegerField, TextChoices, Value, When
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.models import Priority, Status, Ticket, TicketType
from tickets.models.ticket import UNSOLVED
from tickets.paging import NEWEST, Key, Order, turned


@dataclass(frozen=True)
class Column:
    """`sort` empty: a list can't be sorted by it. `group` is the lookup of what tickets of one group share."""

    key: str
    label: str | Promise
    kind: str
    sort: tuple[Key, ...] = ()
    group: str = ""
    needs: tuple[str, ...] = ()  # relations to fetch with the tickets

    def group_of(self, ticket: Ticket) -> Any:
        """What tells the ticket's group from others, as the database would say it."""
        return attrgetter(self.group.replace("__", "."))(ticket)


def _rank(name: str, choices: type[TextChoices]) -> Key:
    """Choices compare as they stand in the workflow, not by their letters."""
    places = [When(**{name: value}, then=Value(place)) for place, value in enumerate(choices.values)]
    return Key(f"{name}_rank", int, Case(*places, default=Value(len(places)), output_field=IntegerField()))


def _name(path: str, *, nullable: bool = False) -> Key:
    return Key(f"{path.replace('__', '_')}_sorted", str, Lower(path), nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> tuple[Key]:
    return (Key(name, datetime, nullable=nullable),)


def _number(name: str) -> tuple[Key]:
    return (Key(name, int),)


ORGANISATION = "requester__organisation"
# Only while somebody does wait (`Ticket.is_waiting`), or what was solved long ago would stand before it.
WAITING = Key("waiting_since_sorted", datetime, Case(When(status__in=UNSOLVED, then=F("waiting_since"))), nullable=True)

COLUMNS = {
    column.key: column
    for column in (
        Column("number", _("Number"), "number", _number("pk")),
        Column("subject", _("Subject"), "subject", (_name("subject"),)),
        Column("requester", _("Requester"), "customer", (_name("requester__name"), *_number("requester_id")),
               "requester_id"),
        Column("organisation", _("Organisation"), "organisation",
               (_name(f"{ORGANISATION}__name", nullable=True),
                Key("organisation_id", int, F(ORGANISATION), nullable=True)),
               f"{ORGANISATION}_id", (ORGANISATION,)),
        Column("status", _("Status"), "status", (_rank("status", Status),), "status"),
        Column("priority", _("Priority"), "priority", (_rank("priority", Priority),), "priority"),
        Column("type", _("Type"), "type", (_rank("type", TicketType),), "type"),
        Column("assignee", _("Assignee"), "agent",
               (_name("assignee__name", nullable=True), Key("assignee_id", int, nullable=True)), "assignee_id"),
        Column("team", _("Team"), "team",
               (_name("team__name", nullable=True), Key("team_id", int, nullable=True)), "team_id", ("team",)),
        Column("inbox", _("Inbox"), "inbox", (_name("inbox__name"), *_number("inbox_id")), "inbox_id", ("inbox",)),
        Column("channel", _("Channel"), "channel", (Key("channel", str),), "channel"),
        Column("tags", _("Tags"), "tags"),
        Column("created_at", _("Created"), "moment", _moment("created_at", nullable=False)),
        Column("updated_at", _("Updated"), "moment", _moment("updated_at", nullable=False)),
        Column("due_at", _("Due"), "due", _moment("due_at")),
        Column("sla_due_at", _("Next target"), "sla", _moment("sla_due_at")),
        Column("solved_at", _("Solved"), "moment", _moment("solved_at")),
        Column("assigned_at", _("Assigned"), "moment", _moment("assigned_at")),
        Column("requester_updated_at", _("Last word of the customer"), "moment", _moment("requester_updated_at")),
        Column("assignee_updated_at", _("Last change by the assignee"), "moment", _moment("assignee_updated_at")),
        Column("waiting_since", _("Waiting since"), "waiting", (WAITING,)),
        Column("message_count", _("Messages"), "count", _number("message_count")),
        Column("reply_count", _("Replies"), "count", _number("reply_count")),
        Column("reopen_count", _("Reopened"), "count", _number("reopen_count")),
    )
}  # fmt: skip
DEFAULT_COLUMNS = ("status", "subject", "requester", "assignee", "priority", "tags", "updated_at")
DEFAULT_SORT = "-updated_at"
SORTABLE = {key: column for key, column in COLUMNS.items() if column.sort}
GROUPABLE = {key: column for key, column in COLUMNS.items() if column.group}


def is_sort(name: str) -> bool:
    return name.removeprefix("-") in SORTABLE


def is_group(name: str) -> bool:
    return name.removeprefix("-") in GROUPABLE


def order_by(sort: str = DEFAULT_SORT, group_by: str = "") -> Order:
    """The order of a list; of a grouped one within its groups. An unknown name counts as the default."""
    if not is_sort(sort):
        sort = DEFAULT_SORT
    if is_group(group_by):
        return Order.by(f"{sort}/{group_by}", _keys(sort), first=turned(_keys(group_by), group_by))
    return NEWEST if sort == DEFAULT_SORT else Order.by(sort, _keys(sort))


def _keys(name: str) -> tuple[Key, ...]:
    return SORTABLE[name.removeprefix("-")].sort


def columns_of(keys: Sequence[str]) -> list[Column]:
    """Those of `keys` that exist, in their order; where none is left, the usual ones."""
    known = [COLUMNS[key] for key in dict.fromkeys(keys) if key in COLUMNS]
    return known or [COLUMNS[key] for key in DEFAULT_COLUMNS]


def relations_of(columns: Iterable[Column]) -> list[str]:
    return sorted({relation for column in columns for relation in column.needs})
