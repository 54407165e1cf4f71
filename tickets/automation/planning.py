"""Appointments with the tickets that were there before an automation was made, changed or switched on.

A pass goes through the tickets in batches, a transaction each, and locks none that has no appointment yet. It begins
when every transaction that may not know the rule has ended: from then on each gesture plans for its own ticket, so that
the pass can miss none, whatever happens meanwhile. It needs no call: what was planned is compared with the rule.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from hashlib import blake2b
from operator import and_, or_
from time import monotonic

from django.db import connection, transaction
from django.db.models import Q

from tickets.automation.appointments import (
    HANDLED,
    Appointment,
    Changes,
    Standing,
    make,
    settle,
    standing_with,
)
from tickets.automation.moments import Course, Timed, facts_for_all, moves, needs_value, read
from tickets.automation.soundness import stored_problem
from tickets.conditions.asking import Asking
from tickets.conditions.problems import Invalid
from tickets.conditions.sources import EVERYTHING, NOTHING, OfUpdate
from tickets.conditions.tree import Condition, Node
from tickets.models import DuePlan, DueRule, DueState, Rule, RuleKind, Status, Ticket

BATCH = 500
SLICE = 2.0  # seconds of planning in one task
# No gesture lasts so long; another program's transaction may, in another database of the same server.
PATIENCE = timedelta(minutes=5)
# What changes without a gesture on the ticket, as its customer's organisation, is noticed by the next pass.
AGAIN_AFTER = timedelta(days=1)


def plan_all(*, now: datetime, seconds: float = SLICE) -> bool:
    """Work on the passes that are not finished for so long; True when there is more to do."""
    until = monotonic() + seconds
    for rule in unplanned(now=now):
        while step(rule, now=now):
            if monotonic() > until:
                return True
    return False


def spare_existing(rule: Rule) -> None:
    """A rule that has just been made: tickets for which it holds already are left alone until it holds anew.

    One that is off spares them when it is switched on.
    """
    DuePlan.objects.update_or_create(rule=rule, defaults={"spares_existing": True, "finished_at": None})


def plan_again(calendar: object) -> None:
    """Hours have changed (settings.HOURS_CHANGED): what was worked out by them may be due earlier now."""
    DuePlan.objects.exclude(conditions="").update(finished_at=None, barrier=0)


def unplanned(*, now: datetime) -> list[Rule]:
    """Automations with tickets that have no appointment yet, or one too many."""
    rules = Rule.objects.filter(kind=RuleKind.AUTOMATION).select_related("plan").order_by("position", "pk")
    return [rule for rule in rules if _is_unplanned(rule, now)]


def _is_unplanned(rule: Rule, now: datetime) -> bool:
    plan: DuePlan | None = getattr(rule, "plan", None)
    if plan is None or plan.conditions != digest(rule) or plan.finished_at is None:
        return plan is not None or _runs(rule)
    return _runs(rule) and plan.finished_at < now - AGAIN_AFTER


def _runs(rule: Rule) -> bool:
    return rule.is_active and rule.deleted_at is None


def digest(rule: Rule) -> str:
    """Of what its appointments depend on; empty while it is off."""
    text = json.dumps(rule.conditions, sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest() if _runs(rule) else ""


@transaction.atomic
def step(rule: Rule, *, now: datetime) -> bool:
    """The next batch of the rule's pass; False when it is finished, must wait, or another worker has it."""
    DuePlan.objects.get_or_create(rule=rule)
    plan = DuePlan.objects.select_for_update(skip_locked=True).filter(rule=rule).first()
    if plan is None:
        return False
    rule = Rule.objects.get(pk=rule.pk)
    if plan.conditions != digest(rule) or not plan.barrier or (plan.finished_at and _is_unplanned(rule, now)):
        plan.conditions, plan.last_ticket_id, plan.barrier = digest(rule), 0, _this_transaction()
        plan.began_at, plan.finished_at = now, None
        plan.save()
        return True
    if plan.finished_at or not (_has_passed(plan.barrier) or plan.began_at < now - PATIENCE):
        return False
    is_done = _plan_batch(rule, plan, now) if _runs(rule) else _settle_batch(rule, now)
    plan.finished_at = now if is_done else None
    plan.spares_existing = plan.spares_existing and not (is_done and _runs(rule))
    plan.save()
    return not is_done


def _this_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def _has_passed(barrier: int) -> bool:
    """Whether every transaction older than this one has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [barrier])
        return bool(cursor.fetchone()[0])


def _plan_batch(rule: Rule, plan: DuePlan, now: datetime) -> bool:
    """Appointments with the next tickets that the rule could ever match; True when they were the last."""
    try:
        timed = read(json.dumps(rule.conditions))
    except Invalid:
        Rule.objects.filter(pk=rule.pk).update(problem=stored_problem(rule.kind, rule.conditions, rule.actions))
        return True
    candidates = Ticket.objects.exclude(status=Status.CLOSED).filter(
        possible(timed.group, Asking(None, now, of_rule=True))
    )
    tickets = list(candidates.filter(pk__gt=plan.last_ticket_id).with_people().order_by("pk")[:BATCH])
    if tickets:
        plan.last_ticket_id = tickets[-1].pk
        known = set(DueRule.objects.filter(rule=rule, ticket__in=tickets).values_list("ticket_id", flat=True))
        _plan_new(rule, timed, [it for it in tickets if it.pk not in known], plan, now)
        _plan_known(rule, timed, known, now)
    return len(tickets) < BATCH


def _plan_new(rule: Rule, timed: Timed, tickets: Sequence[Ticket], plan: DuePlan, now: datetime) -> None:
    """Without a lock: a gesture that runs meanwhile makes its own row, which is kept."""
    facts = facts_for_all(tickets, [timed])
    appointments, spared = [], []
    for ticket in tickets:
        course = Course(timed, ticket, facts[ticket.pk], now)
        if course.holds and plan.spares_existing:
            spared.append(_spared(rule, ticket, course, now))
        due_at = now if course.holds and not plan.spares_existing else course.next_true_at or course.look_again_at
        if due_at:
            since = course.became_true_at if due_at == now else None
            appointments.append(Appointment(rule.pk, ticket.pk, due_at, since or due_at))
    DueRule.objects.bulk_create(spared)
    make(appointments, now=now, replacing=False)


def _spared(rule: Rule, ticket: Ticket, course: Course, now: datetime) -> DueRule:
    return DueRule(
        rule=rule,
        ticket=ticket,
        state=DueState.SPARED,
        due_at=now,
        became_true_at=course.became_true_at or now,
        true_until=course.true_until,
        settled_at=now,
        created_at=now,
    )


def _plan_known(rule: Rule, timed: Timed, numbers: set[int], now: datetime) -> None:
    """Tickets that have met the rule before, under their locks; one that is busy is planned by its own gesture."""
    locked = Ticket.objects.with_people().select_for_update(skip_locked=True, of=("self",))
    tickets = list(locked.filter(pk__in=numbers).order_by("pk")) if numbers else []
    facts = facts_for_all(tickets, [timed]) if tickets else {}
    standings = standing_with(tickets, now=now, rule_id=rule.pk)
    changes = Changes()
    for ticket in tickets:
        course = Course(timed, ticket, facts[ticket.pk], now)
        for standing in standings[ticket.pk]:
            settle(_resumed(standing, ticket, course), course, ticket.pk, changes)
    changes.write(now=now)


def _resumed(standing: Standing, ticket: Ticket, course: Course) -> Standing:
    """With the row that fired before the rule was off, if nothing says that its conditions have come true since."""
    if not course.holds or standing.handled_id is not None:
        return standing
    rows = DueRule.objects.filter(rule=standing.rule_id, ticket=ticket, state__in=HANDLED).order_by("-pk")
    last, since = rows.first(), course.became_true_at
    if last is None or last.settled_at is None or (since and since > last.settled_at):
        return standing
    return Standing(
        standing.rule_id,
        standing.conditions,
        standing.waiting_id,
        standing.due_at,
        standing.depth,
        last.pk,
        last.true_until,
    )


def _settle_batch(rule: Rule, now: datetime) -> bool:
    """The rule is off: what waits is cancelled, and nobody watches any more how long its conditions hold."""
    rows = DueRule.objects.filter(rule=rule).select_for_update(skip_locked=True).order_by("pk")
    waiting = Q(state=DueState.WAITING)
    standing = Q(state__in=HANDLED) & (Q(true_until=None) | Q(true_until__gt=now))
    cancelled = DueRule.objects.filter(pk__in=list(rows.filter(waiting).values_list("pk", flat=True)[:BATCH]))
    cancelled.update(state=DueState.CANCELLED, settled_at=now)
    ended = DueRule.objects.filter(pk__in=list(rows.filter(standing).values_list("pk", flat=True)[:BATCH]))
    ended.update(true_until=now)
    return not DueRule.objects.filter(waiting | standing, rule=rule).exists()


def possible(node: Node, asking: Asking, *, holds: bool = True) -> Q:
    """Tickets for which the answer could be `holds` at some time, as `moments.could_be` says of one."""
    if isinstance(node, Condition):
        if not moves(node):
            is_stored = not isinstance(node.field.source, OfUpdate)
            return node.field.q(node.operator, node.value, asking, holds=holds) if is_stored else EVERYTHING
        return node.field.source.present() if needs_value(node) and holds else EVERYTHING
    every = [possible(child, asking, holds=holds) for child in node.all]
    every += [possible(child, asking, holds=not holds) for child in node.none]
    some = [possible(child, asking, holds=holds) for child in node.any]
    if holds:
        return reduce(and_, [*every, *([reduce(or_, some)] if some else [])] or [EVERYTHING])
    return reduce(or_, [*every, *([reduce(and_, some)] if some else [])] or [NOTHING])
