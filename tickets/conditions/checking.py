"""Whether a tree can be asked: its shape, its values, and that what it names still exists."""

from __future__ import annotations

from collections import defaultdict

from tickets.conditions.field import Field
from tickets.conditions.problems import Invalid, Problem
from tickets.conditions.scopes import LIST
from tickets.conditions.tree import Condition, Group, Reader, Tree


def check(json: object, scope: str = LIST) -> Tree:
    """The tree in its normal form, as it should be stored: known keys, ids as numbers. Raises `Invalid`."""
    found, group = _examine(json, scope)
    if found:
        raise Invalid(found)
    return group.as_json()


def problems(json: object, scope: str = LIST) -> list[Problem]:
    """All that is wrong with a stored tree, names of what was deleted since included; empty when nothing is."""
    return _examine(json, scope)[0]


def _examine(json: object, scope: str) -> tuple[list[Problem], Group]:
    reader = Reader(scope)
    group = reader.group(json)
    return [*reader.problems, *_gone(group)], group


def _gone(group: Group) -> list[Problem]:
    by_field: dict[Field, list[Condition]] = defaultdict(list)
    for condition in group.conditions():
        by_field[condition.field].append(condition)
    found = []
    for field, conditions in by_field.items():
        missing = field.compared_as.missing([condition.value for condition in conditions])
        for condition in conditions if missing else ():
            values = condition.value if isinstance(condition.value, list) else [condition.value]
            found += [
                Problem(condition.path, field.key, f"{field.label}: {missing[value]}.")
                for value in values
                if value in missing
            ]
    return found
