"""Two customers become one, or two again: their tickets, messages and copies follow.

In bulk and past the services: nothing happened to the tickets, only to whom they belong. So no rule runs, no webhook
is told, and the history of each stays as long as it was; the record of the customer says what was done.
What waits to be sent keeps the address it was rendered for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer, CustomerMerge
from customers.moving import Reference, move, move_back, references
from customers.signals import (
    customer_merged,
    customer_unmerged,
    customers_changing_hands,
    merge_foreseen,
    unmerge_foreseen,
)
from tickets.customers import newer
from tickets.models import CcState, Ticket, TicketCC
from tickets.realtime import customer_topic, publish, ticket_topic
from tickets.search.indexing import index_tickets

NAME = "tickets"  # under which a merge keeps what was moved
REQUESTER = "tickets.Ticket.requester"
STAYING: frozenset[str] = frozenset()  # columns that name a customer and stay with the merged record
INDEXED_AT_ONCE = 200  # tickets; more are found under the new name after some seconds
TOLD = 500  # tickets whose open pages are told


def listen() -> None:
    uid = "tickets.customers.merging"
    customers_changing_hands.connect(_lock_all, dispatch_uid=uid)
    customer_merged.connect(_merged, dispatch_uid=uid)
    customer_unmerged.connect(_unmerged, dispatch_uid=uid)
    merge_foreseen.connect(_merge_foreseen, dispatch_uid=uid)
    unmerge_foreseen.connect(_unmerge_foreseen, dispatch_uid=uid)


def moving_references() -> list[Reference]:
    return [each for each in references("tickets") if each.label not in STAYING]


def _lock_all(sender: object, *, ids: list[int], **kwargs: Any) -> None:
    _lock(Ticket.objects.filter(requester_id__in=ids).values_list("pk", flat=True))


def _merged(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    old, new = merge.merged_id, merge.survivor_id
    _lock(Ticket.objects.filter(requester_id=old).values_list("pk", flat=True))
    dropped = _drop_double_copies(old, new)
    rows = {each.label: move(each, old, new) for each in moving_references()}
    if any(rows.values()) or not merge.moved:  # a worker that follows seldom finds anything
        _show(rows[REQUESTER], old, new)
    return NAME, {"rows": rows, "dropped_copies": dropped}


def _unmerged(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    moved = merge.moved.get(NAME, {})
    old, new = merge.survivor_id, merge.merged_id
    rows = moved.get("rows", {})
    _lock(rows.get(REQUESTER, ()))
    back = {each.label: move_back(each, rows.get(each.label, ()), old=old, new=new) for each in moving_references()}
    _put_back_copies(moved.get("dropped_copies", ()))
    since = newer.give_back(merge)
    _show([*back[REQUESTER], *since], old, new)
    return NAME, {"back": len(back[REQUESTER]), "newer": len(since)}


def _lock(numbers: Iterable[int]) -> None:
    """In the order of their ids, as whoever locks several tickets does."""
    list(Ticket.objects.filter(pk__in=list(numbers)).order_by("pk").select_for_update(no_key=True).values_list("pk"))


# Who is in copy with one address and asks, or is in copy, with another would hear everything twice.
DOUBLE_COPIES = """
DELETE FROM tickets_ticketcc c WHERE c.customer_id = %(old)s AND (
  EXISTS (SELECT FROM tickets_ticket t WHERE t.id = c.ticket_id AND t.requester_id = %(new)s)
  OR EXISTS (
    SELECT FROM tickets_ticketcc o WHERE o.ticket_id = c.ticket_id AND o.customer_id = %(new)s AND o.state = %(cc)s
  )
) RETURNING id, ticket_id, customer_id, address, state, created_at
"""
# The survivor too may be in copy on what the other one asked.
OWN_COPIES = """
DELETE FROM tickets_ticketcc c USING tickets_ticket t
WHERE c.customer_id = %(new)s AND t.id = c.ticket_id AND t.requester_id = %(old)s
RETURNING c.id, c.ticket_id, c.customer_id, c.address, c.state, c.created_at
"""


def _drop_double_copies(old: int, new: int) -> list[dict[str, Any]]:
    dropped = []
    with connection.cursor() as cursor:
        for statement in (DOUBLE_COPIES, OWN_COPIES):
            cursor.execute(statement, {"old": old, "new": new, "cc": CcState.CC})
            dropped += cursor.fetchall()
    names = ("id", "ticket_id", "customer_id", "address", "state")
    return [{**dict(zip(names, row, strict=False)), "created_at": row[-1].isoformat()} for row in sorted(dropped)]


def _put_back_copies(dropped: Iterable[dict[str, Any]]) -> None:
    there = set(Ticket.objects.filter(pk__in={row["ticket_id"] for row in dropped}).values_list("pk", flat=True))
    copies = [
        TicketCC(**{**row, "created_at": parse_datetime(row["created_at"])})
        for row in dropped
        if row["ticket_id"] in there
    ]
    TicketCC.objects.bulk_create(copies, ignore_conflicts=True)


def _show(numbers: list[int], old: int, new: int) -> None:
    """Let searches and open pages know the new name: a trigger of the database has noted all of them for the search."""
    if 0 < len(numbers) <= INDEXED_AT_ONCE:
        index_tickets(numbers)
    topics = [customer_topic(old), customer_topic(new), *map(ticket_topic, sorted(numbers)[-TOLD:])]
    if numbers:
        topics.append("queue")
    transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))


def _merge_foreseen(sender: object, *, customer: Customer, **kwargs: Any) -> list[str]:
    tickets = Ticket.objects.filter(requester=customer).count()
    copies = TicketCC.objects.filter(customer=customer).count()
    return [
        ngettext("%(count)s ticket", "%(count)s tickets", tickets) % {"count": tickets},
        *([ngettext("in copy on %(count)s ticket", "in copy on %(count)s tickets", copies) % {"count": copies}]
          if copies else []),
    ]  # fmt: skip


def _unmerge_foreseen(sender: object, *, merge: CustomerMerge, **kwargs: Any) -> list[str]:
    moved = merge.moved.get(NAME, {}).get("rows", {}).get(REQUESTER, [])
    back = Ticket.objects.filter(pk__in=moved, requester_id=merge.survivor_id).count()
    since = len(newer.tickets_since(merge))
    said = [ngettext("%(count)s ticket goes back.", "%(count)s tickets go back.", back) % {"count": back}]
    if since:
        said.append(
            ngettext(
                "%(count)s ticket that came since was written from an address that goes back, and goes with it.",
                "%(count)s tickets that came since were written from an address that goes back, and go with it.",
                since,
            )
            % {"count": since}
        )
    if stays := len(moved) - back:
        said.append(
            ngettext(
                "%(count)s ticket belongs to somebody else by now and stays there.",
                "%(count)s tickets belong to somebody else by now and stay there.",
                stays,
            )
            % {"count": stays}
        )
    return [*said, _("Mail that waits to be sent keeps its address.")]
