"""The rows of a list, drawn here and not by the template engine.

Fifty rows are most of the queue page's time, and in a template most of that is looking names up: fifty times twelve
variables and five conditions took 3 ms of the page's 9, this takes half of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.lib.people import hue_of, initials_of
from helpdesk.templatetags.clocks import countdown
from helpdesk.templatetags.ui import Ages, avatar, channel_icon, icon, prio, status_glyph
from tickets.listed import Row
from tickets.models import MESSAGING, Priority, Ticket

register = template.Library()
LOUD = (Priority.HIGH, Priority.URGENT)

# In the place of the face, so what it says is all there is to read; its id keeps it through a morph.
PICK = '<input id="p{pk}" class="pick" type="checkbox" value="{pk}" aria-label="{label}" autocomplete="off">'
ROW = """\
<li id="t{pk}" class="ti{unread}" data-number="{pk}"{current}>{pick}\
<a href="{link}" hx-get="{link}" hx-target="#ticket" hx-swap="outerHTML" hx-push-url="true" hx-preload="mousedown">\
<span class="avwrap">{face}<span class="chbadge">{badge}</span></span>\
<span class="rowtext">\
<span class="top"><bdi class="who clip">{who}</bdi>{count}{age}</span>\
<span class="subj">{glyph}<span class="clip" dir="auto">{subject}</span></span>\
<span class="l3"><span class="clip" dir="auto">{preview}</span><span class="marks">{marks}</span></span>\
</span></a></li>
"""


@register.simple_tag
def rows(tickets: Iterable[Ticket | Row], query: str, current: int = 0, has_picks: bool = False) -> SafeString:
    """The `<li>` of each ticket; the one whose number is `current` is marked. `query` is the list's, for the links.

    `has_picks` puts a checkbox into each, for those who may change many tickets at once.
    """
    draw, address = _Row(timezone.now()), escape(query)
    pick = PICK.format(pk="{pk}", label=escape(_("Select ticket {pk}"))) if has_picks else ""
    plain = (it if isinstance(it, Row) else Row.of(it) for it in tickets)
    return mark_safe("".join(draw(row, address, current, pick) for row in plain))  # noqa: S308 texts are escaped


class _Once(dict[str, str]):
    """Key → what it is drawn as, drawn once a page."""

    def __init__(self, draw: Callable[[str], str]) -> None:
        self._draw = draw

    def __missing__(self, key: str) -> str:
        self[key] = drawn = str(self._draw(key))
        return drawn


class _Row:
    """Draws the rows of one page."""

    def __init__(self, now: datetime) -> None:
        self._now, self._age = now, Ages(now)
        self._badge, self._glyph, self._priority = _Once(channel_icon), _Once(status_glyph), _Once(prio)
        self._wordless = icon("paperclip", "xs") + " " + escape(_("A message without words"))
        self._waits = f'<span class="udot" role="img" aria-label="{escape(_("Waits for an answer"))}"></span>'

    def __call__(self, row: Row, query: str, current: int, pick: str) -> str:
        pk, who, is_waiting = row.pk, row.requester__name, row.is_waiting
        return ROW.format(
            pk=pk,
            pick=pick.format(pk=pk),
            link=f"/agent/tickets/{pk}/?{query}",
            unread=" unread" if is_waiting else "",
            current=' aria-current="true"' if pk == current else "",
            face=avatar(initials_of(who), hue_of(str(row.requester_id))),
            badge=self._badge[row.channel],
            who=escape(who or _("Unnamed customer")),
            count=f'<span class="count">{row.message_count}</span>' if row.message_count > 1 else "",
            age=self._age(row.updated_at),
            glyph=self._glyph[row.status],
            subject=escape(row.subject or _("No subject")),
            preview=escape(row.preview) or (self._wordless if row.channel in MESSAGING else ""),
            marks=self._marks(row) + (self._waits if is_waiting else ""),
        )

    def _marks(self, row: Row) -> str:
        marks = countdown(row, self._now) if row.sla_state else ""
        if row.priority in LOUD:
            marks += self._priority[row.priority]
        if email := row.assignee__email:
            marks += str(avatar(initials_of(row.assignee__name or email), hue_of(email), "xs"))
        return marks
