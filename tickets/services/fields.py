"""The ticket's properties and people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.events import (
    AlsoReceived,
    CcAdded,
    CcRemoved,
    DueChanged,
    FollowerAdded,
    FollowerRemoved,
    PriorityChanged,
    SubjectChanged,
    TagsChanged,
    TypeChanged,
)
from tickets.models import CcState, Follower, Inbox, Priority, Ticket, TicketCC, TicketType
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import gesture

MAX_TAGS = 50
LONGEST_TAG = 60  # characters
MAX_CCS = 50


def change_priority(ticket: Ticket, priority: str, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.priority == priority:
            return ticket
        refuse_closed(ticket)
        old = ticket.priority
        g.change(priority=Priority(priority))
        g.record(PriorityChanged(old, priority))
        return ticket


def change_type(ticket: Ticket, type: str, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.type == type:
            return ticket
        refuse_closed(ticket)
        old = ticket.type
        g.change(type=TicketType(type))
        g.record(TypeChanged(old, type))
        return ticket


def change_subject(ticket: Ticket, subject: str, *, actor: Actor) -> Ticket:
    subject = " ".join(subject.split())
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.subject == subject:
            return ticket
        refuse_closed(ticket)
        if not subject or len(subject) > 300:
            raise Refused(_("A subject has 1 to 300 characters."))
        old = ticket.subject
        g.change(subject=subject)
        g.record(SubjectChanged(old, subject))
        return ticket


def change_due_date(ticket: Ticket, due_at: datetime | None, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        if ticket.due_at == due_at:
            return ticket
        refuse_closed(ticket)
        old = ticket.due_at
        g.change(due_at=due_at)
        g.record(DueChanged(old.isoformat() if old else "", due_at.isoformat() if due_at else ""))
        return ticket


def set_tags(ticket: Ticket, tags: Iterable[str], *, actor: Actor) -> Ticket:
    """Replace the tags. A tag is lower case without spaces; raises `Refused` when one is too long or too many."""
    wanted = list(dict.fromkeys(tag for tag in map(clean_tag, tags) if tag))
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        added = [tag for tag in wanted if tag not in ticket.tags]
        removed = [tag for tag in ticket.tags if tag not in wanted]
        if not added and not removed:
            return ticket
        refuse_closed(ticket)
        if len(wanted) > MAX_TAGS or any(len(tag) > LONGEST_TAG for tag in wanted):
            raise Refused(_("At most %(count)s tags of 60 characters each.") % {"count": MAX_TAGS})
        g.change(tags=wanted)
        g.record(TagsChanged(added, removed))
        return ticket


def add_tags(ticket: Ticket, tags: Iterable[str], *, actor: Actor) -> Ticket:
    """Put `tags` beside those there are, so that two people who add at the same time both do."""
    with gesture(ticket, actor=actor) as g:
        return set_tags(g.ticket, [*g.ticket.tags, *tags], actor=actor)


def remove_tags(ticket: Ticket, tags: Iterable[str], *, actor: Actor) -> Ticket:
    unwanted = set(map(clean_tag, tags))
    with gesture(ticket, actor=actor) as g:
        return set_tags(g.ticket, [tag for tag in g.ticket.tags if tag not in unwanted], actor=actor)


def clean_tag(tag: str) -> str:
    return "_".join(tag.replace(",", " ").lower().split())


def add_follower(ticket: Ticket, user: User, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        if not user.is_active:
            raise Refused(_("%(name)s is not active any more.") % {"name": user})
        _follower, created = Follower.objects.get_or_create(ticket=g.ticket, user=user)
        if created:
            g.record(FollowerAdded(user.pk, str(user)))
        return g.ticket


def remove_follower(ticket: Ticket, user: User, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        deleted, _by_model = Follower.objects.filter(ticket=g.ticket, user=user).delete()
        if deleted:
            g.record(FollowerRemoved(user.pk, str(user)))
        return g.ticket


def add_cc(ticket: Ticket, customer: Customer, address: str, *, actor: Actor, state: str = CcState.CC) -> Ticket:
    """Put `address` on the ticket. An agent's word turns a suggestion into a CC, a mail's header never does."""
    with gesture(ticket, actor=actor) as g:
        ticket = g.ticket
        existing = TicketCC.objects.filter(ticket=ticket, address=address).first()
        if existing and (existing.state == state or state != CcState.CC):
            return ticket
        refuse_closed(ticket)
        if not existing and ticket.ccs.count() >= MAX_CCS:
            raise Refused(_("A ticket has at most %(count)s people in copy.") % {"count": MAX_CCS})
        if existing:
            existing.state = state
            existing.save(update_fields=["state"])
        else:
            TicketCC.objects.create(ticket=ticket, customer=customer, address=address, state=state, created_at=g.now)
        g.record(CcAdded(address, state))
        return ticket


def remove_cc(ticket: Ticket, address: str, *, actor: Actor) -> Ticket:
    with gesture(ticket, actor=actor) as g:
        deleted, _by_model = TicketCC.objects.filter(ticket=g.ticket, address=address).delete()
        if deleted:
            g.record(CcRemoved(address))
        return g.ticket


def note_also_received(ticket: Ticket, inbox: Inbox, *, actor: Actor) -> Ticket:
    """The mail that is on this ticket reached a second inbox too: it is seen in both."""
    with gesture(ticket, actor=actor) as g:
        if inbox == g.ticket.inbox or g.ticket.also_seen_in.filter(pk=inbox.pk).exists():
            return g.ticket
        g.ticket.also_seen_in.add(inbox)
        g.record(AlsoReceived(str(inbox)))
        return g.ticket
