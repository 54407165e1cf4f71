"""The rows of search results, drawn here for the same reason as those of a list: see rows.py."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.lib.marking import Marker
from helpdesk.lib.people import hue_of, initials_of
from helpdesk.templatetags.ui import Ages, avatar, channel_icon, icon, prio, status_glyph
from tickets.models import Priority
from tickets.search.excerpts import Excerpt
from tickets.search.help import FILTERS
from tickets.search.people import FoundCustomer
from tickets.search.results import Results
from tickets.search.rows import Row

register = template.Library()
LOUD = (Priority.HIGH, Priority.URGENT)

ROW = """\
<li id="r{pk}" class="ti hit" data-number="{pk}"><a href="/agent/tickets/{pk}/{anchor}">\
<span class="avwrap">{face}<span class="chbadge">{badge}</span></span>\
<span class="rowtext">\
<span class="top"><bdi class="who clip">{who}</bdi><span class="count">#{pk}</span>{age}</span>\
<span class="subj">{glyph}<span class="clip" dir="auto">{subject}</span></span>\
<span class="said" dir="auto">{excerpt}</span>\
<span class="l3">{facts}<span class="marks">{marks}</span></span>\
</span></a></li>
"""


@register.simple_tag
def hits(results: Results) -> SafeString:
    """The `<li>` of each ticket that was found."""
    return _rows(results.tickets, results)


@register.simple_tag
def hit(ticket: Row, results: Results) -> SafeString:
    return _rows([ticket], results)


def _rows(tickets: Sequence[Row], results: Results) -> SafeString:
    ages = Ages(timezone.now())
    drawn = [_row(ticket, results.excerpts.get(ticket.pk), results.marker, ages) for ticket in tickets]
    return mark_safe("".join(drawn))  # noqa: S308 every text in a row is escaped


def _row(ticket: Row, excerpt: Excerpt | None, marker: Marker, ages: Ages) -> str:
    return ROW.format(
        pk=ticket.pk,
        anchor=f"#m{excerpt.message_id}" if excerpt and excerpt.message_id else "",
        face=avatar(initials_of(ticket.requester), hue_of(str(ticket.requester_id))),
        badge=channel_icon(ticket.channel),
        who=marker.mark(ticket.who),
        age=ages(ticket.updated_at),
        glyph=status_glyph(ticket.status),
        subject=marker.mark(ticket.subject) if ticket.subject else escape(_("No subject")),
        excerpt=_said(excerpt) if excerpt else escape(ticket.preview),
        facts=_facts(ticket, excerpt, marker),
        marks=_marks(ticket),
    )


def _said(excerpt: Excerpt) -> str:
    glyph = icon("sticky-note", "sm", _("Internal note")) if excerpt.is_note else ""
    return f'{glyph}<b class="med">{escape(excerpt.author)}</b> {excerpt.marked}'


def _facts(ticket: Row, excerpt: Excerpt | None, marker: Marker) -> str:
    """What else there is to know it by: organisation, team, tags, the file that matches."""
    parts = [
        f'<span class="fact">{icon("building-2", "sm")}{marker.mark(ticket.organisation)}</span>'
        if ticket.organisation
        else "",
        f'<span class="fact">{icon("users", "sm")}{escape(ticket.team)}</span>' if ticket.team else "",
        f'<span class="fact">{icon("paperclip", "sm")}{excerpt.filename}</span>'
        if excerpt and excerpt.filename
        else "",
        *(f'<span class="tag">{marker.mark(tag)}</span>' for tag in ticket.tags[:4]),
    ]
    return "".join(parts)


def _marks(ticket: Row) -> str:
    loud = prio(ticket.priority) if ticket.priority in LOUD else ""
    if not ticket.assignee_email:
        return loud
    return loud + avatar(initials_of(ticket.assignee or ticket.assignee_email), hue_of(ticket.assignee_email), "xs")


@register.simple_tag
def found_customer(customer: FoundCustomer, marker: Marker) -> SafeString:
    """One of the customers that the words may mean."""
    details = [detail for detail in (customer.known_by, customer.organisation) if detail]
    face = avatar(initials_of(customer.name), hue_of(str(customer.pk)), "sm")
    return mark_safe(  # noqa: S308 every text is escaped
        f'<a class="rowlink" href="/customers/{customer.pk}/">{face}'
        f'<span class="clip med" dir="auto">{marker.mark(customer.name)}</span>{icon("chevron-right", "sm")}'
        f'<small class="clip" dir="auto">{marker.mark(" · ".join(details))}</small></a>'
    )


@register.simple_tag
def filters_explained(tag: str) -> SafeString:
    """What can be typed, the same on every page: fragments know it by the time they are compiled."""
    lines = format_html_join(
        "", '<dt><code dir="ltr">{}</code></dt><dd>{}</dd>\n', ((one.example, one.meaning) for one in FILTERS)
    )
    return format_html("<{0}>\n{1}</{0}>", tag, lines)
