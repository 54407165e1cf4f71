"""Rules as JSON in Zendesk's shape, out and in again without loss.

What ids stand for is told under `names`, so that a rule finds its team in another workspace by name, never by a number
that means another one there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.automation import rules
from tickets.automation.interchange import (
    NAMES,
    conditions_here,
    conditions_problem,
    listed,
    read_each,
    shape,
    stamp,
    title_problem,
    written,
)
from tickets.automation.names import Names
from tickets.automation.soundness import normal
from tickets.models import Rule, RuleCategory, RuleKind
from tickets.services.errors import Refused

LISTS = {RuleKind.TRIGGER: "triggers", RuleKind.AUTOMATION: "automations"}
CATEGORIES = "trigger_categories"


@dataclass
class Imported:
    """What came of a file: the rules it made, and of those that can't run as they are, why."""

    made: list[Rule] = field(default_factory=list)

    @property
    def to_repair(self) -> list[Rule]:
        return [rule for rule in self.made if rule.problem]


def export_rules(kind: str, user: User) -> dict[str, Any]:
    found = list(rules.rules_of(kind))
    data: dict[str, Any] = {LISTS[RuleKind(kind)]: [_exported(rule) for rule in found]}
    if kind == RuleKind.TRIGGER:
        categories = RuleCategory.objects.filter(rules__in=found).distinct()
        data[CATEGORIES] = [{"id": str(it.pk), "name": it.name, "position": it.position} for it in categories]
    return {**data, NAMES: Names.of(kind, user).used_in(found), "count": len(found)}


def _exported(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "title": rule.title,
        "description": rule.description,
        "active": rule.is_active,
        "position": rule.position,
        "category_id": str(rule.category_id) if rule.category_id else None,
        "conditions": shape(rule.conditions),
        "actions": [{"field": it["field"], "value": written(it["value"])} for it in rule.actions],
        "created_at": stamp(rule.created_at),
        "updated_at": stamp(rule.updated_at),
    }


def read_rules(kind: str, data: Any) -> list[dict[str, Any]]:
    """What a file has of `kind`: the shape is looked at, not the sense. Raises `Refused` if any of it can't be read."""
    found = listed(data, LISTS[RuleKind(kind)], kind)
    if len(found) > rules.MOST_RULES:
        raise Refused(_("There are more than %(count)s rules in it.") % {"count": rules.MOST_RULES})
    return read_each(found, _("Rule %(place)s can’t be read: %(problem)s."), _problem)


def _problem(item: dict[str, Any]) -> str:
    if problem := title_problem(item) or conditions_problem(item.get("conditions", {})):
        return problem
    if not isinstance(item.get("actions"), list) or not all(_is_action(it) for it in item["actions"]):
        return _("its actions are no list of fields and values")
    return ""


def _is_action(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("field"), str) and "value" in item


@transaction.atomic
def import_rules(kind: str, data: Any, author: User, *, switch_on: bool = False) -> Imported:
    """Make the rules of a file, after those that are there. All of it or nothing.

    One that names what is not here is made all the same, switched off, for somebody to repair it. `switch_on`: those
    that were on and can run are on at once.
    """
    names = Names.of(kind, author).reading(data.get(NAMES) if isinstance(data, dict) else None)
    categories = _categories(data)
    outcome = Imported()
    for item in read_rules(kind, data):
        outcome.made.append(_make(kind, item, author, names, categories.get(str(item.get("category_id"))), switch_on))
    return outcome


def _make(
    kind: str, item: dict[str, Any], author: User, names: Names, category: RuleCategory | None, switch_on: bool
) -> Rule:
    conditions, actions, problem = normal(
        kind,
        conditions_here(item.get("conditions", {}), names),
        [names.action_here(it) for it in item["actions"]],
    )
    return rules.create_rule(
        kind,
        author,
        " ".join(item["title"].split())[:120],
        change=_("Imported"),
        description=str(item.get("description") or "")[:500],
        category=category if kind == RuleKind.TRIGGER else None,
        conditions=conditions,
        actions=actions,
        problem=problem,
        is_active=bool(switch_on and item.get("active") and not problem),
    )


def _categories(data: Any) -> dict[str, RuleCategory]:
    told = data.get(CATEGORIES) if isinstance(data, dict) else None
    found: Iterable[Any] = told if isinstance(told, list) else ()
    return {
        str(it.get("id")): rules.category_named(it["name"].strip()[:80])
        for it in found
        if isinstance(it, dict) and isinstance(it.get("name"), str) and it["name"].strip()
    }
