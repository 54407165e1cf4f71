"""Saved views as JSON in Zendesk's shape, out and in again. `layout` is ours, and told beside.

Zendesk has other names for columns, and two places for what a view looks like: `execution` in what it tells, `output`
in what it takes. Both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets import policies
from tickets.automation.interchange import (
    NAMES,
    TEAM,
    audience_here,
    conditions_here,
    conditions_problem,
    listed,
    read_each,
    restriction_of,
    shape,
    stamp,
    title_problem,
)
from tickets.automation.names import Names
from tickets.automation.soundness import conditions_in
from tickets.columns import COLUMNS, DEFAULT_SORT, is_group, is_sort
from tickets.conditions import Invalid, check
from tickets.conditions.scopes import LIST
from tickets.models import SavedView, ViewLayout
from tickets.saved_views import MOST_VIEWS, create_view
from tickets.services.errors import Refused

VIEWS = "views"
MOST = 3 * MOST_VIEWS  # of one person, their teams, everyone
# Our columns that Zendesk has under another name; all others are called the same, or are ours alone.
THEIR_COLUMNS = {
    "number": "nice_id",
    "organisation": "organization",
    "team": "group",
    "channel": "via",
    "created_at": "created",
    "updated_at": "updated",
    "due_at": "due_date",
    "sla_due_at": "sla_next_breach_at",
    "solved_at": "solved",
    "assigned_at": "assigned",
    "requester_updated_at": "updated_requester",
    "assignee_updated_at": "updated_assignee",
}
OUR_COLUMNS = {theirs: ours for ours, theirs in THEIR_COLUMNS.items()} | {
    "id": "number",
    "ticket_id": "number",
    "organization_id": "organisation",
    "group_id": "team",
    "requester_id": "requester",
    "assignee_id": "assignee",
}


@dataclass
class ImportedViews:
    """`left_out`: of each view by its title, columns that there are none of here."""

    made: list[SavedView] = field(default_factory=list)
    to_repair: list[SavedView] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)


def export_views(user: User) -> dict[str, Any]:
    """Those that are meant for `user`."""
    found = list(SavedView.objects.visible_to(user))
    named = [condition for view in found for condition in conditions_in(view.conditions)]
    named += [{"field": TEAM, "value": view.team_id} for view in found]
    return {
        VIEWS: [_exported(view) for view in found],
        NAMES: Names.of(LIST, user).named_by(named),
        "count": len(found),
    }


def _exported(view: SavedView) -> dict[str, Any]:
    return {
        "id": view.pk,
        "title": view.title,
        "description": view.description,
        "active": view.is_active,
        "position": view.position,
        "conditions": shape(view.conditions),
        "execution": {
            "columns": [
                {"id": THEIR_COLUMNS.get(key, key), "title": str(COLUMNS[key].label)}
                for key in view.columns
                if key in COLUMNS
            ],
            **_order("sort", view.sort),
            **_order("group", view.group_by),
        },
        "layout": view.layout,
        "restriction": restriction_of(view.owner_id, view.team_id),
        "created_at": stamp(view.created_at),
        "updated_at": stamp(view.updated_at),
    }


def _order(what: str, column: str) -> dict[str, Any]:
    key = column.removeprefix("-")
    return {
        f"{what}_by": THEIR_COLUMNS.get(key, key) or None,
        f"{what}_order": "desc" if column.startswith("-") else "asc",
    }


@transaction.atomic
def import_views(data: Any, author: User) -> ImportedViews:
    """Make the views of a file, all of it or nothing. Raises `Refused`.

    One that asks for what is not here is made all the same, switched off. Shared ones are shared by those who may;
    everybody else gets them as their own.
    """
    found = listed(data, VIEWS, "view")
    if len(found) > MOST:
        raise Refused(_("There are more than %(count)s views in it.") % {"count": MOST})
    names = Names.of(LIST, author).reading(data.get(NAMES))
    outcome = ImportedViews()
    for item in read_each(found, _("View %(place)s can’t be read: %(problem)s."), _problem):
        _make(item, author, names, outcome)
    return outcome


def _problem(item: dict[str, Any]) -> str:
    return title_problem(item) or conditions_problem(_tree(item))


def _tree(item: Mapping[str, Any]) -> Any:
    """Zendesk tells `conditions`, and takes `all` and `any` without them."""
    return item.get("conditions") or {part: item[part] for part in ("all", "any") if part in item}


def _make(item: dict[str, Any], author: User, names: Names, outcome: ImportedViews) -> None:
    conditions = conditions_here(_tree(item), names)
    try:
        conditions, is_sound = check(conditions, LIST), True
    except Invalid:
        is_sound = False
    look, left_out = _look(item)
    title = " ".join(item["title"].split())[:80]
    audience = audience_here(item.get("restriction"), author, names, may_share=policies.may_share_views(author))
    view = create_view(
        author,
        title,
        team=audience.get("team"),
        mine="owner" in audience,
        description=str(item.get("description") or "")[:300],
        conditions=conditions,
        is_active=bool(item.get("active", True)) and is_sound,
        **look,
    )
    outcome.made.append(view)
    if not is_sound:
        outcome.to_repair.append(view)
    if left_out:
        outcome.left_out[title] = left_out


def _look(item: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Columns, order, groups and layout, and the columns that there are none of here."""
    told = next((it for name in ("execution", "output") if isinstance(it := item.get(name), dict)), {})
    asked = told.get("columns")
    ids = [it.get("id") if isinstance(it, dict) else it for it in (asked if isinstance(asked, list) else [])]
    keys = {str(each): OUR_COLUMNS.get(str(each), str(each)) for each in ids[:100]}
    sort, group = _column(told, "sort", "desc"), _column(told, "group", "asc")
    layout = item.get("layout")
    return {
        "columns": list(dict.fromkeys(key for key in keys.values() if key in COLUMNS)),
        "sort": sort if is_sort(sort) else DEFAULT_SORT,
        "group_by": group if is_group(group) else "",
        "layout": layout if layout in ViewLayout.values else ViewLayout.TABLE if ids else ViewLayout.ROWS,
    }, [theirs[:60] for theirs, ours in keys.items() if ours not in COLUMNS]


def _column(told: Mapping[str, Any], what: str, usual: str) -> str:
    named, order = str(told.get(f"{what}_by") or ""), str(told.get(f"{what}_order") or usual)
    key = OUR_COLUMNS.get(named, named)
    return f"-{key}" if key and order.lower() == "desc" else key
