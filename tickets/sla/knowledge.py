"""What clocks need to know besides the ticket: policies in force, hours, and what was remembered. One statement.

Policies and calendars are kept in the process. The statement brings the version of each of their rows (`xmin`, the
transaction that wrote it last, and `ctid`, its place, for what one transaction writes twice), so that a change anywhere
is seen by the very next gesture.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import connection

from helpdesk.accounts import working_hours
from tickets.conditions import Field, Invalid
from tickets.conditions.scopes import SLA
from tickets.conditions.tree import Group, parse
from tickets.models import Revision, RevisionOf, SlaPolicy, Ticket
from tickets.sla.hours import WorkingHours
from tickets.sla.terms import Terms, read_terms

ASK = """
SELECT (SELECT string_agg(p.id || '.' || p.xmin || p.ctid::text, ' ' ORDER BY p.id) FROM tickets_slapolicy p),
       (SELECT string_agg(c.id || '.' || c.xmin || c.ctid::text, ' ' ORDER BY c.id) FROM accounts_calendar c),
       (SELECT json_object_agg(m.ticket_id, m.data) FROM tickets_slamemory m WHERE m.ticket_id = ANY(%s)),
       (SELECT json_object_agg(i.customer_id, u.id) FROM customers_identity i
          JOIN accounts_user u ON lower(u.email) = i.value WHERE i.kind = 'email' AND i.customer_id = ANY(%s))
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Policy:
    """One that is switched on, in its place. `filter` says which tickets it is for."""

    terms: Terms
    filter: Group


@dataclass
class Shelf:
    """The policies as of one stamp, first match first, and every revision that was asked for."""

    policies: Sequence[Policy] = ()
    fields: Sequence[Field] = ()  # what their filters ask for
    terms: dict[tuple[int, int], Terms] = field(default_factory=dict)

    def find(self, policy_id: int | None, revision: int) -> Terms | None:
        """The terms of that revision; None where nobody knows them any more."""
        if policy_id is None:
            return None
        key = policy_id, revision
        if key not in self.terms:
            kept = Revision.objects.filter(of=RevisionOf.SLA_POLICY, object_id=policy_id, number=revision).first()
            if kept is None:
                return Terms(policy_id, revision)  # promises nothing, and still says what it was
            self.terms[key] = read_terms(policy_id, revision, kept.data)
        return self.terms[key]


@dataclass(frozen=True)
class Knowledge:
    shelf: Shelf
    hours: WorkingHours
    memories: Mapping[int, dict[str, Any]]
    staff: Mapping[int, int]  # customer → user, for requesters who work here

    @property
    def is_empty(self) -> bool:
        return not self.shelf.policies and not self.memories


_shelf: tuple[str, Shelf] = ("", Shelf())
_hours: tuple[str | None, WorkingHours] | None = None


def known_of(tickets: Iterable[Ticket]) -> Knowledge:
    tickets = list(tickets)
    numbers, requesters = [it.pk for it in tickets], [it.requester_id for it in tickets]
    with connection.cursor() as cursor:
        cursor.execute(ASK, [numbers, requesters])
        policies, calendars, memories, staff = cursor.fetchone() or (None,) * 4
    remembered = {int(number): data for number, data in (memories or {}).items()}
    people = {int(customer): user for customer, user in (staff or {}).items()}
    return Knowledge(_shelf_of(policies or ""), _hours_of(calendars), remembered, people)


def _shelf_of(stamp: str) -> Shelf:
    global _shelf  # one for a process
    if _shelf[0] != stamp:
        _shelf = stamp, read_shelf()
    return _shelf[1]


def _hours_of(stamp: str | None) -> WorkingHours:
    global _hours  # one for a process
    if _hours is None or _hours[0] != stamp:
        _hours = stamp, WorkingHours(working_hours.book())
    return _hours[1]


def read_shelf() -> Shelf:
    shelf = Shelf()
    rows = list(SlaPolicy.objects.order_by("position", "pk"))
    for row in rows:
        shelf.terms[row.pk, row.revision] = terms_of(row)
    in_force = [row for row in rows if row.is_active and row.deleted_at is None]
    shelf.policies = [
        Policy(shelf.terms[row.pk, row.revision], group) for row in in_force if (group := filter_of(row)) is not None
    ]
    shelf.fields = fields_of(shelf.policies)
    return shelf


def fields_of(policies: Iterable[Policy]) -> list[Field]:
    asked = [condition.field for policy in policies for condition in policy.filter.conditions()]
    return list({field.key: field for field in asked}.values())


def filter_of(policy: SlaPolicy) -> Group | None:
    """None for one whose filter can't be read any more: it applies to nothing, and the others go on."""
    try:
        return parse(policy.conditions, SLA)
    except Invalid as invalid:
        logger.warning("The SLA policy %s applies to nothing: %s", policy.pk, invalid)
        return None


def terms_of(policy: SlaPolicy) -> Terms:
    fields = ("title", "targets", "settings", "calendar_id")
    return read_terms(policy.pk, policy.revision, {name: getattr(policy, name) for name in fields})


SHOWN_FOR = 30.0  # seconds; what a page shows may be as old as that, what is promised never is
_shown: tuple[float, WorkingHours] | None = None


def hours_to_show() -> WorkingHours:
    """For drawing: a page of tickets asks no statement of its own, but now and then."""
    return hours_of_now() if _shown is None or monotonic() > _shown[0] else _shown[1]


def hours_of_now() -> WorkingHours:
    """The same, read anew; what this process draws from here on goes by it, too."""
    global _shown  # one for a process
    hours = WorkingHours(working_hours.book())
    _shown = monotonic() + SHOWN_FOR, hours
    return hours
