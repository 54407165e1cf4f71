"""Automations' appointments with tickets: the rows that say when each looks at which, kept right by every gesture.

A row waits until `due_at`, the moment at which the rule's conditions will hold if nothing happens to the ticket. One
that has fired stands for the time for which they hold: as long as it stands, there is nothing new to fire for.

Whoever plans for one ticket holds its lock. Only tickets/automation/planning.py makes rows without it, and none that
would replace another; a row that is wrong for that reason is found out when it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from tickets.automation.moments import Course, Timed, facts_for_all, read
from tickets.conditions.problems import Invalid
from tickets.events import changes_lists
from tickets.models import DueRule, DueState, Status, Ticket, TicketEvent

HANDLED = (DueState.FIRED, DueState.SPARED, DueState.FAILED)
# What comes true sooner than any clock of an automation counts was caused by what has just happened.
AT_ONCE = timedelta(hours=1)

STANDING = """
SELECT r.id, r.conditions::text, w.id, w.due_at, w.depth, f.id, f.true_until
FROM tickets_rule r
LEFT JOIN tickets_duerule w ON w.rule_id = r.id AND w.ticket_id = %(ticket)s AND w.state = 'waiting'
LEFT JOIN LATERAL (
  SELECT h.id, h.true_until FROM tickets_duerule h
  WHERE h.ticket_id = %(ticket)s AND h.rule_id = r.id AND h.state IN ('fired', 'spared', 'failed')
    AND (h.true_until IS NULL OR h.true_until > %(now)s)
  ORDER BY h.id DESC LIMIT 1
) f ON TRUE
WHERE r.kind = 'automation' AND r.is_active AND r.deleted_at IS NULL AND (%(rule)s::bigint IS NULL OR r.id = %(rule)s)
ORDER BY r.id
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
        for pk, end in self.until:
            DueRule.objects.filter(pk=pk).update(true_until=end)
        make(self.make, now=now)


def keep_appointments(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: after each gesture the appointments of its ticket are what its facts say now."""
    if not any(changes_lists(event.kind, event.payload) for event in events):
        return
    plan(ticket, now=events[0].created_at, depth=max(event.cause_depth for event in events))


def plan(ticket: Ticket, *, now: datetime, depth: int = 0, rule_id: int | None = None) -> None:
    """Make the rows of `ticket`, which is locked, right; of all automations, or of one."""
    standings = standing_with(ticket, now=now, rule_id=rule_id)
    asked = {standing.rule_id: timed for standing in standings if (timed := standing.asked) is not None}
    if not asked:
        return
    if ticket.status == Status.CLOSED:
        closed(standings, now).write(now=now)
        return
    facts = facts_for_all([ticket], asked.values())[ticket.pk]
    changes = Changes()
    for standing in standings:
        if timed := asked.get(standing.rule_id):
            settle(standing, Course(timed, ticket, facts, now), ticket.pk, changes, depth=depth)
    changes.write(now=now)


def standing_with(ticket: Ticket, *, now: datetime, rule_id: int | None = None) -> list[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"ticket": ticket.pk, "now": now, "rule": rule_id})
        return [Standing(*row) for row in cursor.fetchall()]


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


def closed(standings: Iterable[Standing], now: datetime) -> Changes:
    """Nothing is ever done to a closed ticket."""
    return Changes(
        cancel=[standing.waiting_id for standing in standings if standing.waiting_id],
        until=[(standing.handled_id, now) for standing in standings if standing.handled_id],
    )


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
