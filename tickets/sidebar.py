"""The views in the sidebar with their counts: standard ones, then what is on the person's shelf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets import counts
from tickets.conditions import Invalid, as_q, scope_of
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.queue import OWN_VIEWS, VIEWS, View, tickets_in
from tickets.shelf import shelf


@dataclass(frozen=True)
class Entry:
    """`count` is None where it is not known."""

    view: View
    count: int | None


@dataclass(frozen=True)
class Section:
    title: str | Promise
    entries: list[Entry]


@dataclass(frozen=True)
class Sidebar:
    standard: list[Entry]
    saved: list[Section]
    drafts: int
    has_chats: bool
    again_in: float  # seconds after which some counts will be more exact; 0 when all are


def sidebar(user: User, *, now: datetime | None = None, wait: float = counts.PAGE) -> Sidebar:
    mine = shelf(user)
    standard = [view for view in VIEWS.values() if mine.shows(view)]
    shelves = [(_("Only yours"), mine.mine), (_("Of your teams"), mine.team), (_("For everyone"), mine.everyone)]
    sections = [(title, [view for view in views if mine.shows(view)]) for title, views in shelves]
    shown = [*standard, *(view for _title, views in sections for view in views)]
    found = counts.of_views(list(questions(shown, user, now or timezone.now())), user, wait=wait)
    return Sidebar(
        standard=[Entry(view, found.get(view.slug)) for view in standard],
        saved=[
            Section(title, [Entry(view, found.get(view.slug)) for view in views]) for title, views in sections if views
        ],
        drafts=mine.drafts,
        has_chats=mine.has_chats,
        again_in=found.again_in,
    )


def questions(views: Iterable[View], user: User, now: datetime) -> Iterable[counts.Question]:
    """A view whose conditions can't be read any more is not counted."""
    for view in views:
        if not view.saved_id:
            whose = f":{user.pk}" if view.slug in OWN_VIEWS else ""
            yield counts.Question(view.slug, partial(tickets_in, view.slug, user), f"standard:{view.slug}{whose}")
            continue
        try:
            scope = scope_of(view.conditions, user)
        except Invalid:
            continue
        yield counts.Question(view.slug, partial(_of_saved, view, user, now), scope)


def _of_saved(view: View, user: User, now: datetime) -> TicketQuerySet:
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    return tickets.filter(as_q(view.conditions, user=user, now=now))
