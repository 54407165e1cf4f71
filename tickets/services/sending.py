"""What happens to a reply after it was written: taken back in time, sent, delayed, failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import User
from tickets.events import DeliveryChanged, ReplyRetracted
from tickets.models import (
    MESSAGING,
    Attachment,
    DeliveryState,
    Draft,
    DraftMode,
    Message,
    MessageKind,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.models.message import UNSENT
from tickets.models.ticket import MOVES
from tickets.services.drafts import keep_revision, next_version
from tickets.services.errors import TooLate
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.recipients import usual_recipients
from tickets.services.reversal import take_back_macros


def retract_reply(message: Message, *, actor: Actor) -> Draft | None:
    """Take back a reply inside the undo window, or one that is sent later; its words are the author's draft again.

    A status that the same gesture set goes back too, and what macros changed in it. Raises `TooLate` once the message
    is on its way (the outbox consumer raises it when it has already claimed the row). Returns None when it was taken
    back before.
    """
    with gesture(message.ticket, actor=actor) as g:
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.delivery_state == DeliveryState.CANCELLED:
            return None
        if message.delivery_state not in (DeliveryState.QUEUED, DeliveryState.SCHEDULED):
            raise TooLate
        message.delivery_state = DeliveryState.CANCELLED
        message.save(update_fields=["delivery_state"])
        g.record(ReplyRetracted(message.pk), message=message)
        draft = back_to_draft(message, g)
        if draft and draft.user != actor.user:
            draft.shared_at = draft.shared_at or g.now  # who stopped it should see what it was
            draft.save(update_fields=["shared_at"])
        undo_status(message, g)
        take_back_macros(g, message)
        recount(g)
        return draft


def note_delivery(
    message: Message, state: str, *, detail: str = "", facts: Mapping[str, Any] | None = None, actor: Actor = SYSTEM
) -> Message:
    """Write down what the channel says became of `message`; the timeline and open pages show it.

    `facts` are added to those of the message: when it arrived, how many segments it took (tickets/message_facts.py).
    """
    with gesture(message.ticket, actor=actor) as g:
        message = Message.objects.select_for_update().get(pk=message.pk)
        detail, known = detail[:500], message.facts | (facts or {})
        if (message.delivery_state, message.delivery_detail, message.facts) == (state, detail, known):
            return message
        old, message.delivery_state, message.delivery_detail = message.delivery_state, state, detail
        message.facts = known
        message.save(update_fields=["delivery_state", "delivery_detail", "facts"])
        g.record(DeliveryChanged(message.pk, old, state, detail), message=message)
        return message


def count_message(g: Gesture, message: Message) -> None:
    """One step of what `recount` works out: `message` is the newest of its ticket."""
    g.change(message_count=g.ticket.message_count + 1)
    if not message.is_note:
        g.change(preview=" ".join(message.text[:400].split())[:140])


def recount(g: Gesture) -> None:
    """Work out again, from the messages that count, what `receive_message` and `add_reply` keep step by step.

    The customer waits since the oldest message that no agent has answered; what solved the ticket was an answer, too,
    once the customer's next message has opened it again.
    """
    messages = g.ticket.messages.exclude(delivery_state__in=UNSENT)
    public = messages.filter(kind=MessageKind.PUBLIC)
    newest = public.filter(is_automatic=False).order_by("-created_at", "-pk").first()
    unanswered = public.filter(author_role="", is_auto_reply=False).order_by("created_at", "pk")
    said = Q(kind=MessageKind.PUBLIC) | Q(facts__told__spoke=True)  # a call in which they were spoken with is no mail
    answers = messages.filter(said).exclude(author_role="").exclude(is_automatic=True)
    answer = answers.order_by("-created_at", "-pk").first()
    if answer:  # a reply that was sent later is older by its number than by its time
        at_once = Q(created_at=answer.created_at, pk__gt=answer.pk)
        unanswered = unanswered.filter(Q(created_at__gt=answer.created_at) | at_once)
    if reopening := _reopening(g):  # what came before it was dealt with when the ticket was solved
        unanswered = unanswered.filter(created_at__gte=reopening.created_at)
    oldest = unanswered.first()
    g.change(
        message_count=messages.count(),
        reply_count=_count_replies(public.exclude(author_role__in=["", "system"])),
        preview=" ".join(newest.text[:400].split())[:140] if newest else "",
        waiting_since=oldest.created_at if oldest else None,
    )


def _count_replies(messages: QuerySet[Message]) -> int:
    """What was said in one chat is one reply."""
    counted = messages.aggregate(
        others=Count("pk", filter=Q(chat_entry=None)), chats=Count("chat_entry__chat", distinct=True)
    )
    return int(counted["others"] + counted["chats"])


def _reopening(g: Gesture) -> Message | None:
    """The customer's newest message that opened the ticket again after it had been solved."""
    moves = TicketEvent.objects.filter(ticket=g.ticket, kind="status.changed", payload__old=Status.SOLVED)
    opened = set(moves.values_list("gesture_id", flat=True))
    opened |= {e.gesture_id for e in g.events if e.kind == "status.changed" and e.payload["old"] == Status.SOLVED}
    if not opened:
        return None
    arrivals = TicketEvent.objects.filter(ticket=g.ticket, kind="message.received", gesture_id__in=opened)
    arrived = {pk for pk in arrivals.values_list("message_id", flat=True) if pk}
    here = [event for event in g.events if event.kind == "message.received" and event.gesture_id in opened]
    arrived |= {event.message_id for event in here if event.message_id}
    return g.ticket.messages.filter(pk__in=arrived).order_by("-created_at", "-pk").first()


def back_to_draft(message: Message, g: Gesture) -> Draft | None:
    """The words, files and recipients of `message` before whatever its author has written since. None: a template."""
    author = message.author_user
    if author is None or message.facts.get("template"):  # a template's words are its provider's
        return None
    uploads = list(message.attachments.filter(removed_at=None).values_list("pk", flat=True))
    Attachment.objects.filter(pk__in=uploads).update(message=None, uploaded_by=author)
    return put_before_draft(g, author, message.html, uploads, _chosen(message))


def put_before_draft(
    g: Gesture,
    author: User,
    html: str,
    uploads: Sequence[int] = (),
    recipients: dict[str, list[str]] | None = None,
) -> Draft:
    """These words are `author`'s draft of a reply, before whatever stands in it."""
    kept = {"html": html, "attachment_ids": list(uploads), "recipients": recipients, "updated_at": g.now}
    draft = Draft.objects.select_for_update().filter(ticket=g.ticket, user=author, mode=DraftMode.REPLY).first()
    if draft is None:
        version = next_version(g.ticket, author, DraftMode.REPLY)
        return Draft.objects.create(ticket=g.ticket, user=author, mode=DraftMode.REPLY, version=version, **kept)
    keep_revision(draft, now=g.now)
    draft.html = html + draft.html
    draft.attachment_ids = [*uploads, *draft.attachment_ids]
    draft.recipients = draft.recipients or recipients
    draft.version += 1
    draft.updated_at = g.now
    draft.save()
    return draft


def _chosen(message: Message) -> dict[str, list[str]] | None:
    """None where the message went to nobody but the usual people, or by another way than e-mail."""
    if message.channel in MESSAGING:
        return None
    usual = usual_recipients(message.ticket)
    if (tuple(message.to), tuple(message.cc), tuple(message.bcc)) == (usual.to, usual.cc, ()):
        return None
    return {"to": message.to, "cc": message.cc, "bcc": message.bcc, "cc_seen": list(usual.cc)}


def undo_status(message: Message, g: Gesture) -> None:
    """Take back the status that was set with `message`, unless somebody has moved the ticket since."""
    written = TicketEvent.objects.filter(message=message, kind__in=("reply.added", "reply.scheduled")).first()
    if written is None:
        return
    moves = TicketEvent.objects.filter(ticket=g.ticket, gesture_id=written.gesture_id, kind="status.changed")
    last = moves.order_by("-pk").first()
    if last and g.ticket.status == last.payload["new"] and _may_return(g.ticket, last.payload["old"]):
        change_status(g.ticket, last.payload["old"], actor=g.actor)


def _may_return(ticket: Ticket, status: str) -> bool:
    return status in MOVES[ticket.status]
