"""Taking back what one key did: the field goes back to what it was before an event, if nobody changed it since."""

from __future__ import annotations

from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.actors import Actor
from tickets.models import Status, Ticket, TicketEvent
from tickets.models.ticket import MOVES
from tickets.services.assignment import assign
from tickets.services.errors import Refused
from tickets.services.gesture import gesture
from tickets.services.lifecycle import change_status

REVERSIBLE = ("status.changed", "assignee.changed")


class ChangedSince(Refused):
    """Somebody wanted it otherwise meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("Too late to undo: it has been changed again since."))


def take_back(event: TicketEvent, *, actor: Actor) -> Ticket:
    """Undo the change that `event` (one of `REVERSIBLE`) tells of. `ChangedSince` when the field has moved on since."""
    with gesture(event.ticket, actor=actor) as g:
        if event.kind == "status.changed":
            _status_back(g.ticket, event, actor)
        else:
            _assignee_back(g.ticket, event, actor)
        return g.ticket


def _status_back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
    if ticket.status != event.payload["new"]:
        raise ChangedSince
    old = event.payload["old"]
    # What was new before somebody solved it has been touched by now: it is open.
    change_status(ticket, old if old in MOVES[ticket.status] else Status.OPEN, actor=actor)


def _assignee_back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
    if ticket.assignee_id != event.payload["new_id"]:
        raise ChangedSince
    old = User.objects.filter(pk=event.payload["old_id"]).first() if event.payload["old_id"] else None
    assign(ticket, old, actor=actor)
