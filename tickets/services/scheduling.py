"""A reply that is sent later: put off, sent when its time has come, or held back because something came between.

An answer that an agent wrote in a mail program is held back in the same way when the thread had moved on.

While it waits it is no answer: customers have nothing, so neither counts nor `waiting_since` know of it. Status, copies
and assignee that were chosen with it apply at once (docs/decisions/drafts.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets import policies
from tickets.events import ReplyAdded, ReplyHeldBack, ReplyRescheduled
from tickets.models import DeliveryState, Message, PublicCase, Ticket
from tickets.services.errors import Refused, TooLate, refuse_closed
from tickets.services.gesture import Gesture, gesture
from tickets.services.sending import back_to_draft, recount, undo_status

LONGEST_WAIT = timedelta(days=366)
# Why a reply is held back. AUTHOR, SIGHT: its author may no longer reply to anybody, or no longer see the ticket.
ANSWERED, CLOSED, INBOX, AUTHOR, SIGHT = "answered", "closed", "inbox", "author", "sight"
MOVED_ON = "moved_on"
QUARREL = "quarrel"  # what everybody would read was written before somebody saw a quarrel coming


def check_send_at(send_at: datetime, *, now: datetime) -> datetime:
    if send_at <= now:
        raise Refused(_("This time is over. Choose a later one."), field="send_later")
    if send_at > now + LONGEST_WAIT:
        raise Refused(_("Choose a time within a year."), field="send_later")
    return send_at


def reschedule_reply(message: Message, send_at: datetime, *, actor: Actor, unless_answered: bool) -> Message:
    """Send at another time. Raises `TooLate` when it is on its way, or was taken back."""
    with gesture(message.ticket, actor=actor) as g:
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.delivery_state != DeliveryState.SCHEDULED or message.send_at is None:
            raise TooLate
        refuse_closed(g.ticket)
        if (message.send_at, message.unless_answered) == (send_at, unless_answered):
            return message
        old, message.send_at, message.unless_answered = message.send_at, send_at, unless_answered
        message.save(update_fields=["send_at", "unless_answered"])
        moved = ReplyRescheduled(message.pk, old.isoformat(), send_at.isoformat(), unless_answered)
        g.record(moved, message=message)
        return message


def release_reply(message: Message, *, actor: Actor) -> bool:
    """Its time has come: from here on it is a reply like any other. False when it is held back instead."""
    with gesture(message.ticket, actor=actor) as g:
        if reason := _reason_to_hold(g.ticket, message.author_user) or _quarrel_since(message):
            hold_back(g, message, reason)
            return False
        message.delivery_state, message.created_at = DeliveryState.SENDING, g.now
        message.save(update_fields=["delivery_state", "created_at"])
        author = message.author_user
        g.record(ReplyAdded(message.pk), message=message, actor=Actor.agent(author) if author else None)
        if author and author.pk == g.ticket.assignee_id:
            g.change(assignee_updated_at=g.now)
        recount(g)
        return True


# Every mail asks, and nearly always nothing waits: finding that out takes less time than compiling a queryset.
WAITING = """
SELECT id FROM tickets_message WHERE ticket_id = %s AND delivery_state = %s AND unless_answered ORDER BY id FOR UPDATE
"""


def hold_back_answered(g: Gesture) -> None:
    """The customer wrote first: replies that were to go out only if they did not are drafts again."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [g.ticket.pk, DeliveryState.SCHEDULED])
        waiting = [number for (number,) in cursor.fetchall()]
    if waiting:
        for message in Message.objects.filter(pk__in=waiting).order_by("pk"):
            hold_back(g, message, ANSWERED)


def hold_back(g: Gesture, message: Message, reason: str) -> None:
    """Not sent, and nothing lost: the words are the author's draft; where the author can't send them, the team's."""
    message.delivery_state, message.delivery_detail = DeliveryState.CANCELLED, reason
    message.save(update_fields=["delivery_state", "delivery_detail"])
    g.record(ReplyHeldBack(message.pk, reason, message.author_user_id), message=message)
    draft = back_to_draft(message, g)
    if draft and reason in (AUTHOR, SIGHT):
        draft.shared_at = g.now
        draft.save(update_fields=["shared_at"])
    if reason != ANSWERED and not g.ticket.is_closed:  # a customer's message opens the ticket by itself
        undo_status(message, g)


def _quarrel_since(message: Message) -> str:
    """Whoever wrote or approved it had not seen one coming."""
    if not message.facts.get("is_public"):
        return ""
    is_flagged = PublicCase.objects.filter(ticket=message.ticket_id, flagged_at__gt=message.created_at).exists()
    return QUARREL if is_flagged else ""


def _reason_to_hold(ticket: Ticket, author: User | None) -> str:
    if ticket.is_closed:
        return CLOSED
    if not ticket.inbox.is_active:
        return INBOX
    if author is None or not policies.may_reply(author, ticket):
        return AUTHOR
    return "" if Ticket.objects.visible_to(author).filter(pk=ticket.pk).exists() else SIGHT
