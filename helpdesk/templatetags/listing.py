"""What stands above a list: the menu of its order, groups and layout, and a chip for each condition of its filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.lib.kept import Kept
from helpdesk.templatetags.ui import icon
from tickets.columns import GROUPABLE, SORTABLE, Column
from tickets.lists import ListQuery
from tickets.models import ViewLayout
from tickets.wording import parts_of

register = template.Library()
USUAL_SORTS = ("updated_at", "created_at", "waiting_since", "requester_updated_at", "due_at", "priority", "status",
               "requester", "assignee", "subject", "number")  # fmt: skip
ITEM = (
    '<a class="mi" role="menuitemradio" aria-checked="{checked}" href="/agent/?{query}">{mark}'
    '<span class="grow">{label}</span>{hint}</a>'
)


@dataclass(frozen=True)
class Chip:
    """One condition of the filter in words, and the list's address without it."""

    text: str
    query: str


@register.simple_tag
def filter_chips(listed: ListQuery) -> list[Chip]:
    if not listed.filter:
        return []
    return [Chip(text, listed.query(filter=rest)) for text, rest in parts_of(listed.filter, listed.user)]


@register.simple_tag
def list_without_search(listed: ListQuery) -> str:
    return listed.query(q="")


@register.simple_tag
def sort_menu(listed: ListQuery) -> SafeString:
    """Links, because each order has an address. Most pages show one of a few lists, so their menus are kept."""
    view, shape = listed.view, (listed.sort, listed.group_by, listed.layout)
    key = (get_language(), listed.query(), shape, view.sort, view.group_by, view.layout, view.columns)
    return _menus.get(key, lambda: _menu(listed))


_menus: Kept[SafeString] = Kept(400)  # 5 KB each


def _menu(listed: ListQuery) -> SafeString:
    parts = [_title(_("Sort by")), *_sorts(listed), "<hr>", _title(_("Group by")), *_groups(listed)]
    parts += ["<hr>", _title(_("Show as")), *_layouts(listed)]
    return mark_safe("".join(parts))  # noqa: S308 our own words and addresses, escaped


def _sorts(listed: ListQuery) -> Iterator[str]:
    """The one in use leads to its other direction."""
    now = listed.sort.removeprefix("-")
    for column in _sortable(listed):
        down = listed.sort.startswith("-") if column.key == now else False
        hint = _("descending") if down else _("ascending")
        arrow = icon("arrow-down" if down else "arrow-up", "sm end", hint) if column.key == now else ""
        other = column.key if down else f"-{column.key}"
        first = other if column.key == now else _first_direction(column)
        yield _item(listed, str(column.label), column.key == now, arrow, sort=first)


def _sortable(listed: ListQuery) -> Iterable[Column]:
    keys = [*USUAL_SORTS, *(column.key for column in listed.columns), listed.sort.removeprefix("-")]
    return [SORTABLE[key] for key in dict.fromkeys(keys) if key in SORTABLE]


def _first_direction(column: Column) -> str:
    return f"-{column.key}" if column.kind in ("moment", "waiting", "priority", "number", "count") else column.key


def _groups(listed: ListQuery) -> Iterator[str]:
    now = listed.group_by.removeprefix("-")
    yield _item(listed, _("No groups"), not now, group="none" if listed.view.group_by else "")
    for key, column in GROUPABLE.items():
        yield _item(listed, str(column.label), key == now, group=key)


def _layouts(listed: ListQuery) -> Iterator[str]:
    for layout in ViewLayout:
        yield _item(listed, str(layout.label), listed.layout == layout, layout=layout.value)


def _item(listed: ListQuery, label: str, checked: bool, hint: str = "", **changes: str) -> str:
    return ITEM.format(
        checked="true" if checked else "false",
        query=escape(listed.query(**changes)),
        mark=icon("check", "sm") if checked else '<span class="i sm"></span>',
        label=escape(label),
        hint=hint,
    )


def _title(text: str) -> str:
    return f'<div class="mh" role="presentation">{escape(text)}</div>'
