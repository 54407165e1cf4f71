"""Undoing a threading decision: a message goes to a ticket of its own, or to the ticket where it belongs."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Customer
from tickets.events import MessageMoved, MessageReceived
from tickets.models import Message, Status, Ticket
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import gesture
from tickets.services.lifecycle import change_status, open_ticket
from tickets.services.scheduling import hold_back_answered
from tickets.services.sending import recount


@transaction.atomic
def detach_message(message: Message, *, actor: Actor) -> Ticket:
    """The customer's message becomes a new ticket of its author; returns that ticket."""
    customer = _movable(message)
    here = message.ticket
    there = open_ticket(
        customer, message.subject or here.subject, inbox=here.inbox, channel=message.channel, actor=actor
    )
    join_message(message, there, actor=actor)
    return Ticket.objects.get(pk=there.pk)


@transaction.atomic
def join_message(message: Message, there: Ticket, *, actor: Actor) -> Message:
    """Move the customer's message, files and all, from its ticket to `there`."""
    _movable(message)
    here = message.ticket
    if here.pk == there.pk:
        return message
    first, second = sorted((here, there), key=lambda ticket: ticket.pk)  # always locked in this order
    with gesture(first, actor=actor) as one, gesture(second, actor=actor) as two:
        source, target = (one, two) if one.ticket.pk == here.pk else (two, one)
        refuse_closed(target.ticket)
        message.ticket = target.ticket
        message.match_rule = "moved"
        message.match_evidence = {**message.match_evidence, "moved_from": here.number, "moved_by": actor.name}
        message.save(update_fields=["ticket", "match_rule", "match_evidence"])
        source.record(MessageMoved(message.pk, "out", there.number))
        target.record(MessageReceived(message.pk, "moved"), message=message)
        target.record(MessageMoved(message.pk, "in", here.number))
        if not message.is_auto_reply and not message.is_unverified:
            hold_back_answered(target)
        if target.ticket.status in (Status.PENDING, Status.HOLD, Status.SOLVED):
            change_status(target.ticket, Status.OPEN, actor=actor)
        recount(source)
        recount(target)
        return message


def _movable(message: Message) -> Customer:
    if message.author_customer is None:
        raise Refused(_("Only a customer's message can be moved."))
    return message.author_customer
