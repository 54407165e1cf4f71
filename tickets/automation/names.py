"""What the ids in rules stand for, so that a rule can go to another workspace and find its team there by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from helpdesk.accounts.models import User
from tickets.automation.actions import action_catalogue
from tickets.automation.soundness import conditions_in
from tickets.conditions import Field
from tickets.conditions.catalogue import fields_in
from tickets.models import Rule
from tickets.wording import names_of

Known = dict[str, dict[str, str]]  # by field: what each id is called


@dataclass(frozen=True)
class Names:
    """`known` here, and `theirs`: those of a file that comes from elsewhere."""

    fields: Mapping[str, Field]
    known: Known
    theirs: Known = field(default_factory=dict)

    @classmethod
    def of(cls, scope: str, user: User) -> Names:
        fields = fields_in(scope)
        known: Known = {}
        offered = [(key, it.choices()) for key, it in fields.items()]
        offered += [(it["key"], it.get("choices") or []) for it in action_catalogue(user, scope=scope)]
        for key, choices in offered:
            known.setdefault(key, {}).update({str(value): str(label) for value, label in choices if _is_id(value)})
        return cls(fields, known)

    @classmethod
    def of_actions(cls, scope: str, user: User) -> Names:
        """Where there are no conditions: of macros."""
        known: Known = {}
        for it in action_catalogue(user, scope=scope):
            known[it["key"]] = {str(value): str(label) for value, label in it.get("choices") or [] if _is_id(value)}
        return cls({}, known)

    def reading(self, theirs: object) -> Names:
        """The same, for a file with names of its own."""
        told = theirs if isinstance(theirs, dict) else {}
        return replace(
            self,
            theirs={
                str(key): {str(value): str(label) for value, label in labels.items()}
                for key, labels in told.items()
                if isinstance(labels, dict)
            },
        )

    def used_in(self, rules: Iterable[Rule]) -> Known:
        """Those that `rules` name."""
        return self.named_by(item for rule in rules for item in [*conditions_in(rule.conditions), *rule.actions])

    def named_by(self, items: Iterable[Mapping[str, Any]]) -> Known:
        """Those that stand in conditions and actions."""
        used: dict[str, set[Any]] = {}
        for item in items:
            value = item.get("value")
            ids = {one for one in (value if isinstance(value, list) else [value]) if _is_id(one)}
            used.setdefault(str(item.get("field")), set()).update(ids)
        return {key: names for key, ids in used.items() if (names := self._called(key, ids))}

    def _called(self, key: str, ids: set[Any]) -> dict[str, str]:
        known = self.known.get(key, {})
        found = {str(one): known[str(one)] for one in ids if str(one) in known}
        if key in self.fields and (others := [one for one in ids if str(one) not in known]):
            called = names_of(others, self.fields[key])
            found |= {str(one): called[str(one)] for one in others if str(one) in called}
        return dict(sorted(found.items()))

    def here(self, node: Any) -> Any:
        """A tree from a file with the ids that its names have here."""
        if "field" in node:
            return {**node, "value": self._value(node["field"], node["value"])} if "value" in node else node
        return {part: [self.here(child) for child in nodes] for part, nodes in node.items()}

    def action_here(self, action: Mapping[str, Any]) -> dict[str, Any]:
        return {"field": action["field"], "value": self._value(action["field"], action["value"])}

    def _value(self, key: str, value: Any) -> Any:
        """The id that has the same name here. Where there is none, the name itself: a builder shows what is missing."""
        if isinstance(value, list):
            return [self._value(key, one) for one in value]
        name = self.theirs.get(key, {}).get(str(value))
        known = self.known.get(key, {})
        if name is None or known.get(str(value)) == name:
            return value
        if key in self.fields and not known and names_of([_number(value)], self.fields[key]).get(str(value)) == name:
            return value
        same = [one for one, called in known.items() if called == name]
        return same[0] if len(same) == 1 else name


def _is_id(value: Any) -> bool:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text.isascii() and text.isdecimal() and len(text) < 19


def _number(value: Any) -> Any:
    return int(value) if _is_id(value) else value
