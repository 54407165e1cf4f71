"""Macros as JSON in Zendesk's shape, out and in again. Files stay behind: they are nobody's to send along.

Zendesk's folders are in titles, parted by `::`; `folder`, `shortcut` and `language` are ours, and told beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets import policies
from tickets.automation import macro_upkeep
from tickets.automation.actions import IS_PUBLIC, Wanted
from tickets.automation.interchange import (
    NAMES,
    TEAM,
    audience_here,
    listed,
    read_each,
    restriction_of,
    stamp,
    title_problem,
    written,
)
from tickets.automation.kinds import MACRO
from tickets.automation.macros import WORDS
from tickets.automation.names import Names
from tickets.conditions import Invalid
from tickets.models import Macro
from tickets.services.errors import Refused

LIST = "macros"


def export_macros(user: User) -> dict[str, Any]:
    """Those that are meant for `user`."""
    found = list(Macro.objects.visible_to(user))
    named = [action for macro in found for action in macro.actions]
    named += [{"field": TEAM, "value": macro.team_id} for macro in found]
    names = Names.of_actions(MACRO, user).named_by(named)
    return {LIST: [_exported(macro) for macro in found], NAMES: names, "count": len(found)}


def _exported(macro: Macro) -> dict[str, Any]:
    return {
        "id": macro.pk,
        "title": f"{macro.folder}::{macro.title}" if macro.folder else macro.title,
        "folder": macro.folder,
        "description": macro.description,
        "shortcut": macro.shortcut,
        "language": macro.language,
        "active": macro.is_active,
        "position": macro.position,
        "actions": [{"field": it["field"], "value": written(it["value"])} for it in macro.actions],
        "restriction": restriction_of(macro.owner_id, macro.team_id),
        "created_at": stamp(macro.created_at),
        "updated_at": stamp(macro.updated_at),
    }


@transaction.atomic
def import_macros(data: Any, author: User) -> tuple[list[Macro], list[Macro]]:
    """Make the macros of a file, all of it or nothing: those made, and among them those to be repaired.

    One that names what is not here, or asks for what macros can't do, is made all the same, switched off. Shared ones
    are shared by those who may; everybody else gets them as their own. Raises `Refused`.
    """
    found = listed(data, LIST, "macro")
    if len(found) > macro_upkeep.MOST:
        raise Refused(_("There are more than %(count)s macros in it.") % {"count": macro_upkeep.MOST})
    names = Names.of_actions(MACRO, author).reading(data.get(NAMES))
    readable = read_each(found, _("Macro %(place)s can’t be read: %(problem)s."), _problem)
    made = [_make(item, author, names) for item in readable]
    return [macro for macro, _is_sound in made], [macro for macro, is_sound in made if not is_sound]


def _problem(item: dict[str, Any]) -> str:
    if problem := title_problem(item, useless=":"):
        return problem
    if not isinstance(item.get("actions"), list) or not all(_is_action(it) for it in item["actions"]):
        return _("its actions are no list of fields and values")
    return ""


def _is_action(item: Any) -> bool:
    if not (isinstance(item, dict) and isinstance(item.get("field"), str) and "value" in item):
        return False
    value = item["value"]
    parts = value if isinstance(value, list) and value else [value]
    return item["field"] not in WORDS or all(isinstance(part, str) for part in parts)


def _make(item: dict[str, Any], author: User, names: Names) -> tuple[Macro, bool]:
    actions = [_plain(names.action_here(action)) for action in item["actions"]]
    try:
        actions, is_sound = macro_upkeep.read_actions(actions), True
    except Invalid:
        is_sound = False
    folder, title = _folder_and_title(item)
    macro = macro_upkeep.create_macro(
        author,
        title[:120],
        change=_("Imported"),
        folder=folder[:200],
        description=str(item.get("description") or "")[:500],
        shortcut=slugify(str(item.get("shortcut") or ""))[:40],
        language=str(item.get("language") or "")[:8],
        is_active=bool(item.get("active", True)) and is_sound,
        actions=actions,
        **audience_here(item.get("restriction"), author, names, may_share=policies.may_share_macros(author)),
    )
    return macro, is_sound


def _plain(action: Mapping[str, Any]) -> Wanted:
    """Zendesk says yes and no as texts, and words sometimes beside the channel they are for."""
    value = action["value"]
    if action["field"] == IS_PUBLIC:
        value = {"true": True, "false": False}.get(str(value).lower(), value)
    elif action["field"] in WORDS and isinstance(value, list):
        value = value[-1]
    return Wanted(field=action["field"], value=value)


def _folder_and_title(item: Mapping[str, Any]) -> tuple[str, str]:
    title, folder = str(item["title"]), item.get("folder")
    if isinstance(folder, str):
        before, title = folder, title.removeprefix(f"{folder}::") if folder else title
    else:
        before, _mark, title = title.rpartition("::")
    parts = [" ".join(part.split()) for part in before.split("::")]
    return "::".join(part for part in parts if part), " ".join(title.split()) or parts[-1]
