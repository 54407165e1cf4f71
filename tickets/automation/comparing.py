"""What one revision changed, in words: for rules, macros, SLA policies and views alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import Calendar, Team, User
from tickets.automation.sentences import Fields, action_lines, condition_lines, plain
from tickets.models import Revision, RuleCategory

LABELS: Mapping[str, str | Promise] = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "category_id": gettext_lazy("Category"),
    "folder": gettext_lazy("Folder"),
    "shortcut": gettext_lazy("Shortcut"),
    "language": gettext_lazy("Language"),
    "owner_id": gettext_lazy("Owner"),
    "team_id": gettext_lazy("Team"),
    "is_active": gettext_lazy("Active"),
    "conditions": gettext_lazy("Conditions"),
    "actions": gettext_lazy("Actions"),
    "targets": gettext_lazy("Targets"),
    "settings": gettext_lazy("Advanced settings"),
    "calendar_id": gettext_lazy("Calendar"),
    "columns": gettext_lazy("Columns"),
    "sort": gettext_lazy("Order"),
    "group_by": gettext_lazy("Group by"),
    "layout": gettext_lazy("Layout"),
    "kind": gettext_lazy("Kind"),
    "scale": gettext_lazy("Scale"),
    "moment": gettext_lazy("Moment"),
    "texts": gettext_lazy("Words"),
    "reasons": gettext_lazy("Reasons"),
    "delay_minutes": gettext_lazy("Delay in minutes"),
    "delay_is_business": gettext_lazy("Count working hours only"),
    "remind_after_days": gettext_lazy("Days until the reminder"),
    "apart_days": gettext_lazy("Days between two surveys"),
    "open_days": gettext_lazy("Days to answer"),
}
ROWS = {"category_id": RuleCategory, "owner_id": User, "team_id": Team, "calendar_id": Calendar}
Lines = Callable[[Any], list[str]]


@dataclass(frozen=True)
class Difference:
    """A field that changed: its lines, each with a mark: `+` came, `-` went, a space stayed."""

    label: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Told:
    revision: Revision
    differences: list[Difference]
    is_newest: bool


def history(revisions: Sequence[Revision], fields: Fields, lines: Mapping[str, Lines] | None = None) -> list[Told]:
    """Revisions, newest first, each with what it changed. `lines`: how else a field's value reads, by its name."""
    read = _readers(fields) | dict(lines or {})
    told = []
    for place, revision in enumerate(revisions):
        before = revisions[place + 1].data if place + 1 < len(revisions) else None
        found = list(differences(before, revision.data, read)) if before is not None else []
        told.append(Told(revision, found, place == 0))
    return told


def differences(old: Mapping[str, Any], new: Mapping[str, Any], read: Mapping[str, Lines]) -> Iterator[Difference]:
    for name, label in LABELS.items():
        if old.get(name) != new.get(name):
            before, after = (read.get(name, _plain_lines)(data.get(name)) for data in (old, new))
            compared = list(_compared(before, after))
            if any(mark != " " for mark, _line in compared):
                yield Difference(str(label), compared)


def _compared(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for tag, start, end, then_start, then_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from ((" ", line) for line in before[start:end])
        else:
            yield from (("-", line) for line in before[start:end])
            yield from (("+", line) for line in after[then_start:then_end])


def _readers(fields: Fields) -> dict[str, Lines]:
    rows = {name: _row_reader(name) for name in ROWS}
    return {
        **rows,
        "conditions": lambda tree: [plain(line) for line in condition_lines(tree, fields)] or [_("Every ticket")],
        "actions": lambda actions: action_lines(actions) or [_("Nothing")],
        "is_active": lambda active: [_("Yes") if active else _("No")],
    }


def _row_reader(name: str) -> Lines:
    def read(pk: Any) -> list[str]:
        if pk is None:
            return [_("None")]
        row = ROWS[name]._default_manager.filter(pk=pk).first()
        return [str(row) if row else _("%(id)s (no longer there)") % {"id": pk}]

    return read


def _plain_lines(value: Any) -> list[str]:
    match value:
        case list():
            return [_flat(item) for item in value]
        case dict():
            return [f"{key}: {_flat(item)}" for key, item in value.items()]
    return str(value).splitlines() if value not in ("", None) else [_("None")]


def _flat(item: Any) -> str:
    if isinstance(item, dict):
        return ", ".join(f"{key}: {value}" for key, value in item.items())
    return str(item)
