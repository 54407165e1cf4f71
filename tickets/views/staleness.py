"""Two people change one property: the later form says what it saw, and is asked before it undoes the other's change."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import Team, User
from helpdesk.lib.typed import whole_number
from tickets.models import Priority, Status, Ticket, TicketEvent, TicketType

SAID = {
    "status": gettext_lazy("%(who)s changed the status to %(now)s."),
    "priority": gettext_lazy("%(who)s changed the priority to %(now)s."),
    "type": gettext_lazy("%(who)s changed the type to %(now)s."),
    "subject": gettext_lazy("%(who)s changed the subject to “%(now)s”."),
    "assignee": gettext_lazy("%(who)s changed the assignee to %(now)s."),
    "team": gettext_lazy("%(who)s changed the team to %(now)s."),
}


@dataclass
class Stale(Exception):
    """`name` was changed since the form was drawn. `wanted` and `mine` are its value and that value in words."""

    name: str
    wanted: str
    reason: str
    mine: str


def refuse_stale(ticket: Ticket, name: str, data: QueryDict, user: User) -> None:
    """Raises `Stale` when the locked `ticket` says neither what the form saw nor what it wants."""
    if name not in SAID or "seen" not in data:
        return
    wanted = str(user.pk) if data.get(name) == "me" else data.get(name, "")
    now = value_of(ticket, name)
    if now in (data["seen"], wanted):
        return
    newest = TicketEvent.objects.filter(ticket=ticket, kind=f"{name}.changed").order_by("-pk").first()
    who = newest.actor_name if newest else _("Somebody")
    reason = str(SAID[name]) % {"who": who, "now": words_for(name, now)}
    raise Stale(name, wanted, reason, words_for(name, wanted))


def value_of(ticket: Ticket, name: str) -> str:
    """As the forms carry it."""
    return str(getattr(ticket, {"assignee": "assignee_id", "team": "team_id"}.get(name, name)) or "")


def words_for(name: str, value: str) -> str:
    if name == "assignee":
        person = User.objects.filter(pk=whole_number(value) or 0).first()
        return str(person or _("Nobody"))
    if name == "team":
        team = Team.objects.filter(pk=whole_number(value) or 0).first()
        return str(team or _("No team"))
    choices = {"status": Status, "priority": Priority, "type": TicketType}.get(name)
    return str(dict(choices.choices).get(value, value)) if choices else value
