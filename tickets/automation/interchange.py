"""What the JSON files of rules, macros, views and SLA policies have in common: Zendesk's way to write things.

Zendesk's conditions are flat: `all` and `any`. A tree of ours that nests, or asks for none, keeps its own form in the
same place. Another system then refuses it, which is better than a rule that fires on more tickets than it should.
What ids stand for is told under `names`: see tickets/automation/names.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.accounts.models import Team, User
from tickets.automation.names import Names
from tickets.conditions.tree import PARTS
from tickets.services.errors import Refused

NAMES = "names"
TEAM = "group_id"
# Zendesk's numbers of channels that we have, too.
VIA_FIELDS = ("via_id", "current_via_id")
VIA = {"0": "web", "4": "email", "29": "chat"}
DEEPEST = 10  # levels of conditions that are looked at
MOST_TOLD = 20  # problems of one file


class CannotRead(Refused):
    """A file that can't be taken. `problems`: what is wrong with each thing in it, in their order."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems[:MOST_TOLD]))
        self.problems = problems[:MOST_TOLD]


def stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def shape(tree: Mapping[str, Any]) -> dict[str, Any]:
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


def listed(data: Any, plural: str, single: str) -> list[Any]:
    """The things in a file: a list of them, or one alone. Raises `Refused` where there are none."""
    found = data.get(plural) if isinstance(data, dict) else None
    one = data.get(single) if isinstance(data, dict) else None
    if isinstance(found, list):
        return found
    if isinstance(one, dict):
        return [one]
    raise Refused(_("There is no list of “%(name)s” in it.") % {"name": plural})


def read_each(found: Iterable[Any], what: str, problem_of: Callable[[dict[str, Any]], str]) -> list[dict[str, Any]]:
    """Each of `found`, once all can be read. `what` says so of one that can't, with its place and its problem.

    Raises `CannotRead`, which names all that can't.
    """
    problems = []
    for place, item in enumerate(found, 1):
        problem = problem_of(item) if isinstance(item, dict) else _("it is no object")
        if problem:
            problems.append(what % {"place": place, "problem": problem})
    if problems:
        raise CannotRead(problems)
    return [dict(item) for item in found]


def title_problem(item: Mapping[str, Any], useless: str = "") -> str:
    """`useless`: signs that make no title."""
    title = item.get("title")
    return "" if isinstance(title, str) and title.strip(f" \t\r\n{useless}") else _("it has no title")


def conditions_problem(tree: Any) -> str:
    if isinstance(tree, dict) and "field" not in tree and is_tree(tree):
        return ""
    return _("its conditions are no tree of all, any and none")


def is_tree(node: Any, level: int = 1) -> bool:
    if not isinstance(node, dict) or level > DEEPEST:
        return False
    if "field" in node:
        return isinstance(node["field"], str) and isinstance(node.get("operator"), str)
    return set(node) <= set(PARTS) and all(
        isinstance(nodes, list) and all(is_tree(child, level + 1) for child in nodes) for nodes in node.values()
    )


def conditions_here(tree: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A tree from a file, with our channels and the ids that its names have here."""
    found: dict[str, Any] = names.here(_with_our_channels({part: nodes for part, nodes in tree.items() if nodes}))
    return found


def _with_our_channels(node: dict[str, Any]) -> dict[str, Any]:
    if "field" not in node:
        return {part: [_with_our_channels(child) for child in nodes] for part, nodes in node.items()}
    if node["field"] not in VIA_FIELDS or not isinstance(node.get("value"), str | int):
        return node
    return {**node, "value": VIA.get(str(node["value"]), node["value"])}


def restriction_of(owner_id: int | None, team_id: int | None) -> dict[str, Any] | None:
    """Whose it is, as Zendesk says it; None: everyone's."""
    if owner_id:
        return {"type": "User", "id": owner_id}
    return {"type": "Group", "id": team_id, "ids": [team_id]} if team_id else None


def audience_here(restriction: Any, author: User, names: Names, *, may_share: bool) -> dict[str, Any]:
    """`owner` or `team` of what is imported: shared by those who may, everybody else gets it as their own.

    A team is found by its name; where there is none of it, it is the author's alone.
    """
    if not may_share:
        return {"owner": author}
    if not isinstance(restriction, dict):
        return {}
    if restriction.get("type") == "Group":
        here = names.action_here({"field": TEAM, "value": str(restriction.get("id"))})["value"]
        team = Team.objects.filter(pk=int(here)).first() if str(here).isdecimal() and len(str(here)) < 19 else None
        if team and names.known.get(TEAM, {}).get(str(team.pk)):
            return {"team": team}
    return {"owner": author}
