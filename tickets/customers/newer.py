"""What came after a merge that is taken back goes to whom it came from: the address says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from customers.models import CustomerMerge, Identity
from customers.moving import Reference
from tickets.models import TicketCC

# Written since, by one who was then one person, from an address of the one who was merged.
MESSAGES = """
UPDATE tickets_message SET author_customer_id = %(merged)s
WHERE author_customer_id = %(survivor)s AND created_at >= %(since)s AND lower(from_address) = ANY(%(values)s)
RETURNING id
"""
# Everything the same gesture recorded was done by the same person.
EVENTS = """
UPDATE tickets_ticketevent e SET actor_customer_id = %(merged)s
FROM (SELECT DISTINCT ticket_id, gesture_id FROM tickets_ticketevent WHERE message_id = ANY(%(messages)s)) g
WHERE e.ticket_id = g.ticket_id AND e.gesture_id = g.gesture_id AND e.actor_customer_id = %(survivor)s
"""
# On a ticket that goes as a whole, what was not done with a message of the other one is theirs.
OPENINGS = """
UPDATE tickets_ticketevent e SET actor_customer_id = %(merged)s
WHERE e.ticket_id = ANY(%(numbers)s) AND e.actor_customer_id = %(survivor)s AND NOT EXISTS (
  SELECT FROM tickets_ticketevent o JOIN tickets_message m ON m.id = o.message_id
  WHERE o.ticket_id = e.ticket_id AND o.gesture_id = e.gesture_id AND m.author_customer_id = %(survivor)s
)
"""
# Opened since by a message from such an address; or by an agent with a message to one.
TICKETS = """
SELECT t.id FROM tickets_ticket t CROSS JOIN LATERAL (
  SELECT m.author_role, lower(m.from_address) AS sender, m."to" FROM tickets_message m
  WHERE m.ticket_id = t.id AND m.kind = 'public' ORDER BY m.id LIMIT 1
) f
WHERE t.requester_id = %(survivor)s AND t.created_at >= %(since)s
  AND CASE f.author_role WHEN '' THEN f.sender = ANY(%(values)s) ELSE f."to"::text[] && %(values)s END
ORDER BY t.id
"""


def tickets_since(merge: CustomerMerge) -> list[int]:
    """The numbers of tickets that would go with the merged customer, beside those that were theirs before."""
    with connection.cursor() as cursor:
        return _tickets(cursor, merge, _addresses(merge))


def give_back(merge: CustomerMerge) -> list[int]:
    """Tickets, messages and copies since the merge; the numbers of the tickets. The identities are back already."""
    values = _addresses(merge)
    names = {"survivor": merge.survivor_id, "merged": merge.merged_id}
    with connection.cursor() as cursor:
        numbers = _tickets(cursor, merge, values)
        cursor.execute("UPDATE tickets_ticket SET requester_id = %s WHERE id = ANY(%s)", [merge.merged_id, numbers])
        cursor.execute(MESSAGES, {**names, "since": merge.created_at, "values": values})
        cursor.execute(EVENTS, {**names, "messages": [row[0] for row in cursor.fetchall()]})
        cursor.execute(OPENINGS, {**names, "numbers": numbers})
    TicketCC.objects.filter(customer=merge.survivor_id, created_at__gte=merge.created_at, address__in=values).update(
        customer=merge.merged_id
    )
    return numbers


def _tickets(cursor: Any, merge: CustomerMerge, values: Sequence[str]) -> list[int]:
    cursor.execute(TICKETS, {"survivor": merge.survivor_id, "since": merge.created_at, "values": list(values)})
    return [row[0] for row in cursor.fetchall()]


def _addresses(merge: CustomerMerge) -> list[str]:
    """By which the merged customer is known: those that were moved, as far as nobody has moved them on."""
    moved = merge.moved.get("customers", {}).get(Reference(Identity, "customer").label, [])
    back = Identity.objects.filter(pk__in=moved, customer__in=[merge.survivor_id, merge.merged_id])
    return [value.lower() for value in back.values_list("value", flat=True)]
