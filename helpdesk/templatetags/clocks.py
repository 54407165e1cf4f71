"""Clocks on pages: what is left of a target. Lists draw it from the ticket's own columns.

The page counts on by itself (static/src/live/countdowns.ts), by the same working hours.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.templatetags.ui import icon
from tickets.listed import Row
from tickets.models import Ticket
from tickets.sla.clock import SECOND
from tickets.sla.knowledge import hours_to_show
from tickets.sla.words import exact, length, metric_name

register = template.Library()
register.filter("metric_name", metric_name)
register.filter("length_of", length)
register.filter("exact", exact)
ICONS = {"running": "timer", "warned": "alarm-clock", "late": "circle-minus", "paused": "circle-pause"}
TONES = {"warned": " tone-amber", "late": " tone-red"}
DRAWN = (
    '<span class="sla{tone}" data-due="{due}" data-hours="{hours}" data-metric="{metric}" data-state="{state}"'
    ' title="{title}">{icon}<span class="left" aria-hidden="true">{left}</span><span class="sr">{words}</span></span>'
)
STILL = '<span class="sla" title="{words}">{icon}<span class="sr">{words}</span></span>'


def countdown(ticket: Ticket | Row, now: datetime) -> str:
    """Empty for a ticket without a running target."""
    if not ticket.sla_state:
        return ""
    return draw(ticket.sla_metric, ticket.sla_state, ticket.sla_due_at, ticket.sla_calendar_id, now)


def draw(metric: str, state: str, due_at: datetime | None, calendar_id: int | None, now: datetime) -> str:
    name = escape(metric_name(metric))
    if due_at is None:
        words = escape(_("%(metric)s: paused") % {"metric": metric_name(metric)})
        return STILL.format(icon=icon(ICONS["paused"], "xs"), words=words)
    state = "late" if due_at < now else "running" if state == "running" else "warned"
    left = seconds_left(due_at, calendar_id, now)
    said = _("%(metric)s: late by %(length)s") if state == "late" else _("%(metric)s: due in %(length)s")
    return DRAWN.format(
        tone=TONES.get(state, ""),
        due=f"{due_at:%Y-%m-%dT%H:%M:%S}Z",
        hours=calendar_id or "",
        metric=name,
        state=state,
        title=escape(due_title(metric, due_at)),
        icon=icon(ICONS[state], "xs"),
        left=escape(short(left)),
        words=escape(said % {"metric": metric_name(metric), "length": length(left)}),
    )


def due_title(metric: str, due_at: datetime) -> str:
    """ "First reply · due 22 Nov, 14:30"."""
    at = format_date(timezone.localtime(due_at), pgettext("date format", "j M, H:i"))
    return _("%(metric)s · due %(moment)s") % {"metric": metric_name(metric), "moment": at}


def seconds_left(due_at: datetime, calendar_id: int | None, now: datetime) -> float:
    """Until it is due, or since; in working time where the target counts in it. Never negative."""
    start, end = min(due_at, now), max(due_at, now)
    hours = hours_to_show() if calendar_id else None
    return hours.measure(calendar_id, start, end) / SECOND if hours else (end - start).total_seconds()


def short(seconds: float) -> str:
    """As narrow as a row needs it: 45s, 12m, 1h 20m, 14h, 3d."""
    whole = int(seconds)
    if whole < 60:
        return pgettext("time left in seconds", "%(n)ds") % {"n": whole}
    if whole < 3600:
        return pgettext("age in minutes", "%(n)dm") % {"n": whole // 60}
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours < 48:
        text = pgettext("age in hours", "%(n)dh") % {"n": hours}
        more = f" {pgettext('age in minutes', '%(n)dm') % {'n': minutes}}" if hours < 10 and minutes else ""
        return text + more
    return pgettext("time left in days", "%(n)dd") % {"n": hours // 24}


@register.simple_tag
def next_target(ticket: Ticket) -> SafeString:
    return mark_safe(countdown(ticket, timezone.now()))  # noqa: S308 every text in it is escaped


@register.simple_tag
def target(row: dict[str, Any]) -> SafeString:
    """One of the targets beside a ticket, as `surroundings` reads them: JSON, so its moments are texts."""
    due_at = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
    state = "breached" if row["breached_at"] else "warned" if row["warned_at"] else "running"
    return mark_safe(draw(row["metric"], state, due_at, row["calendar_id"], timezone.now()))  # noqa: S308 as above
