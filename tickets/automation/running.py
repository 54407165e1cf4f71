"""Letting one rule do what it does, inside the gesture that made it run: all of its actions, or none of them."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

from customers.actors import Actor
from tickets import services
from tickets.automation.actions import bind
from tickets.automation.kinds import Gone
from tickets.automation.rule_set import note_problem
from tickets.automation.tracing import CLOSED, FAILED, FIRED, UNCHANGED
from tickets.events import RuleFailed, RuleFired
from tickets.models import Rule
from tickets.models.ticket import ForbiddenMove
from tickets.services.gesture import Gesture

logger = logging.getLogger(__name__)


def fire(rule: Rule, g: Gesture) -> str:
    """Make the changes of `rule`; returns the outcome (see tracing.OUTCOMES), and never raises for a rule's mistake.

    What was so already is not on the timeline: the debugger alone tells that the rule ran.
    A rule that can't do one thing does nothing: `rule.failed` is on the timeline then, and the gesture goes on. What it
    names being gone is for every ticket the same: it is switched off, and says why.
    """
    actor = Actor.of_rule(rule, behind=g.actor)
    begins = len(g.events)
    try:
        with g.attempt(), g.acting_as(actor, deeper=int(g.actor.rule_id != rule.pk)):
            for change in bind(rule.actions, actor=actor):
                change(g.ticket)
            changes = [event.kind for event in g.events[begins:]]
            if not changes:
                return UNCHANGED
            g.record(RuleFired(rule.title, rule.kind, rule.revision, changes), at=begins)
    except (OperationalError, InterfaceError):  # the database's trouble, not the rule's
        raise
    except services.TicketClosed:
        return CLOSED
    except Exception as error:
        _note_failure(rule, g, actor, error)
        return FAILED
    return FIRED


def _note_failure(rule: Rule, g: Gesture, actor: Actor, error: Exception) -> None:
    is_gone = isinstance(error, Gone)
    if is_gone:
        note_problem(rule, str(error), switch_off=True)
    elif not isinstance(error, services.Refused | ForbiddenMove):
        logger.exception("rule %s broke on ticket %s", rule.pk, g.ticket.pk)
    reason = str(error) if isinstance(error, services.Refused | ForbiddenMove) else type(error).__name__
    g.record(RuleFailed(rule.title, rule.kind, rule.revision, reason[:500], is_gone), actor=actor)
