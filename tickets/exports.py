"""Lists as tables: tickets, customers and organisations as the address of the list means them, row by row.

What somebody may not see is not in it: lists are asked through the same queries as the pages. Each export is written
down (ListExport) before its first row leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.fields import fields_of
from customers.fields import said as said_field
from customers.models import Customer, CustomField, FieldOf, IdentityKind, ListExport, Organisation
from helpdesk.accounts.models import User
from helpdesk.lib.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, csv_bytes, xlsx_bytes
from tickets.models import Ticket

AT_ONCE = 1000  # rows that are fetched together
FORMATS: dict[str, tuple[str, Callable[[Iterable[Sequence[Cell]]], Iterator[bytes]]]] = {
    "csv": (CSV_TYPE, csv_bytes),
    "xlsx": (XLSX_TYPE, xlsx_bytes),
}


@dataclass(frozen=True)
class Table:
    """`what` names it in the file and in the audit."""

    what: str
    head: list[str]
    rows: Iterable[Sequence[Cell]]


def answer(table: Table, user: User, *, format: str, query: str) -> StreamingHttpResponse:
    """The table as a download, made while it is sent."""
    media_type, write = FORMATS[format]
    taken = ListExport.objects.create(
        user=user, user_name=str(user)[:200], what=table.what, query=query[:4000], format=format
    )
    response = StreamingHttpResponse(_spoken(write(_counted(table, taken)), user), content_type=media_type)
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{table.what}-{day}.{format}"'
    response["Cache-Control"] = "no-store"
    return response


def _counted(table: Table, taken: ListExport) -> Iterator[Sequence[Cell]]:
    yield table.head
    count = 0
    for row in table.rows:
        count += 1
        yield row
    ListExport.objects.filter(pk=taken.pk).update(rows=count)


def _spoken(pieces: Iterator[bytes], user: User) -> Iterator[bytes]:
    """In the language and hours of who asked: by now their request is answered, and nobody's are set."""
    while True:
        with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def ticket_table(tickets: QuerySet[Ticket]) -> Table:
    head = [
        _("Number"), _("Subject"), _("Status"), _("Priority"), _("Type"), _("Requester"), _("Organisation"),
        _("Assignee"), _("Team"), _("Tags"), _("Channel"), _("Inbox"), _("Created"), _("Updated"), _("Solved"),
        _("Due"), _("Messages"),
    ]  # fmt: skip
    needed = tickets.select_related("requester__organisation", "assignee", "team", "inbox")
    return Table("tickets", head, map(_ticket, needed.iterator(AT_ONCE)))


def _ticket(ticket: Ticket) -> Sequence[Cell]:
    return [
        ticket.pk, ticket.subject, ticket.get_status_display(), ticket.get_priority_display(),
        ticket.get_type_display(), str(ticket.requester), str(ticket.requester.organisation or ""),
        str(ticket.assignee or ""), str(ticket.team or ""), ", ".join(ticket.tags), ticket.get_channel_display(),
        str(ticket.inbox), _moment(ticket.created_at), _moment(ticket.updated_at), _moment(ticket.solved_at),
        _moment(ticket.due_at), ticket.message_count,
    ]  # fmt: skip


def customer_table(customers: QuerySet[Customer], user: User) -> Table:
    """Its columns are named as an import knows them: what was taken out can be changed and brought back."""
    custom = fields_of(FieldOf.CUSTOMER, user)
    head = [
        _("Number"), _("Name"), _("E-mail"), _("Phone"), _("External id"), _("Other addresses"), _("Organisation"),
        _("Tags"), _("Tier"), _("Account type"), _("Language"), _("Time zone"), _("Location"), _("Owner"),
        _("Created"), _("Updated"), *(field.title for field in custom),
    ]  # fmt: skip
    needed = customers.select_related("organisation", "owner").prefetch_related("identities")
    return Table("customers", head, (_customer(one, custom) for one in needed.iterator(AT_ONCE)))


def _customer(customer: Customer, custom: Sequence[CustomField]) -> Sequence[Cell]:
    known: dict[str, list[str]] = {}
    for identity in customer.identities.all():
        known.setdefault(identity.kind, []).append(identity.value)
    first = [known.get(kind, [""]).pop(0) for kind in (IdentityKind.EMAIL, IdentityKind.PHONE, IdentityKind.EXTERNAL)]
    others = ", ".join(value for values in known.values() for value in values if value)
    return [
        customer.pk, customer.name, *first, others, str(customer.organisation or ""), ", ".join(customer.tags),
        customer.tier, customer.account_type, customer.language, customer.time_zone, customer.location,
        customer.owner.email if customer.owner else "", _moment(customer.created_at), _moment(customer.updated_at),
        *_custom(customer, custom),
    ]  # fmt: skip


def organisation_table(organisations: QuerySet[Organisation], user: User) -> Table:
    custom = fields_of(FieldOf.ORGANISATION, user)
    head = [
        _("Number"), _("Name"), _("Domains"), _("External id"), _("Parent company"), _("Tags"), _("Tier"),
        _("Account type"), _("Owner"), _("Created"), _("Updated"), *(field.title for field in custom),
    ]  # fmt: skip
    needed = organisations.select_related("parent", "owner")
    return Table("organisations", head, (_organisation(one, custom) for one in needed.iterator(AT_ONCE)))


def _organisation(organisation: Organisation, custom: Sequence[CustomField]) -> Sequence[Cell]:
    return [
        organisation.pk, organisation.name, " ".join(organisation.domains), organisation.external_id or "",
        str(organisation.parent or ""), ", ".join(organisation.tags), organisation.tier, organisation.account_type,
        organisation.owner.email if organisation.owner else "", _moment(organisation.created_at),
        _moment(organisation.updated_at), *_custom(organisation, custom),
    ]  # fmt: skip


def _custom(record: Customer | Organisation, custom: Sequence[CustomField]) -> list[str]:
    values: dict[str, Any] = record.custom_fields
    return [said_field(field, values.get(field.key)) for field in custom]


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i") if moment else ""
