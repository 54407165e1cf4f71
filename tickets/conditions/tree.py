"""The tree: groups of `all`, `any` and `none` around conditions, at most three deep. Read from JSON, checked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tickets.conditions.catalogue import Fields, fields_in
from tickets.conditions.field import Field
from tickets.conditions.kind import shown
from tickets.conditions.problems import Invalid, Problem, Wrong
from tickets.conditions.scopes import LIST

MAX_LEVELS = 3
MAX_CONDITIONS = 100
PARTS = ("all", "any", "none")

Tree = dict[str, Any]  # the JSON form, as it is stored and sent


@dataclass(frozen=True)
class Condition:
    path: str
    field: Field
    operator: str
    value: Any

    def as_json(self) -> Tree:
        shared = {"field": self.field.key, "operator": self.operator}
        return shared if self.value is None else {**shared, "value": self.value}

    def conditions(self) -> Iterator[Condition]:
        yield self


@dataclass(frozen=True)
class Group:
    """Matches when every `all`, one of `any` (where there are any) and none of `none` do; an empty one always does."""

    all: tuple[Node, ...] = ()
    any: tuple[Node, ...] = ()
    none: tuple[Node, ...] = ()

    def as_json(self) -> Tree:
        return {part: [node.as_json() for node in nodes] for part in PARTS if (nodes := getattr(self, part))}

    def conditions(self) -> Iterator[Condition]:
        for node in (*self.all, *self.any, *self.none):
            yield from node.conditions()


Node = Condition | Group


class Reader:
    """Reads one tree. Everything wrong with it is in `problems`, not only the first."""

    def __init__(self, scope: str = LIST, fields: Fields | None = None) -> None:
        self.problems: list[Problem] = []
        self._fields = fields_in(scope) if fields is None else fields
        self._room = MAX_CONDITIONS

    def group(self, json: object, path: str = "", level: int = 1) -> Group:
        if not isinstance(json, Mapping):
            return self._refuse(path, _("A group of conditions must be an object with all, any or none."))
        if level > MAX_LEVELS:
            return self._refuse(path, _("Groups can be nested %(count)s deep, no deeper.") % {"count": MAX_LEVELS})
        if unknown := [key for key in json if key not in PARTS]:
            return self._refuse(path, _("A group has all, any and none, but no %(key)s.") % {"key": shown(unknown[0])})
        return Group(**{part: self._nodes(json[part], _join(path, part), level) for part in PARTS if part in json})

    def _nodes(self, json: object, path: str, level: int) -> tuple[Node, ...]:
        if not isinstance(json, list):
            self._refuse(path, _("Conditions must come as a list."))
            return ()
        nodes: list[Node] = []
        for place, item in enumerate(json):
            self._room -= 1
            if self._room < 0:
                if self._room == -1:
                    self._refuse("", _("At most %(count)s conditions are possible.") % {"count": MAX_CONDITIONS})
                break
            node = self._node(item, _join(path, str(place)), level)
            if node is not None:
                nodes.append(node)
        return tuple(nodes)

    def _node(self, json: object, path: str, level: int) -> Node | None:
        if isinstance(json, Mapping) and "field" in json:
            return self._condition(json, path)
        return self.group(json, path, level + 1)

    def _condition(self, json: Mapping[str, Any], path: str) -> Condition | None:
        key, operator = json["field"], json.get("operator")
        field = self._fields.get(key) if isinstance(key, str) else None
        if field is None:
            self._refuse(path, _("There is no field %(field)s.") % {"field": shown(key)}, key)
            return None
        if not isinstance(operator, str) or not field.has(operator):
            known = ", ".join(it.key for it in field.operators)
            words = _("%(field)s can’t be compared with %(operator)s, only with %(known)s.")
            self._refuse(path, words % {"field": field.label, "operator": shown(operator), "known": known}, key)
            return None
        try:
            return Condition(path, field, operator, field.read(operator, json.get("value")))
        except Wrong as wrong:
            self._refuse(path, f"{field.label}: {wrong}.", key)
            return None

    def _refuse(self, path: str, reason: str, field: object = "") -> Group:
        self.problems.append(Problem(path, field[:60] if isinstance(field, str) else "", reason))
        return Group()


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def parse(json: object, scope: str = LIST, fields: Fields | None = None) -> Group:
    """The tree as objects. Raises `Invalid` for a wrong shape; whether what it names still exists is not asked.

    `fields`: those of the scope, for those who read many trees and ask the database for them once.
    """
    reader = Reader(scope, fields)
    group = reader.group(json)
    if reader.problems:
        raise Invalid(reader.problems)
    return group
