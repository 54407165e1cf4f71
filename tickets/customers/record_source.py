"""What happened to the record itself: changes, identities, merges; and what the customer allowed us."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from customers.consent import ConsentChanged
from customers.timeline import Happened, line_of
from tickets.customers.sources import CONSENTS, RECORD, Arm, Source, Told, register

ICONS = {"record.created": "user-plus", ConsentChanged.kind: "shield-check"}
RECORDED = """
SELECT e.id, e.kind, e.payload::text, e.actor_name, coalesce(c.name, o.name), e.organisation_id IS NOT NULL,
  e.created_at
FROM customers_recordevent e LEFT JOIN customers_customer c ON c.id = e.customer_id
  LEFT JOIN customers_organisation o ON o.id = e.organisation_id
WHERE e.id = ANY(%s)
"""


def recorded(ids: Sequence[int]) -> dict[int, Told]:
    with connection.cursor() as cursor:
        cursor.execute(RECORDED, [list(ids)])
        found = {
            number: Happened(kind, json.loads(payload), *facts) for number, kind, payload, *facts in cursor.fetchall()
        }
    return {
        number: Told(line=line_of(one), icon=ICONS.get(one.kind, "user"), whose=one.subject)
        for number, one in found.items()
    }


def register_sources() -> None:
    is_consent = f"x.kind = '{ConsentChanged.kind}'"
    # Orders and what was done with them are a source of their own (helpdesk.integrations.account_actions.sources).
    is_record = f"NOT {is_consent} AND NOT starts_with(x.kind, 'order.') AND NOT starts_with(x.kind, 'account_action.')"
    for name, kind, where in (("record", RECORD, is_record), ("consent", CONSENTS, is_consent)):
        arms = [Arm("customer_id", where=where), Arm("organisation_id", "organisation", where)]
        register(Source(name, kind, "customers_recordevent", at="created_at", arms=arms, read=recorded))
