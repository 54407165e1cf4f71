"""Conditions in words, for the chips above a list: “Status is one of Open, Pending”."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.accounts.models import User
from tickets.conditions import Field, catalogue
from tickets.conditions.scopes import LIST
from tickets.conditions.tree import PARTS

SHOWN_VALUES = 3
Tree = Mapping[str, Any]


def parts_of(tree: Tree, user: User, scope: str = LIST) -> Iterator[tuple[str, str]]:
    """Each condition at the top of a checked tree in words, with the tree without it, as JSON."""
    fields = {field.key: field for field in catalogue(user, scope=scope)}
    for part in PARTS:
        for place, node in enumerate(tree.get(part, [])):
            text = _node(node, fields)
            if part != "all":
                text = (_("any: %(condition)s") if part == "any" else _("not: %(condition)s")) % {"condition": text}
            yield text, as_json(_without(tree, part, place))


def as_json(tree: Tree) -> str:
    """Compact, as addresses carry it; nothing for no condition."""
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False) if tree else ""


def _without(tree: Tree, part: str, place: int) -> Tree:
    kept = {**tree, part: [node for at, node in enumerate(tree[part]) if at != place]}
    return {name: nodes for name, nodes in kept.items() if nodes}


def _node(node: Tree, fields: Mapping[str, Field]) -> str:
    if "field" in node:
        return describe(node, fields[node["field"]])
    count = sum(len(node.get(part, [])) for part in PARTS)
    return ngettext("%(count)s condition", "%(count)s conditions", count) % {"count": count}


def describe(condition: Tree, field: Field) -> str:
    name, operator, value = condition_parts(condition, field)
    # "is within the last … days" has a place for its number; elsewhere the value follows.
    said = operator.replace("…", value) if "…" in operator else f"{operator} {value}"
    return f"{name} {said}".strip()


def condition_parts(condition: Tree, field: Field) -> tuple[str, str, str]:
    """Its field, its operator and its value, as they are called."""
    operator = next(operator for operator in field.operators if operator.key == condition["operator"])
    return str(field.label), str(operator.label), _values(condition.get("value"), field, operator.widget)


def _values(value: Any, field: Field, widget: str) -> str:
    if value is None:
        return ""
    values = value if isinstance(value, list) else [value]
    labels = names_of(values, field) if widget.startswith(("choice", "lookup")) else {}
    shown = [labels.get(str(one), str(one)) for one in values[:SHOWN_VALUES]]
    more = [f"+{len(values) - SHOWN_VALUES}"] if len(values) > SHOWN_VALUES else []
    return ", ".join([*shown, *more])


def names_of(values: list[Any], field: Field) -> dict[str, str]:
    """What stored values of a chosen or looked-up field are called."""
    named = {str(value): str(label) for value, label in field.choices()}
    missing = [value for value in values if isinstance(value, int) and str(value) not in named]
    names = getattr(field.compared_as, "names", None)
    if missing and names is not None:
        named |= {str(pk): name for pk, name in names(missing).items()}
    return named
