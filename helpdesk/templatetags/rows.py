"""The rows of a list, worked out before the template sees them.

Fifty rows are most of the queue page's time, and in a template most of that is looking names up: so a row arrives
with its marks already drawn, and the template only puts them in their places.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.lib.people import hue_of, initials_of
from helpdesk.templatetags.ui import age, avatar, channel_icon, prio, status_glyph
from tickets.models import Priority, Ticket

register = template.Library()
LOUD = (Priority.HIGH, Priority.URGENT)


@register.simple_tag
def rows_of(tickets: Iterable[Ticket], current: int = 0) -> list[dict[str, Any]]:
    """One dict for each ticket: plain texts, and the marks as safe HTML."""
    now = timezone.now()
    unnamed, waits = _("No subject"), _waiting_dot()
    badges: dict[str, SafeString] = {}
    rows = []
    for ticket in tickets:
        if ticket.channel not in badges:
            badges[ticket.channel] = channel_icon(ticket.channel)
        requester, waiting = ticket.requester, ticket.waiting_since is not None
        rows.append(
            {
                "id": str(ticket.pk),
                "unread": waiting,
                "current": ticket.pk == current,
                "face": avatar(requester.initials, requester.hue),
                "badge": badges[ticket.channel],
                "who": str(requester),
                "count": str(ticket.message_count) if ticket.message_count > 1 else "",
                "age": age(ticket.updated_at, now),
                "glyph": status_glyph(ticket.status),
                "subject": ticket.subject or unnamed,
                "preview": ticket.preview,
                "marks": _marks(ticket) + (waits if waiting else SafeString("")),
            }
        )
    return rows


def _marks(ticket: Ticket) -> SafeString:
    loud = prio(ticket.priority) if ticket.priority in LOUD else SafeString("")
    assignee = ticket.assignee
    if assignee is None:
        return loud
    return loud + avatar(initials_of(assignee.name or assignee.email), hue_of(assignee.email), "xs")


def _waiting_dot() -> SafeString:
    label = _("Waits for an answer")
    return mark_safe(f'<span class="udot" role="img" aria-label="{label}"></span>')  # noqa: S308 our own words
