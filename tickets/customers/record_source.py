"""What happened to the record itself: changes, identities, merges; and what the customer allowed us."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from customers.consent import ConsentChanged
from customers.models.consent import ConsentSource, ContactChannel, Purpose
from customers.policies import may_see_customers
from customers.timeline import LINES, Happened, line_of
from helpdesk.accounts.models import User
from tickets.customers.sources import CONSENTS, RECORD, Arm, Kind, Source, Told, register
from tickets.policies import may_enter

ICONS = {
    "record.created": "user-plus",
    "note.added": "sticky-note",
    "record.merged": "git-merge",
    ConsentChanged.kind: "shield-check",
}
# Kinds by their first word. The others with a source of their own are told there.
IS_CONSENT = "split_part(x.kind, '.', 1) = 'consent'"
# What changed in a field that only those who answer customers may see (customers.policies.may_see_field). Of a field
# that was deleted nobody knows any more whether it was internal.
IS_INTERNAL = """(x.kind = 'record.changed' AND starts_with(x.payload ->> 'field', 'custom_fields.') AND (
  x.payload ->> 'field' IN (SELECT 'custom_fields.' || f.key FROM customers_customfield f WHERE f.is_internal)
  OR x.payload ->> 'field' NOT IN (SELECT 'custom_fields.' || f.key FROM customers_customfield f)
))"""
IS_RECORD = "split_part(x.kind, '.', 1) NOT IN ('consent', 'order', 'account_action')"
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


def _consented(happened: Happened) -> str:
    payload = happened.payload
    known = {
        "purpose": Purpose(payload["purpose"]).label,
        "channel": ContactChannel(payload["channel"]).label,
        "how": ConsentSource(payload["source"]).label,
    }
    if payload["is_given"]:
        return _("Allowed: %(purpose)s, %(channel)s (%(how)s)") % known
    return _("Not allowed: %(purpose)s, %(channel)s (%(how)s)") % known


def register_sources() -> None:
    LINES[ConsentChanged.kind] = _consented
    told: list[tuple[str, Kind, str, Callable[[User], bool]]] = [
        ("record", RECORD, f"{IS_RECORD} AND NOT {IS_INTERNAL}", may_see_customers),
        ("recordinternal", RECORD, IS_INTERNAL, may_enter),
        ("consent", CONSENTS, IS_CONSENT, may_see_customers),
    ]
    for name, kind, where, seen_by in told:
        arms = [Arm("customer_id", where=where), Arm("organisation_id", "organisation", where)]
        register(
            Source(name, kind, "customers_recordevent", at="created_at", arms=arms, read=recorded, seen_by=seen_by)
        )
