"""The standard views of the queue: what each holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.columns import DEFAULT_SORT
from tickets.models import Mention, Status, Ticket, ViewLayout
from tickets.models.ticket import TicketQuerySet


@dataclass(frozen=True)
class View:
    """What a list can be asked for by name: one of the standard views below, or a saved one (`tickets.shelf`)."""

    slug: str
    title: str | Promise
    icon: str
    key: str
    empty_title: str | Promise
    empty_text: str | Promise
    sort: str = DEFAULT_SORT
    group_by: str = ""
    columns: tuple[str, ...] = ()
    layout: str = ViewLayout.ROWS
    saved_id: int = 0
    conditions: dict[str, Any] = field(default_factory=dict, hash=False)


VIEWS = {
    view.slug: view
    for view in (
        View("mine", _("Your tickets"), "inbox", "g i", _("You’re all caught up"),
             _("Tickets assigned to you will appear here. Pick one from Unassigned to keep going.")),
        View("unassigned", _("Unassigned"), "user-x", "g u", _("Nobody is waiting for an owner"),
             _("New mail lands here until somebody takes it.")),
        View("mentions", _("Mentions"), "at-sign", "g m", _("Nobody has mentioned you"),
             _("Tickets appear here when a colleague writes @ and your name, or your team’s, in a note.")),
        View("open", _("Open"), "circle-dot", "g o", _("Nothing is open"),
             _("New and open tickets of the whole team appear here.")),
        View("pending", _("Pending"), "clock", "g p", _("Nothing is pending"),
             _("Tickets that wait for a customer or for somebody else appear here.")),
        View("all", _("All tickets"), "layers", "g a", _("No tickets yet"),
             _("Send a mail to one of your inboxes and it appears here within a second.")),
        View("solved", _("Recently solved"), "circle-check", "g s", _("Nothing solved yet"),
             _("What you solve is kept here, newest first.")),
    )
}  # fmt: skip
DEFAULT_VIEW = "unassigned"
OWN_VIEWS = ("mine", "mentions")  # what they hold depends on who asks


def tickets_in(view: str, user: User) -> TicketQuerySet:
    """What `view` holds for `user`, in no order. Each condition has a partial index of its own."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(user)
    match view:
        case "mine":
            return tickets.unsolved().filter(assignee=user)
        case "unassigned":
            return tickets.unsolved().filter(assignee=None)
        case "mentions":
            named = Mention.objects.filter(Q(user=user) | Q(team__in=user.teams.all()))
            return tickets.filter(pk__in=named.values("ticket_id"))
        case "open":
            return tickets.filter(status__in=[Status.NEW, Status.OPEN])
        case "pending":
            return tickets.filter(status__in=[Status.PENDING, Status.HOLD])
        case "solved":
            return tickets.filter(status__in=[Status.SOLVED, Status.CLOSED])
    return tickets


def standard_conditions(slug: str) -> dict[str, Any]:
    """A standard view in the condition language, as a beginning for one's own."""
    unsolved = {"field": "status", "operator": "less_than", "value": "solved"}
    known: dict[str, list[dict[str, Any]]] = {
        "mine": [unsolved, {"field": "assignee_id", "operator": "is", "value": "current_user"}],
        "unassigned": [unsolved, {"field": "assignee_id", "operator": "is", "value": ""}],
        "mentions": [{"field": "mention", "operator": "is", "value": "current_user"}],
        "open": [{"field": "status", "operator": "includes", "value": ["new", "open"]}],
        "pending": [{"field": "status", "operator": "includes", "value": ["pending", "hold"]}],
        "solved": [{"field": "status", "operator": "includes", "value": ["solved", "closed"]}],
    }
    return {"all": known[slug]} if slug in known else {}
