"""Triggers for tests, and small words for what they ask and do."""

from __future__ import annotations

from typing import Any

from tickets.automation.actions import check_actions
from tickets.conditions import check
from tickets.models import Rule, RuleKind


def asks(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, **({} if value is None else {"value": value})}


def does(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "value": value}


def trigger(title: str, conditions: Any, *actions: dict[str, Any], position: int = 0, **fields: Any) -> Rule:
    """A checked one; `conditions` is a tree, or a list of what must all hold."""
    tree = conditions if isinstance(conditions, dict) else {"all": conditions}
    return Rule.objects.create(
        kind=RuleKind.TRIGGER,
        title=title,
        conditions=check(tree, "trigger"),
        actions=check_actions(list(actions), scope="trigger"),
        position=position or Rule.objects.count() + 1,
        **fields,
    )
