"""What happens to a reply after it was written: taken back in time, sent, delayed, failed."""

from __future__ import annotations

from tickets.actors import SYSTEM, Actor
from tickets.events import DeliveryChanged, ReplyRetracted
from tickets.models import Attachment, DeliveryState, Draft, Message, MessageKind, Ticket, TicketEvent
from tickets.models.ticket import MOVES
from tickets.services.errors import TooLate
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status


def retract_reply(message: Message, *, actor: Actor) -> Draft | None:
    """Take back a reply inside the undo window; its words are the author's draft again.

    A status that the same gesture set goes back too. Raises `TooLate` once the message is on its way (the outbox
    consumer raises it when it has already claimed the row). Returns None when it was taken back before.
    """
    with gesture(message.ticket, actor=actor) as g:
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.delivery_state == DeliveryState.CANCELLED:
            return None
        if message.delivery_state != DeliveryState.QUEUED:
            raise TooLate
        message.delivery_state = DeliveryState.CANCELLED
        message.save(update_fields=["delivery_state"])
        g.record(ReplyRetracted(message.pk), message=message)
        draft = _back_to_draft(message, g)
        _undo_status(message, g)
        recount(g)
        return draft


def note_delivery(message: Message, state: str, *, detail: str = "", actor: Actor = SYSTEM) -> Message:
    """Write down what the channel says became of `message`; the timeline and open pages show it."""
    with gesture(message.ticket, actor=actor) as g:
        message = Message.objects.select_for_update().get(pk=message.pk)
        detail = detail[:500]
        if (message.delivery_state, message.delivery_detail) == (state, detail):
            return message
        old, message.delivery_state, message.delivery_detail = message.delivery_state, state, detail
        message.save(update_fields=["delivery_state", "delivery_detail"])
        g.record(DeliveryChanged(message.pk, old, state, detail), message=message)
        return message


def recount(g: Gesture) -> None:
    """Work out again, from the messages that count, what `receive_message` and `add_reply` keep step by step."""
    messages = g.ticket.messages.exclude(delivery_state=DeliveryState.CANCELLED)
    public = messages.filter(kind=MessageKind.PUBLIC)
    newest = public.order_by("-pk").first()
    answered = public.exclude(author_role="").order_by("-pk").values_list("pk", flat=True).first() or 0
    unanswered = public.filter(author_role="", is_auto_reply=False, pk__gt=answered).order_by("pk").first()
    g.change(
        message_count=messages.count(),
        reply_count=public.exclude(author_role__in=["", "system"]).count(),
        preview=" ".join(newest.text[:400].split())[:140] if newest else "",
        waiting_since=unanswered.created_at if unanswered else None,
    )


def _back_to_draft(message: Message, g: Gesture) -> Draft | None:
    author = message.author_user
    if author is None:
        return None
    uploads = list(message.attachments.values_list("pk", flat=True))
    Attachment.objects.filter(pk__in=uploads).update(message=None, uploaded_by=author)
    draft, created = Draft.objects.select_for_update().get_or_create(
        ticket=g.ticket,
        user=author,
        mode="reply",
        defaults={"html": message.html, "attachment_ids": uploads, "updated_at": g.now},
    )
    if not created:
        draft.html = message.html + draft.html
        draft.attachment_ids = [*uploads, *draft.attachment_ids]
        draft.version += 1
        draft.save()
    return draft


def _undo_status(message: Message, g: Gesture) -> None:
    written = TicketEvent.objects.filter(message=message, kind="reply.added").first()
    if written is None:
        return
    moves = TicketEvent.objects.filter(ticket=g.ticket, gesture_id=written.gesture_id, kind="status.changed")
    last = moves.order_by("-pk").first()
    if last and g.ticket.status == last.payload["new"] and _may_return(g.ticket, last.payload["old"]):
        change_status(g.ticket, last.payload["old"], actor=g.actor)


def _may_return(ticket: Ticket, status: str) -> bool:
    return status in MOVES[ticket.status]
