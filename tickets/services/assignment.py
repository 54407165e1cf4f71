"""Who takes care of a ticket."""

from __future__ import annotations

from django.utils.translation import gettext as _

from helpdesk.accounts.models import Role, Team, User
from tickets.actors import Actor
from tickets.events import AssigneeChanged, TeamChanged
from tickets.models import Status, Ticket
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import gesture
from tickets.services.lifecycle import change_status


def assign(ticket: Ticket, user: User | None, *, actor: Actor) -> Ticket:
    """Hand `ticket` to `user` (None: to nobody). A new ticket that gets an assignee is open."""
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.assignee == user:
            return ticket
        refuse_closed(ticket)
        if user and not can_be_assigned(user):
            raise Refused(_("%(name)s can't take tickets: inactive, or a light agent.") % {"name": user})
        old = ticket.assignee
        g.change(assignee=user)
        g.record(AssigneeChanged(old.pk if old else None, str(old or ""), user.pk if user else None, str(user or "")))
        if user and ticket.status == Status.NEW:
            change_status(ticket, Status.OPEN, actor=actor)
        return ticket


def assign_team(ticket: Ticket, team: Team | None, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.team == team:
            return ticket
        refuse_closed(ticket)
        old = ticket.team
        g.change(team=team)
        g.record(TeamChanged(old.pk if old else None, str(old or ""), team.pk if team else None, str(team or "")))
        return ticket


def can_be_assigned(user: User) -> bool:
    return user.is_active and user.role != Role.LIGHT
