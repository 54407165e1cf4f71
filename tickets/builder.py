"""What forms with conditions and actions share: the fields, and what the builders on the page have to know.

Used by saved views and by the editors of rules, macros and SLA policies.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.automation.actions import action_catalogue, check_actions
from tickets.automation.kinds import MACRO
from tickets.automation.placeholder_names import OFFERED
from tickets.automation.soundness import conditions_in
from tickets.conditions import Invalid, Problem, catalogue, check
from tickets.conditions.scopes import LIST
from tickets.wording import names_of

LONGEST = 100_000  # characters; a hundred conditions with a hundred values each need less
LONGEST_ACTIONS = 400_000  # thirty of them, with words in several


class BuilderField(forms.CharField):
    """JSON that a builder writes. What is wrong with it is in `problems`, with its place, for the builder to show."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"})
    empty: Any = None

    def __init__(self, *, max_length: int = LONGEST, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=False, **kwargs)
        self.problems: list[Problem] = []

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return self.check(json.loads(text) if text else self.empty)
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.unreadable_words()) from error
        except Invalid as error:
            self.problems = error.problems
            raise ValidationError([self.wrong_words(error)]) from error

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value or self.empty, ensure_ascii=False)

    def check(self, read: object) -> Any:
        raise NotImplementedError

    def unreadable_words(self) -> str:
        raise NotImplementedError

    def wrong_words(self, error: Invalid) -> str:
        raise NotImplementedError


class ConditionsField(BuilderField):
    """`scope`: where they are asked (tickets/conditions/scopes)."""

    empty: Any = {}

    def __init__(self, *, scope: str = LIST, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scope = scope

    def check(self, read: object) -> Any:
        return check(read, self.scope)

    def unreadable_words(self) -> str:
        return _("The conditions are no JSON that can be read.")

    def wrong_words(self, error: Invalid) -> str:
        return _("Some conditions can’t be asked. Each says why.")


class ActionsField(BuilderField):
    """`scope`: who does them: macro, trigger, automation or bulk."""

    empty: Any = []

    def __init__(self, *, scope: str = MACRO, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_ACTIONS, **kwargs)
        self.scope = scope

    def check(self, read: object) -> Any:
        return check_actions(read, scope=self.scope)

    def unreadable_words(self) -> str:
        return _("The actions are no JSON that can be read.")

    def wrong_words(self, error: Invalid) -> str:
        without_place = [problem.reason for problem in error.problems if not problem.path]
        return " ".join(without_place) or _("Some actions can’t be done. Each says why.")


def conditions_data(tree: Any, user: User, scope: str = LIST) -> dict[str, Any]:
    """What the condition builder needs: the catalogue, and the names of what is looked up rather than chosen."""
    fields = {field.key: field for field in catalogue(user, scope=scope)}
    return {"fields": [field.as_json() for field in fields.values()], "names": _looked_up(tree, fields)}


def actions_data(user: User, scope: str = MACRO) -> dict[str, Any]:
    """What the action builder needs."""
    placeholders = [(f"{{{{{name}}}}}", str(label)) for name, label in OFFERED]
    return {"actions": action_catalogue(user, scope=scope), "placeholders": placeholders}


def as_dicts(problems: list[Problem]) -> list[dict[str, str]]:
    """Problems as the builders on the page read them."""
    return [{"path": it.path, "field": it.field, "reason": it.reason} for it in problems]


def _looked_up(tree: Any, fields: dict[str, Any]) -> dict[str, dict[str, str]]:
    ids: dict[str, list[Any]] = {}
    for node in conditions_in(tree):
        field = fields.get(str(node.get("field")))
        if field and any(operator.widget.startswith("lookup") for operator in field.operators):
            value = node.get("value")
            ids.setdefault(field.key, []).extend(value if isinstance(value, list) else [value])
    return {key: names_of(values, fields[key]) for key, values in ids.items()}
