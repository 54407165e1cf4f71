"""Automations: rules that fire when time has passed, to the minute, once for each time their conditions come true.

An appointment that is due is claimed with its ticket, looked at again and fired in one transaction, so a worker that is
killed leaves it as it was, and two workers, or two beats, never fire it twice. Whether the clock was set meanwhile
makes no difference: what counts is whether the conditions hold now and have been answered already.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from customers.actors import SYSTEM, Actor
from tickets.automation.appointments import HANDLED, plan, standing_with
from tickets.automation.moments import Course, facts_for_all, situation_at
from tickets.automation.running import fire
from tickets.automation.tracing import store, trace_of
from tickets.automation.triggers import MAX_DEPTH
from tickets.events import RulesStopped
from tickets.models import DueRule, DueState, Rule, Status, Ticket
from tickets.services import gesture
from tickets.services.gesture import Gesture

logger = logging.getLogger(__name__)

SLICE = 3.0  # seconds that one sweep goes on for; the next one, a few seconds later, takes up the rest
BATCH = 200
KEPT_FOR = timedelta(days=30)


def sweep(*, seconds: float = SLICE, clock: Callable[[], datetime] = timezone.now) -> int:
    """Keep the appointments that are due; how many rules fired. A ticket that is busy is left to the next sweep."""
    until, fired = monotonic() + seconds, 0
    last: tuple[datetime, int] | None = None
    while rows := _due(clock(), after=last):
        last = max((due_at, pk) for due_at, pk, _ticket in rows)
        for _due_at, pk, ticket_id in rows:
            fired += _keep_safely(pk, ticket_id, clock())
            if monotonic() > until:
                return fired
    return fired


def _due(now: datetime, *, after: tuple[datetime, int] | None) -> list[tuple[datetime, int, int]]:
    """What came true first comes first; of one moment, in the rules' order."""
    due = DueRule.objects.filter(state=DueState.WAITING, due_at__lte=now).order_by("due_at", "pk")
    if after:
        due = due.filter(Q(due_at=after[0], pk__gt=after[1]) | Q(due_at__gt=after[0]))
    rows = due.values_list("due_at", "rule__position", "rule_id", "pk", "ticket_id")[:BATCH]
    return [(due_at, pk, ticket_id) for due_at, _position, _rule, pk, ticket_id in sorted(rows)]


def _keep_safely(pk: int, ticket_id: int, now: datetime) -> bool:
    """One that fails is written down as failed, so that it does not stand in the way of the others for ever."""
    try:
        return keep(pk, ticket_id, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("The appointment %s of an automation with ticket %s failed", pk, ticket_id)
        DueRule.objects.filter(pk=pk, state=DueState.WAITING).update(state=DueState.FAILED, settled_at=now)
    return False


@transaction.atomic
def keep(pk: int, ticket_id: int, *, now: datetime) -> bool:
    """Look whether the rule's conditions hold, and fire; True when it fired. Another worker's ticket is left alone."""
    ticket = Ticket.objects.with_people().select_for_update(skip_locked=True, of=("self",)).filter(pk=ticket_id).first()
    if ticket is None:
        return False
    rows = DueRule.objects.select_related("rule").select_for_update(of=("self",))
    row = rows.filter(pk=pk, state=DueState.WAITING, due_at__lte=now).first()
    if row is None:
        return False
    course = _course(row, ticket, now)
    if course is None:
        return _settle(row, DueState.CANCELLED, now)
    if not course.holds or _is_handled(row, now):
        plan([ticket], now=now, rule_id=row.rule_id)
        return False
    row.true_until = course.true_until
    if row.depth >= MAX_DEPTH:
        return _stop(row, ticket, now)
    with gesture(ticket, actor=Actor.of_rule(row.rule), now=now, is_locked=True, depth=row.depth + 1) as running:
        _settle(row, DueState.FIRED, now)
        _trace(course, running, row.rule, fire(row.rule, running))
    if not running.events:  # then nothing that runs when a gesture ends has done this
        store([running])
        plan([ticket], now=now, rule_id=row.rule_id)
    return True


def _stop(row: DueRule, ticket: Ticket, now: datetime) -> bool:
    """Rules have caused each other too often: this one has had its turn."""
    with gesture(ticket, actor=SYSTEM, now=now, is_locked=True, depth=row.depth) as running:
        _settle(row, DueState.FAILED, now)
        running.record(RulesStopped("depth", [row.rule.title], row.depth))
    plan([ticket], now=now, depths={ticket.pk: row.depth}, rule_id=row.rule_id)
    return False


def _trace(course: Course, running: Gesture, rule: Rule, outcome: str) -> None:
    """What it saw, for the debugger: beside what triggers see when this gesture ends."""
    trace = trace_of(running)
    situation = situation_at(course.now, course.ticket, course.facts)
    trace.look(situation, course.asked.fields)
    trace.note(rule, [situation.holds(condition) for condition in course.asked.conditions], outcome)


def _course(row: DueRule, ticket: Ticket, now: datetime) -> Course | None:
    """How the rule's answer runs on; None when it is off, or the ticket closed."""
    (standing,) = standing_with([ticket], now=now, rule_id=row.rule_id)[ticket.pk] or (None,)
    asked = standing.asked if standing else None
    if asked is None or ticket.status == Status.CLOSED:
        return None
    return Course(asked, ticket, facts_for_all([ticket], [asked])[ticket.pk], now)


def _is_handled(row: DueRule, now: datetime) -> bool:
    """Whether it has fired already for the time for which the conditions hold now."""
    others = DueRule.objects.filter(rule=row.rule_id, ticket=row.ticket_id, state__in=HANDLED)
    return others.filter(Q(true_until=None) | Q(true_until__gt=now)).exists()


def _settle(row: DueRule, state: DueState, now: datetime) -> bool:
    row.state, row.settled_at = state, now
    row.save(update_fields=["state", "settled_at", "true_until"])
    return False


def forget_old(*, now: datetime, limit: int = 5000) -> int:
    """Rows that stand for nothing any more; the tickets' timelines keep what was done."""
    long_ago = now - KEPT_FOR
    gone = DueRule.objects.filter(Q(state=DueState.CANCELLED) | Q(true_until__lt=long_ago), settled_at__lt=long_ago)
    numbers = list(gone.exclude(state=DueState.WAITING).order_by("settled_at").values_list("pk", flat=True)[:limit])
    return DueRule.objects.filter(pk__in=numbers).delete()[0]
