"""The one place where an event's words are changed: they are append-only, but for the words of a person that must go.

Kinds, times, order and who of the staff acted are never touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connection

from tickets.models import TicketEvent

PAYLOADS = """
UPDATE tickets_ticketevent e SET payload = n.payload
FROM unnest(%s::bigint[], %s::jsonb[]) AS n (id, payload) WHERE e.id = n.id
"""
NAMES = "UPDATE tickets_ticketevent SET actor_name = %s WHERE ticket_id = ANY(%s) AND actor_customer_id = %s"


def reword_events(numbers: Collection[int], change: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> int:
    """Give each event of these tickets what `change(kind, payload)` makes of its payload; how many were changed."""
    changed: dict[int, str] = {}
    for pk, kind, payload in TicketEvent.objects.filter(ticket__in=numbers).values_list("pk", "kind", "payload"):
        reworded = change(kind, payload)
        if reworded != payload:
            changed[pk] = json.dumps(reworded)
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(PAYLOADS, [list(changed), list(changed.values())])
    return len(changed)


def rename_actor(numbers: Collection[int], customer: int, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [name, list(numbers), customer])
