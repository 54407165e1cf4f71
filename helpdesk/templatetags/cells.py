"""Tickets as a table: heads that sort, and a cell for each column, drawn here for the reason given in `rows`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.lib.people import hue_of, initials_of
from helpdesk.templatetags.clocks import countdown
from helpdesk.templatetags.ui import age, avatar, channel_icon, channel_label, icon, prio, status_pill, type_label
from tickets.columns import Column
from tickets.listed import Row
from tickets.lists import ListQuery
from tickets.models import Status, Ticket
from tickets.paging import Page

register = template.Library()
SHOWN_TAGS = 3
NOTHING = '<span class="none" aria-hidden="true">–</span>'

ROW = '<tr id="t{pk}" class="ti{unread}" data-number="{pk}"{current}>{pick}{cells}</tr>\n'
PICK = (
    '<td class="pickcell"><input id="p{pk}" class="pick" type="checkbox" value="{pk}" aria-label="{label}"'
    ' autocomplete="off"></td>'
)
SUBJECT = '<a href="/agent/tickets/{pk}/?{query}" dir="auto">{subject}</a>{count}'
MOST_FIRST = ("moment", "waiting", "due", "count", "priority", "number")  # the greatest on top first


@dataclass(frozen=True)
class Group:
    """Tickets that share what the list is grouped by. `count` is None where the list is too long to be counted."""

    heading: SafeString
    count: int | None
    tickets: Sequence[Ticket | Row]


@register.simple_tag
def groups(listed: ListQuery, page: Page[Any]) -> list[Group]:
    """The page's tickets under their headings; a list without groups is one group without a heading."""
    column = listed.group
    if column is None:
        return [Group(SafeString(""), None, page.tickets)]
    counts, now = listed.group_counts(), timezone.now()
    found = []
    for value, members in groupby(page.tickets, column.group_of):
        tickets = list(members)
        found.append(Group(_heading(column, tickets[0], now), counts.get(value) if counts else None, tickets))
    return found


def _heading(column: Column, ticket: Ticket, now: datetime) -> SafeString:
    drawn = DRAWN[column.kind](ticket, now, column)
    return mark_safe(  # noqa: S308 cells are escaped
        drawn if drawn != NOTHING else escape(_("No %(column)s") % {"column": str(column.label).lower()})
    )


@register.simple_tag
def table_head(listed: ListQuery, has_picks: bool = False) -> SafeString:
    selection = escape(_("Selection"))
    first = f'<th class="pickcell"><span class="sr">{selection}</span></th>' if has_picks else ""
    return mark_safe(first + "".join(_head(column, listed) for column in listed.columns))  # noqa: S308 ours, escaped


def _head(column: Column, listed: ListQuery) -> str:
    label, cls = escape(str(column.label)), f"c-{column.kind}"
    if not column.sort:
        return f'<th class="{cls}" scope="col">{label}</th>'
    is_sorted, goes_down = listed.sort.removeprefix("-") == column.key, listed.sort.startswith("-")
    wanted_down = not goes_down if is_sorted else column.kind in MOST_FIRST
    address = escape(listed.query(sort=f"-{column.key}" if wanted_down else column.key))
    state = f' aria-sort="{"descending" if goes_down else "ascending"}"' if is_sorted else ""
    arrow = icon("arrow-down" if goes_down else "arrow-up", "xs") if is_sorted else ""
    return f'<th class="{cls}" scope="col"{state}><a href="/agent/?{address}">{label}{arrow}</a></th>'


@register.simple_tag
def table_rows(listed: ListQuery, tickets: Sequence[Ticket], current: int = 0, has_picks: bool = False) -> SafeString:
    """A `<tr>` for each ticket, with the columns of the view. The link to the ticket is in its subject or number."""
    return mark_safe("".join(_rows(listed, tickets, current, has_picks)))  # noqa: S308 every text in a cell is escaped


def _rows(listed: ListQuery, tickets: Sequence[Ticket], current: int, has_picks: bool) -> Iterator[str]:
    now, query = timezone.now(), escape(listed.query())
    columns = [(column, DRAWN[column.kind]) for column in listed.columns]
    linked = next((column for column, _draw in columns if column.kind == "subject"), columns[0][0])
    label = escape(_("Select ticket {pk}"))
    for ticket in tickets:
        cells = []
        for column, draw in columns:
            drawn = draw(ticket, now, column)
            if column is linked:
                drawn = _linked(ticket, drawn, query)
            cells.append(f'<td class="c-{column.kind}">{drawn}</td>')
        yield ROW.format(
            pk=ticket.pk,
            unread=" unread" if ticket.is_waiting else "",
            current=' aria-current="true"' if ticket.pk == current else "",
            pick=PICK.format(pk=ticket.pk, label=label.format(pk=ticket.pk)) if has_picks else "",
            cells="".join(cells),
        )


def _linked(ticket: Ticket, drawn: str, query: str) -> str:
    count = f'<span class="count">{ticket.message_count}</span>' if ticket.message_count > 1 else ""
    return SUBJECT.format(pk=ticket.pk, query=query, subject=drawn, count=count)


def _customer(ticket: Ticket, now: datetime, column: Column) -> str:
    who = ticket.requester
    return f'{avatar(who.initials, who.hue, "xs")}<bdi class="clip">{escape(str(who))}</bdi>'


def _agent(ticket: Ticket, now: datetime, column: Column) -> str:
    who = ticket.assignee
    if who is None:
        return NOTHING
    face = avatar(initials_of(who.name or who.email), hue_of(who.email), "xs")
    return f'{face}<bdi class="clip">{escape(str(who))}</bdi>'


def _organisation(ticket: Ticket, now: datetime, column: Column) -> str:
    return _text(ticket.requester.organisation)


def _text(value: object) -> str:
    return f'<span class="clip" dir="auto">{escape(str(value))}</span>' if value else NOTHING


def _channel(ticket: Ticket, now: datetime, column: Column) -> str:
    return f"{channel_icon(ticket.channel, 'sm')}{escape(channel_label(ticket.channel))}"


def _tags(ticket: Ticket, now: datetime, column: Column) -> str:
    shown = "".join(f'<span class="tag" dir="auto">{escape(tag)}</span>' for tag in ticket.tags[:SHOWN_TAGS])
    more = len(ticket.tags) - SHOWN_TAGS
    return (shown + (f'<span class="count">+{more}</span>' if more > 0 else "")) or NOTHING


def _moment(ticket: Ticket, now: datetime, column: Column) -> str:
    moment = getattr(ticket, column.key)
    return age(moment, now) if moment else NOTHING


def _due(ticket: Ticket, now: datetime, column: Column) -> str:
    """A day, in red when it has passed and the ticket is not solved."""
    if ticket.due_at is None:
        return NOTHING
    local = timezone.localtime(ticket.due_at)
    late = ticket.due_at < now and ticket.status not in (Status.SOLVED, Status.CLOSED)
    text = escape(format_date(local, pgettext("date format", "j M, H:i")))
    drawn = f'<time datetime="{ticket.due_at:%Y-%m-%dT%H:%M:%S}Z" title="{local:%Y-%m-%d %H:%M}">{text}</time>'
    overdue = escape(_("overdue"))
    return f'<span class="late tone-red">{drawn}<span class="sr"> {overdue}</span></span>' if late else drawn


def _count(ticket: Ticket, now: datetime, column: Column) -> str:
    return str(getattr(ticket, column.key))


DRAWN: dict[str, Callable[[Ticket, datetime, Column], str]] = {
    "number": lambda ticket, now, column: f"<bdi>#{ticket.pk}</bdi>",
    "subject": lambda ticket, now, column: escape(ticket.subject or _("No subject")),
    "customer": _customer,
    "organisation": _organisation,
    "status": lambda ticket, now, column: status_pill(ticket.status),
    "priority": lambda ticket, now, column: prio(ticket.priority, text=True) or NOTHING,
    "type": lambda ticket, now, column: escape(type_label(ticket.type)) if ticket.type else NOTHING,
    "agent": _agent,
    "team": lambda ticket, now, column: _text(ticket.team),
    "inbox": lambda ticket, now, column: _text(ticket.inbox),
    "channel": _channel,
    "tags": _tags,
    "moment": _moment,
    "waiting": lambda ticket, now, column: _moment(ticket, now, column) if ticket.is_waiting else NOTHING,
    "due": _due,
    "sla": lambda ticket, now, column: countdown(ticket, now) or NOTHING,
    "count": _count,
}
