"""Rules as JSON in Zendesk's shape, out and in again without loss.

Zendesk's conditions are flat: `all` and `any`. A tree of ours that nests, or asks for none, keeps its own form in the
same place. Another system then refuses it, which is better than a rule that fires on more tickets than it should.
What ids stand for is told under `names`, so that a rule finds its team in another workspace by name, never by a number
that means another one there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.automation import rules
from tickets.automation.names import Names
from tickets.automation.soundness import normal
from tickets.conditions.tree import PARTS
from tickets.models import Rule, RuleCategory, RuleKind
from tickets.services.errors import Refused

LISTS = {RuleKind.TRIGGER: "triggers", RuleKind.AUTOMATION: "automations"}
CATEGORIES = "trigger_categories"
NAMES = "names"
# Zendesk's numbers of channels that we have, too.
VIA_FIELDS = ("via_id", "current_via_id")
VIA = {"0": "web", "4": "email"}


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
        "conditions": _shape(rule.conditions),
        "actions": [{"field": it["field"], "value": written(it["value"])} for it in rule.actions],
        "created_at": stamp(rule.created_at),
        "updated_at": stamp(rule.updated_at),
    }


def stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _shape(tree: Mapping[str, Any]) -> dict[str, Any]:
    """With `all` and `any` always there, as readers of Zendesk's JSON expect; `none` only where it is used."""
    return {"all": [], "any": []} | {part: [_node(node) for node in nodes] for part, nodes in tree.items()}


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    if "field" not in node:
        return {part: [_node(child) for child in nodes] for part, nodes in node.items()}
    return {**node, "value": written(node["value"])} if "value" in node else dict(node)


def written(value: Any) -> Any:
    """Ids and numbers as texts, as Zendesk has them; they are read back as numbers where numbers are meant."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [written(item) for item in value]
    return str(value) if isinstance(value, int) else value


def read_rules(kind: str, data: Any) -> list[dict[str, Any]]:
    """What a file has of `kind`: the shape is looked at, not the sense. Raises `Refused` if any of it can't be read."""
    listed = data.get(LISTS[RuleKind(kind)]) if isinstance(data, dict) else None
    single = data.get(kind) if isinstance(data, dict) else None
    found = listed if isinstance(listed, list) else [single] if isinstance(single, dict) else None
    if found is None:
        raise Refused(_("There is no list of “%(name)s” in it.") % {"name": LISTS[RuleKind(kind)]})
    if len(found) > rules.MOST_RULES:
        raise Refused(_("There are more than %(count)s rules in it.") % {"count": rules.MOST_RULES})
    return [_read(item, place) for place, item in enumerate(found, 1)]


def _read(item: Any, place: int) -> dict[str, Any]:
    problem = ""
    if not isinstance(item, dict):
        problem = _("it is no object")
    elif not (isinstance(item.get("title"), str) and item["title"].strip()):
        problem = _("it has no title")
    elif not isinstance(item.get("conditions", {}), dict) or not _is_tree(item.get("conditions", {})):
        problem = _("its conditions are no tree of all, any and none")
    elif not isinstance(item.get("actions"), list) or not all(_is_action(it) for it in item["actions"]):
        problem = _("its actions are no list of fields and values")
    if problem:
        raise Refused(_("Rule %(place)s can’t be read: %(problem)s.") % {"place": place, "problem": problem})
    return dict(item)


def _is_tree(node: Any, level: int = 1) -> bool:
    if not isinstance(node, dict) or level > 10:
        return False
    if "field" in node:
        return isinstance(node["field"], str) and isinstance(node.get("operator"), str)
    return set(node) <= set(PARTS) and all(
        isinstance(nodes, list) and all(_is_tree(child, level + 1) for child in nodes) for nodes in node.values()
    )


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
    tree = {part: nodes for part, nodes in item.get("conditions", {}).items() if nodes}
    conditions, actions, problem = normal(
        kind, names.here(_with_our_channels(tree)), [names.action_here(it) for it in item["actions"]]
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


def _with_our_channels(node: dict[str, Any]) -> dict[str, Any]:
    if "field" not in node:
        return {part: [_with_our_channels(child) for child in nodes] for part, nodes in node.items()}
    if node["field"] not in VIA_FIELDS or not isinstance(node.get("value"), str | int):
        return node
    return {**node, "value": VIA.get(str(node["value"]), node["value"])}


def _categories(data: Any) -> dict[str, RuleCategory]:
    listed = data.get(CATEGORIES) if isinstance(data, dict) else None
    found: Iterable[Any] = listed if isinstance(listed, list) else ()
    return {
        str(it.get("id")): rules.category_named(it["name"].strip()[:80])
        for it in found
        if isinstance(it, dict) and isinstance(it.get("name"), str) and it["name"].strip()
    }
