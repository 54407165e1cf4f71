"""Whether a stored rule can still run: something that it names may be gone since it was written."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from tickets.automation.actions import check_actions
from tickets.automation.kinds import MACRO
from tickets.conditions import Invalid, Problem, check, problems
from tickets.models import Rule


def action_problems(actions: object, scope: str = MACRO) -> list[Problem]:
    """All that is wrong with stored actions, names of what was deleted since included; empty when nothing is."""
    try:
        check_actions(actions, scope=scope)
    except Invalid as error:
        return error.problems
    return []


def problem_of(kind: str, conditions: object, actions: object) -> str:
    """Why a trigger or automation can't run as it is; empty when it can."""
    found = [*problems(conditions, kind), *action_problems(actions, kind)]
    return " ".join(problem.reason for problem in found)[:500]


def stored_problem(kind: str, conditions: object, actions: object) -> str:
    """The same as it is stored, in English: whoever happened to find out has a language of their own."""
    with translation.override("en"):
        return problem_of(kind, conditions, actions)


def problem_words(rule: Rule) -> str:
    """Why `rule` can't run, in the language in use: worked out anew, and as it was written down where that is over."""
    return (problem_of(rule.kind, rule.conditions, rule.actions) or rule.problem) if rule.problem else ""


def normal(kind: str, conditions: Any, actions: Any) -> tuple[Any, Any, str]:
    """Conditions and actions in the form in which they are stored, and why they can't run (in English); then as they
    are."""
    if problem := stored_problem(kind, conditions, actions):
        return conditions, actions, problem
    return check(conditions, kind), check_actions(actions, scope=kind), ""


def conditions_in(node: Any) -> list[dict[str, Any]]:
    """All conditions of a tree that nobody has checked yet."""
    if not isinstance(node, dict):
        return []
    if "field" in node:
        return [node]
    children = [child for part in node.values() if isinstance(part, list) for child in part]
    return [condition for child in children for condition in conditions_in(child)]
