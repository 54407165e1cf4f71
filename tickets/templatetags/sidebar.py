"""The sidebar's views, drawn here: with fifty saved views a template would spend as long on them as on the page."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context

from helpdesk.accounts.models import User
from helpdesk.templatetags.ui import capped, icon
from tickets import counts
from tickets.queue import VIEWS
from tickets.sidebar import Entry, Sidebar, sidebar

register = template.Library()
TONES = ("red", "amber", "teal", "violet", "blue", "green", "pink", "orange")
SHOWN = 8  # views of one shelf that stand in the sidebar before its reader asks for the others
FEW = 2  # so few more are not worth a fold
LINK = (
    '<a id="nav-{slug}" href="/agent/?view={slug}"{key}{current}>{mark}<span class="clip" dir="auto">{title}</span>'
    '<span class="count"{unknown}>{count}</span></a>'
)


@register.simple_tag
def views_of(user: User, by_itself: bool | str = "") -> Sidebar:
    """A whole page does not wait for many counts; the sidebar `by_itself` may."""
    return sidebar(user, wait=counts.FRAGMENT if by_itself else counts.PAGE)


@register.simple_tag
def standard_views(side: Sidebar, active: str) -> SafeString:
    return mark_safe("".join(_link(entry, icon(entry.view.icon), active) for entry in side.standard))  # noqa: S308


@register.simple_tag(takes_context=True)
@pass_context
def saved_views(context: Context, side: Sidebar, active: str) -> SafeString:
    """Each shelf under its heading; every view has a swatch of a colour that stays its own. A long shelf is folded, so
    that what stands under it can be reached; which folds are open is in the cookie `folds` (lib/folds.ts)."""
    opened = context["request"].COOKIES.get("folds", "").split(".")
    parts = []
    for number, section in enumerate(side.saved):
        parts.append(f"<h3>{escape(str(section.title))}</h3>")
        entries = section.entries
        shown = SHOWN if len(entries) > SHOWN + FEW else len(entries)
        parts += [_link(entry, _swatch(entry), active) for entry in entries[:shown]]
        if shown < len(entries):
            parts.append(_fold(f"views-{number}", entries[shown:], active, opened))
    return mark_safe("".join(parts))  # noqa: S308 titles are escaped


def _fold(name: str, entries: list[Entry], active: str, opened: list[str]) -> str:
    is_open = name in opened or any(entry.view.slug == active for entry in entries)
    words = escape(ngettext("%(n)d more view", "%(n)d more views", len(entries)) % {"n": len(entries)})
    summary = f'<summary>{icon("chevron-right", "sm")}<span class="clip">{words}</span></summary>'
    links = "".join(_link(entry, _swatch(entry), active) for entry in entries)
    return f'<details id="{name}" class="fold" data-fold{" open" if is_open else ""}>{summary}{links}</details>'


def _swatch(entry: Entry) -> str:
    return f'<span class="swatch tone-{TONES[entry.view.saved_id % len(TONES)]}"></span>'


@lru_cache(maxsize=64)
def _standard_title(slug: str, language: str | None) -> str:
    return str(VIEWS[slug].title)


def _link(entry: Entry, mark: str, active: str) -> str:
    view, count = entry.view, entry.count
    unknown = escape(_("Takes too long to count")) if count is None else ""
    title = view.title if isinstance(view.title, str) else _standard_title(view.slug, get_language())
    return LINK.format(
        slug=view.slug,
        key=f' data-key="{view.key}"' if view.key else ' data-command=""',
        current=' aria-current="page"' if active == view.slug else "",
        mark=mark,
        title=escape(title),
        count="…" if count is None else capped(count),
        unknown=f' title="{unknown}"' if unknown else "",
    )
