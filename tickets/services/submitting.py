"""May these words be written now? Not twice for one submit, and not past what their author has not seen."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from customers.actors import Actor
from helpdesk.lib.html import html_to_text
from tickets.models import DeliveryState, Draft, Message, Ticket, TicketEvent
from tickets.services.drafts import discard_draft
from tickets.services.errors import ThreadMovedOn

# What an author must have seen before a reply goes out.
WRITTEN = ("reply.added", "reply.scheduled", "note.added")
MOVED_ON_BY = ("message.received", "reply.added", "reply.scheduled", "assignee.changed", "status.changed")


def already_submitted(ticket: Ticket, submit_key: UUID | None, html: str) -> Message | None:
    """The message that this submit made when it came first; its answer may have been lost on the way.

    Raises `ThreadMovedOn` when the words were changed since, or the message was taken back: what is written now is
    in no message, and its writer should see what was sent.
    """
    done = _submitted(ticket, submit_key) if submit_key else None
    if done is None:
        return None
    if done.delivery_state == DeliveryState.CANCELLED or done.text.split() != html_to_text(html).split():
        raise ThreadMovedOn([done], list(done.events.filter(kind__in=WRITTEN).select_related("message")))
    if done.author_user:  # the same words may have been saved once more while nobody knew that they were sent
        mode = "note" if done.is_note else "reply"
        if Draft.objects.filter(ticket=ticket, user=done.author_user, mode=mode, html=done.html).exists():
            discard_draft(ticket, mode, user=done.author_user)
    return done


def _submitted(ticket: Ticket, submit_key: UUID) -> Message | None:
    """Nearly always there is none, which a hand-written statement finds out sooner than a queryset is compiled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM tickets_message WHERE ticket_id = %s AND submit_key = %s", [ticket.pk, submit_key]
        )
        row = cursor.fetchone()
    return Message.objects.get(pk=row[0]) if row else None


def refuse_moved_on(ticket: Ticket, seen_event_id: int, actor: Actor) -> None:
    """Raises `ThreadMovedOn` when somebody else wrote, took or closed the ticket after the event that was seen."""
    if ticket.last_event_id <= seen_event_id:
        return
    newer = (
        TicketEvent.objects.filter(ticket=ticket, pk__gt=seen_event_id, kind__in=MOVED_ON_BY)
        .exclude(actor_kind=actor.kind, actor_user=actor.user)
        .exclude(kind="message.received", payload__is_auto_reply=True)
        .select_related("message")
    )
    if events := list(newer):
        raise ThreadMovedOn([event.message for event in events if event.message], events)
