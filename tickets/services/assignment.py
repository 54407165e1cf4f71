"""Who takes care of a ticket."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import WITHOUT_TICKETS, Team, User
from tickets.events import AssigneeChanged, TeamChanged
from tickets.models import Status, Ticket
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import Gesture, gesture, running_gestures
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
        if user:
            stations = _stations(g, AssigneeChanged.kind, user.pk, ticket.assignee_stations)
            g.change(assigned_at=g.now, assignee_stations=stations)
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
        if team:
            g.change(team_stations=_stations(g, TeamChanged.kind, team.pk, ticket.team_stations))
        g.record(TeamChanged(old.pk if old else None, str(old or ""), team.pk if team else None, str(team or "")))
        return ticket


# By hand: as a queryset it takes longer to compile than to run.
HAD_IT = """
SELECT DISTINCT ticket_id FROM tickets_ticketevent WHERE ticket_id = ANY(%(tickets)s) AND kind = %(kind)s
  AND to_jsonb(%(pk)s::bigint) IN (payload -> 'old_id', payload -> 'new_id')
"""


def _stations(g: Gesture, kind: str, pk: int, known: int) -> int:
    """How many different people (or teams) have had the ticket, now that `pk` has it."""
    if not known:
        return 1
    # One that the ticket was opened with is in no event until it is handed on; then it is an `old_id`.
    if any(pk in (event.payload["old_id"], event.payload["new_id"]) for event in g.events if event.kind == kind):
        return known
    return known if _had_it(g, kind, pk) else known + 1


def _had_it(g: Gesture, kind: str, pk: int) -> bool:
    """As its stored events tell it. Asked of all tickets that are changed together: most will want to know the same."""
    asked = f"{kind} of {pk}"
    if asked not in g.kept:
        together = running_gestures()
        with connection.cursor() as cursor:
            cursor.execute(HAD_IT, {"tickets": [each.ticket.pk for each in together], "kind": kind, "pk": pk})
            had_it = {number for (number,) in cursor.fetchall()}
        for each in together:
            each.kept[asked] = each.ticket.pk in had_it
    return bool(g.kept[asked])


def can_be_assigned(user: User) -> bool:
    return user.is_active and user.role not in WITHOUT_TICKETS
