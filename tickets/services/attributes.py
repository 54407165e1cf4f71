"""What rules set beside the usual properties: whose hours count, the skills asked for, the language written in."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Calendar
from tickets.events import CalendarChanged, RequesterLanguageChanged, SkillsChanged
from tickets.models import Ticket
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import gesture, running_gestures

MAX_SKILLS = 20


def change_calendar(ticket: Ticket, calendar: Calendar | None, *, actor: Actor) -> Ticket:
    """Let the ticket's clocks go by `calendar`; None: by its team's, or the house's."""
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.calendar_id == (calendar.pk if calendar else None):
            return ticket
        refuse_closed(ticket)
        old = ticket.calendar
        g.change(calendar=calendar)
        g.record(
            CalendarChanged(
                old.pk if old else None, str(old or ""), calendar.pk if calendar else None, str(calendar or "")
            )
        )
        return ticket


def set_skills(ticket: Ticket, names: Iterable[str], *, actor: Actor) -> Ticket:
    """What whoever takes the ticket by routing has to know, by the names of skills."""
    wanted = list(dict.fromkeys(names))
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        added = [name for name in wanted if name not in ticket.skills]
        removed = [name for name in ticket.skills if name not in wanted]
        if not added and not removed:
            return ticket
        refuse_closed(ticket)
        if len(wanted) > MAX_SKILLS:
            raise Refused(_("A ticket asks for at most %(count)s skills.") % {"count": MAX_SKILLS})
        g.change(skills=wanted)
        g.record(SkillsChanged(added, removed))
        return ticket


def add_skills(ticket: Ticket, names: Iterable[str], *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        return set_skills(g.ticket, [*g.ticket.skills, *names], actor=actor)


def remove_skills(ticket: Ticket, names: Iterable[str], *, actor: Actor) -> Ticket:
    unwanted = set(names)
    with gesture(ticket, actor=actor) as g:
        return set_skills(g.ticket, [name for name in g.ticket.skills if name not in unwanted], actor=actor)


def change_requester_language(ticket: Ticket, code: str, *, actor: Actor) -> Ticket:
    """The language we write to the customer in, on this ticket and all others."""
    with gesture(ticket, actor=actor) as g:
        requester = g.ticket.requester
        if requester.language == code:
            return g.ticket
        refuse_closed(g.ticket)
        old = requester.language
        Customer.objects.filter(pk=requester.pk).update(language=code)
        for running in running_gestures():  # tickets that are changed together hold the same customer apart
            if running.ticket.requester_id == requester.pk:
                running.ticket.requester.language = code
        g.record(RequesterLanguageChanged(old, code))
        return g.ticket
