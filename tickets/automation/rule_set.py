"""The active triggers, read and made ready once a process and again as soon as any rule has changed anywhere."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction

from tickets.automation.evaluating import Asked, Questions
from tickets.automation.soundness import stored_problem
from tickets.conditions.facts import Statement
from tickets.conditions.field import Field
from tickets.conditions.problems import Invalid
from tickets.models import Rule, RuleKind
from tickets.stamps import Stamped

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ActiveRule:
    rule: Rule
    asked: Asked

    @cached_property
    def hears_clocks(self) -> bool:
        """Whether it asks what targets say: then it runs when a clock alone has spoken."""
        return any(condition.field.key == "sla_event" for condition in self.asked.conditions)


@dataclass(frozen=True)
class RuleSet:
    """Triggers in the order in which they run, and every field that one of them asks."""

    rules: tuple[ActiveRule, ...] = ()
    fields: tuple[Field, ...] = ()

    @cached_property
    def statement(self) -> Statement:
        return Statement(self.fields)


def _load() -> RuleSet:
    """A rule that can't be read is left out, and says why where rules are listed: the others go on."""
    questions, active = Questions(), []
    for rule in Rule.objects.filter(kind=RuleKind.TRIGGER, is_active=True, deleted_at=None):
        try:
            active.append(ActiveRule(rule, Asked(rule, questions)))
        except Invalid as invalid:
            note_problem(rule, str(invalid))
    return RuleSet(tuple(active), tuple(questions.fields()))


def note_problem(rule: Rule, problem: str, *, switch_off: bool = False) -> None:
    """Write down why `rule` can't run, once this transaction is over: it may hold locks that an editor waits for.

    In English, and logged when it is new. What has been changed since is left alone.
    """
    problem = (stored_problem(rule.kind, rule.conditions, rule.actions) or problem)[:500]
    if rule.problem != problem:
        logger.error("%s %s can't run: %s", rule.kind, rule.pk, problem)
    seen = Rule.objects.filter(pk=rule.pk, revision=rule.revision, is_active=True)
    news = {"problem": problem} | ({"is_active": False} if switch_off else {})
    transaction.on_commit(lambda: seen.exclude(**news).update(**news), robust=True)


_triggers = Stamped("rules", _load)


def active_triggers() -> RuleSet:
    return _triggers.get()
