"""Automations' appointments with tickets: the rows that say when each looks at which, kept right by every gesture.

A row waits until `due_at`, the moment at which the rule's conditions will hold if nothing happens to the ticket. One
that has fired stands for the time for which they hold: as long as it stands, there is nothing new to fire for.

Whoever plans for one ticket holds its lock. Only tickets/automation/planning.py makes rows without it, and none that
would replace another; a row that is wrong for that reason is found out when it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from django.db import connection

from tickets.automation.moments import Course, Timed, facts_for_all, read
from tickets.conditions.problems import Invalid
from tickets.events import changes_lists
from tickets.models import DueRule, DueState, Status, Ticket
from tickets.services.consuming import Together, Told

HANDLED = (DueState.FIRED, DueState.SPARED, DueState.FAILED)
# What comes true sooner than any clock of an automation counts was caused by what has just happened.
AT_ONCE = timedelta(hours=1)

STANDING = """
SELECT t.id, r.id, r.conditions::text, w.id, w.due_at, w.depth, f.id, f.true_until
FROM tickets_rule r CROSS JOIN unnest(%(tickets)s::bigint[]) AS t (id)
LEFT JOIN tickets_duerule w ON w.rule_id = r.id AND w.ticket_id = t.id AND w.state = 'waiting'
LEFT JOIN LATERAL (
  SELECT h.id, h.true_until FROM tickets_duerule h
  WHERE h.ticket_id = t.id AND h.rule_id = r.id AND h.state IN ('fired', 'spared', 'failed')
    AND (h.true_until IS NULL OR h.true_until > %(now)s)
  ORDER BY h.id DESC LIMIT 1
) f ON TRUE
WHERE r.kind = 'automation' AND r.is_active AND r.deleted_at IS NULL AND (%(rule)s::bigint IS NULL OR r.id = %(rule)s)
ORDER BY t.id, r.id
"""
END = """
UPDATE tickets_duerule d SET true_until = new.true_until
FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (id, true_until) WHERE d.id = new.id
"""


@dataclass(frozen=True)
class Standing:
    """An automation, its waiting row with a ticket, and the one that stands for the time for which it holds."""

    rule_id: int
    conditions: str
    waiting_id: int | None = None
    due_at: datetime | None = None
    depth: int = 0
    handled_id: int | None = None
    true_until: datetime | None = None

    @property
    def asked(self) -> Timed | None:
        """None where the rule can't be asked any more; planning has written down why."""
        try:
            return read(self.conditions)
        except Invalid:
            return None


@dataclass(frozen=True)
class Appointment:
    rule_id: int
    ticket_id: int
    due_at: datetime
    became_true_at: datetime
    depth: int = 0


@dataclass
class Changes:
    """What has to be written so that the rows are right."""

    make: list[Appointment] = field(default_factory=list)
    cancel: list[int] = field(default_factory=list)
    until: list[tuple[int, datetime | None]] = field(default_factory=list)  # row that stands, its new end

    def write(self, *, now: datetime) -> None:
        if self.cancel:
            DueRule.objects.filter(pk__in=self.cancel, state=DueState.WAITING).update(
                state=DueState.CANCELLED, settled_at=now
            )
        if self.until:
            with connection.cursor() as cursor:
                cursor.execute(END, [list(column) for column in zip(*self.until, strict=True)])
        make(self.make, now=now)


@Together
def keep_appointments(told: Told) -> None:
    """Event consumer: after each gesture the appointments of its ticket are what its facts say now."""
    updated = [
        (ticket, events) for ticket, events in told if any(changes_lists(event.kind, event.payload) for event in events)
    ]
    if updated:
        depths = {ticket.pk: max(event.cause_depth for event in events) for ticket, events in updated}
        plan([ticket for ticket, _events in updated], now=updated[0][1][0].created_at, depths=depths)


def plan(
    tickets: Sequence[Ticket], *, now: datetime, depths: Mapping[int, int] | None = None, rule_id: int | None = None
) -> None:
    """Make the rows of `tickets`, which are locked, right; of all automations, or of one.

    `depths`: how many rules led to what was done to each of them, by number.
    """
    changes = Changes()
    standing = standing_with(tickets, now=now, rule_id=rule_id)
    asked = {each.rule_id: timed for each in chain(*standing.values()) if (timed := each.asked) is not None}
    going_on = [ticket for ticket in tickets if ticket.status != Status.CLOSED]
    facts = facts_for_all(going_on, asked.values()) if asked and going_on else {}
    for ticket in tickets if asked else ():
        if ticket.status == Status.CLOSED:
            close(standing[ticket.pk], changes, now=now)
            continue
        for each in standing[ticket.pk]:
            if timed := asked.get(each.rule_id):
                course = Course(timed, ticket, facts[ticket.pk], now)
                settle(each, course, ticket.pk, changes, depth=(depths or {}).get(ticket.pk, 0))
    changes.write(now=now)


def standing_with(tickets: Sequence[Ticket], *, now: datetime, rule_id: int | None = None) -> dict[int, list[Standing]]:
    """By the number of the ticket."""
    found: dict[int, list[Standing]] = {ticket.pk: [] for ticket in tickets}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"tickets": list(found), "now": now, "rule": rule_id})
        for number, *standing in cursor.fetchall():
            found[number].append(Standing(*standing))
    return found


def settle(standing: Standing, course: Course, ticket_id: int, changes: Changes, *, depth: int = 0) -> None:
    """What `course` asks for, added to `changes`: an appointment for the next time at which the conditions hold."""
    now = course.now
    if course.holds and standing.handled_id is None:
        if standing.due_at is None or standing.due_at > now:  # it has come true just now
            changes.make.append(Appointment(standing.rule_id, ticket_id, now, now, depth))
        return
    if standing.handled_id is not None:
        end = course.true_until if course.holds else now
        if end != standing.true_until:
            changes.until.append((standing.handled_id, end))
    following = course.next_true_at or course.look_again_at
    if following is None:
        if standing.waiting_id is not None:
            changes.cancel.append(standing.waiting_id)
    elif following != standing.due_at:
        caused = depth if following - now < AT_ONCE else 0
        changes.make.append(Appointment(standing.rule_id, ticket_id, following, following, caused))


def close(standings: Iterable[Standing], changes: Changes, *, now: datetime) -> None:
    """Nothing is ever done to a closed ticket."""
    for standing in standings:
        if standing.waiting_id:
            changes.cancel.append(standing.waiting_id)
        if standing.handled_id:
            changes.until.append((standing.handled_id, now))


def make(appointments: Sequence[Appointment], *, now: datetime, replacing: bool = True) -> int:
    """Write the rows, each in the place of the one that waits, or only where none does; how many were written."""
    if not appointments:
        return 0
    rows = ", ".join(["(%s, %s, %s, %s, %s, 'waiting', %s)"] * len(appointments))
    moved = "due_at = excluded.due_at, became_true_at = excluded.became_true_at, depth = excluded.depth"
    conflict = f"UPDATE SET {moved}" if replacing else "NOTHING"
    sql = (
        "INSERT INTO tickets_duerule (rule_id, ticket_id, due_at, became_true_at, depth, state, created_at) "  # noqa: S608 our own words
        f"VALUES {rows} ON CONFLICT (rule_id, ticket_id) WHERE state = 'waiting' DO {conflict}"
    )
    values = [
        value
        for it in appointments
        for value in (it.rule_id, it.ticket_id, it.due_at, it.became_true_at, it.depth, now)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
