"""Taking back what one key did: the field goes back to what it was before an event, if nobody changed it since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tickets.models import ForbiddenMove, MacroUse, Message, Status, Ticket, TicketEvent
from tickets.models.ticket import MOVES
from tickets.services.assignment import assign, assign_team
from tickets.services.errors import Refused
from tickets.services.fields import (
    change_due_date,
    change_priority,
    change_subject,
    change_type,
    remove_follower,
    set_tags,
)
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status

REVERSIBLE = ("status.changed", "assignee.changed", "macro.applied")


class ChangedSince(Refused):
    """Somebody wanted it otherwise meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("Too late to undo: it has been changed again since."))


def take_back(event: TicketEvent, *, actor: Actor) -> Ticket:
    """Undo the change that `event` (one of `REVERSIBLE`) tells of. `ChangedSince` when the field has moved on since.

    Of a macro that is all it changed, or nothing.
    """
    with gesture(event.ticket, actor=actor) as g:
        for each in _done_by(event) if event.kind == "macro.applied" else [event]:
            BACK[each.kind](g.ticket, each, actor)
        return g.ticket


def take_back_macros(g: Gesture, message: Message) -> None:
    """Undo what macros changed in the gesture that wrote `message`, where nobody has changed it since."""
    written = TicketEvent.objects.filter(message=message, kind__in=("reply.added", "reply.scheduled")).first()
    if written is None:
        return
    for macro in TicketEvent.objects.filter(gesture_id=written.gesture_id, ticket=g.ticket, kind="macro.applied"):
        used = MacroUse.objects.filter(macro=macro.payload["macro_id"], ticket=g.ticket, created_at=macro.created_at)
        used.delete()  # sent again it counts again
        for event in _done_by(macro):
            try:
                BACK[event.kind](g.ticket, event, g.actor)
            except (ChangedSince, ForbiddenMove):
                continue  # it is as somebody else wanted it meanwhile


def _done_by(macro: TicketEvent) -> list[TicketEvent]:
    """What it changed, the last first. What rules made of it in the same gesture is theirs."""
    kinds = [kind for kind in macro.payload["kinds"] if kind in BACK]
    done = TicketEvent.objects.filter(ticket=macro.ticket, gesture_id=macro.gesture_id, kind__in=kinds)
    return list(done.filter(actor_user=macro.actor_user, rule_id=None).order_by("-pk"))


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


def _team_back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
    if ticket.team_id != event.payload["new_id"]:
        raise ChangedSince
    assign_team(ticket, Team.objects.filter(pk=event.payload["old_id"] or 0).first(), actor=actor)


def _tags_back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
    added, removed = event.payload["added"], event.payload["removed"]
    kept = [tag for tag in ticket.tags if tag not in added]
    set_tags(ticket, [*kept, *(tag for tag in removed if tag not in kept)], actor=actor)


def _due_back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
    old, new = (datetime.fromisoformat(when) if when else None for when in (event.payload["old"], event.payload["new"]))
    if ticket.due_at != new:
        raise ChangedSince
    change_due_date(ticket, old, actor=actor)


def _follower_back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
    if user := User.objects.filter(pk=event.payload["user_id"]).first():
        remove_follower(ticket, user, actor=actor)


def _field_back(name: str, service: Callable[..., object]) -> Callable[[Ticket, TicketEvent, Actor], None]:
    def back(ticket: Ticket, event: TicketEvent, actor: Actor) -> None:
        if getattr(ticket, name) != event.payload["new"]:
            raise ChangedSince
        service(ticket, event.payload["old"], actor=actor)

    return back


BACK: dict[str, Callable[[Ticket, TicketEvent, Actor], None]] = {
    "status.changed": _status_back,
    "priority.changed": _field_back("priority", change_priority),
    "type.changed": _field_back("type", change_type),
    "subject.changed": _field_back("subject", change_subject),
    "tags.changed": _tags_back,
    "assignee.changed": _assignee_back,
    "team.changed": _team_back,
    "due.changed": _due_back,
    "follower.added": _follower_back,
}
