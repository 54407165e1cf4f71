"""Who wrote to us after all: what somebody read, searched and was offered in the 72 hours before their new ticket.

Rows of the help centre keep the ticket's number, so that "no ticket came of it" is known of each. A signed-in customer
is found by number, everybody else by the visitor number of the browser that sent the form (knowledge_base/visitors.py)
and of browsers in which the same customer was signed in. Who reads in one browser, without signing in, and then writes
a mail is nobody we could know: docs/contact-forms.md says so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import connection

from knowledge_base.offering import DECIDED_AFTER
from tickets.models import Ticket, TicketEvent

WITHIN: Final[timedelta] = DECIDED_AFTER
READ: Final = ("view", "search", "offer", "vote")
# One statement, since every new ticket asks it: by indexes, and with nothing found it takes no time.
_OF_CUSTOMER = " UNION ".join(
    f"SELECT visitor FROM knowledge_base_{table} WHERE customer_id = %(customer)s AND at > %(since)s"  # noqa: S608
    for table in READ
)
_UPDATE = """of_{table} AS (
  UPDATE knowledge_base_{table} SET ticket = %(ticket)s WHERE id IN (
    SELECT id FROM knowledge_base_{table} WHERE customer_id = %(customer)s AND at > %(since)s AND at <= %(now)s
    UNION SELECT r.id FROM visitors v JOIN knowledge_base_{table} r ON r.visitor = v.visitor
      WHERE r.at > %(since)s AND r.at <= %(now)s AND (r.customer_id IS NULL OR r.customer_id = %(customer)s)
  ) AND ticket IS NULL RETURNING 1
)"""
LINK = f"""
WITH visitors AS (
  SELECT DISTINCT visitor FROM (
    SELECT visitor FROM tickets_contactrequest WHERE ticket_id = %(ticket)s UNION {_OF_CUSTOMER}
  ) known WHERE visitor <> ''
),
{", ".join(_UPDATE.format(table=table) for table in READ)}
SELECT {" + ".join(f"(SELECT count(*) FROM of_{table})" for table in READ)}
"""  # noqa: S608 names of our own tables


def link_readers(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: only a ticket that its customer opened says that reading was not enough."""
    for event in events:
        if event.kind == "ticket.opened" and event.actor_kind == "customer":
            link(ticket, event)


def link(ticket: Ticket, event: TicketEvent) -> int:
    """How many rows are the ticket's now."""
    known: dict[str, Any] = {
        "ticket": ticket.pk,
        "customer": ticket.requester_id,
        "since": event.created_at - WITHIN,
        "now": event.created_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(LINK, known)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
