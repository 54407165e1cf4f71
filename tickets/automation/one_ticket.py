"""A draft of a rule asked about one ticket as it is now: whether it applies, and what each condition sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.automation.evaluating import Asked, evaluate
from tickets.automation.explaining import Shown, of_verdict
from tickets.automation.moments import Draft
from tickets.automation.triggers import told_update
from tickets.conditions.asking import Asking
from tickets.conditions.facts import facts_for
from tickets.conditions.situation import Situation
from tickets.conditions.sources import OfUpdate
from tickets.conditions.tree import Tree
from tickets.models import Ticket, TicketEvent


@dataclass(frozen=True)
class Tried:
    ticket: Ticket
    holds: bool
    conditions: list[Shown]


def try_on(ticket: Ticket, kind: str, conditions: Tree, *, now: datetime) -> Tried:
    """As if the last thing that somebody did to `ticket` had just been done. Raises `Invalid`: see `parse`."""
    asked = Asked(Draft(conditions, kind))
    update = told_update(_last_gesture(ticket))
    asking = Asking(update.user, now, update.customer, of_rule=True)
    stored = [field for field in asked.fields if not isinstance(field.source, OfUpdate)]
    facts = facts_for([ticket], stored)[ticket.pk]
    verdict = evaluate(asked, Situation(ticket, facts, asking, update))
    return Tried(ticket, verdict.holds, of_verdict(verdict))


def _last_gesture(ticket: Ticket) -> Sequence[TicketEvent]:
    events = TicketEvent.objects.filter(ticket=ticket)
    last = events.filter(rule_id=None).order_by("-pk").values("gesture_id")[:1]
    told = events.filter(gesture_id__in=last)
    return list(told.select_related("message", "actor_user", "actor_customer").order_by("pk"))
