"""What triggers should do, said again as plainly as possible: for the property test to compare with."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tickets.models.ticket import MOVES

ORDER = {
    "status": ["new", "open", "pending", "hold", "solved", "closed"],
    "priority": ["", "low", "normal", "high", "urgent"],
}
Tree = dict[str, Any]


class Forbidden(Exception):
    pass


@dataclass
class Model:
    """A ticket as a few values; `before` is what they were when the gesture began."""

    now: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False
    by_agent: bool = False
    agent: int = 0
    words: str | None = None
    is_note: bool = False
    has_changed: bool = False

    def begin(self, *, agent: int | None) -> None:
        self.before, self.has_changed = deepcopy(self.now), False
        self.is_new, self.words, self.is_note = False, None, False
        self.by_agent, self.agent = agent is not None, agent or 0

    def do(self, name: str, value: Any) -> None:
        match name:
            case "status":
                if value != self.now["status"]:
                    if value not in MOVES[self.now["status"]]:
                        raise Forbidden
                    self._set("status", value)
            case "current_tags":
                self._set("current_tags", list(dict.fromkeys([*self.now["current_tags"], value])))
            case "remove_tags":
                self._set("current_tags", [tag for tag in self.now["current_tags"] if tag != value])
            case "assignee_id":
                self._set("assignee_id", value)
                if value and self.now["status"] == "new":
                    self._set("status", "open")
            case _:
                self._set(name, value)

    def _set(self, name: str, value: Any) -> None:
        if self.now[name] != value:
            self.now[name], self.has_changed = value, True

    def note(self, words: str) -> None:
        self.words, self.is_note, self.has_changed = words, True, True

    def hear(self, words: str) -> None:
        self.words, self.is_note, self.has_changed = words, False, True
        if self.now["status"] in ("pending", "hold", "solved"):
            self._set("status", "open")


def run(rules: list[tuple[str, Tree, list[tuple[str, Any]]]], model: Model) -> list[str]:
    """The titles of the rules that fire, in their order; `model` is what they make of the ticket."""
    fired = []
    for title, tree, actions in rules:
        if not holds(tree, model):
            continue
        kept = deepcopy(model.now)
        try:
            for name, value in actions:
                model.do(name, value)
        except Forbidden:
            model.now = kept
        else:
            fired.append(title)
    return fired


def holds(node: Tree, model: Model) -> bool:
    if "field" in node:
        return condition(node["field"], node["operator"], node.get("value"), model)
    if not all(holds(child, model) for child in node.get("all", [])):
        return False
    if any(holds(child, model) for child in node.get("none", [])):
        return False
    some = [holds(child, model) for child in node.get("any", [])]
    return not some or any(some)


def condition(name: str, operator: str, value: Any, model: Model) -> bool:
    negated = {
        "is_not": "is", "not_includes": "includes", "not_present": "present", "not_changed": "changed",
        "not_value": "value", "not_value_previous": "value_previous",
    }  # fmt: skip
    if operator in negated:
        return not condition(name, negated[operator], value, model)
    match name:
        case "update_type":
            return bool(value == ("Create" if model.is_new else "Change"))
        case "role":
            return bool(value == "agent" and model.by_agent) or (value == "end_user" and not model.by_agent)
        case "comment_is_public":
            if model.words is None:
                return False
            return bool(value == "not_relevant" or (value == "false") == model.is_note)
        case "comment_includes_word":
            return model.words is not None and any(word.lower() in model.words.lower() for word in value)
        case "current_tags":
            return any(tag in model.now["current_tags"] for tag in value)
    now, before = model.now[name], model.before[name]
    if name == "assignee_id" and value == "current_user":
        value = model.agent if model.by_agent else -1
    match operator:
        case "changed":
            return bool(now != before)
        case "value":
            return bool(now != before and now == value)
        case "value_previous":
            return bool(now != before and before == value)
        case "includes":
            return now in value
        case "is":
            return bool(now == value)
        case "present":
            return bool(now != "")
    places = ORDER[name]
    here, there = places.index(now), places.index(value)
    return {
        "less_than": here < there, "less_than_equal": here <= there,
        "greater_than": here > there, "greater_than_equal": here >= there,
    }[operator]  # fmt: skip
