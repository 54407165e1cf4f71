"""Words on a ticket: the customer's message, the agent's reply, the internal note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from customers.models import Customer
from helpdesk.lib.html import (
    clean_composer_html,
    clean_html,
    clean_note_html,
    has_remote_images,
    html_to_text,
    needs_frame,
    text_to_html,
)
from tickets import attachments as files
from tickets.actors import Actor
from tickets.events import MessageReceived, NoteAdded, ReplyAdded, ReplyScheduled
from tickets.models import (
    Attachment,
    Channel,
    DeliveryState,
    Draft,
    Message,
    MessageKind,
    ScanState,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.services.assignment import assign, can_be_assigned
from tickets.services.drafts import discard_draft
from tickets.services.errors import Refused, ThreadMovedOn, refuse_closed
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.mentions import mention, read_names
from tickets.services.recipients import Recipients, settle_recipients
from tickets.services.scheduling import check_send_at, hold_back_answered

MAX_TEXT = 200_000
REOPENED_BY_CUSTOMER = (Status.PENDING, Status.HOLD, Status.SOLVED)
# What an author must have seen before a reply goes out.
WRITTEN = ("reply.added", "reply.scheduled", "note.added")
MOVED_ON_BY = ("message.received", "reply.added", "reply.scheduled", "assignee.changed", "status.changed")


@dataclass(frozen=True)
class Incoming:
    """A message from outside, parsed and sanitised by its channel's adapter."""

    text: str
    html: str = ""
    quoted_text: str = ""
    quoted_html: str = ""
    subject: str = ""
    from_address: str = ""
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    reply_to: str = ""
    message_id: str = ""
    match_rule: str = "new"
    match_evidence: dict[str, Any] = field(default_factory=dict)
    is_auto_reply: bool = False
    is_unverified: bool = False
    files: Sequence[files.File] = ()


def receive_message(
    ticket: Ticket, incoming: Incoming, *, customer: Customer, channel: str, actor: Actor, now: datetime | None = None
) -> Message:
    """Append what `customer` wrote; a ticket that was pending, on hold or solved is open again.

    An automatic answer is filed without reopening anything. Raises `TicketClosed`: then a follow-up is due.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        ticket = g.ticket
        refuse_closed(ticket)
        html = incoming.html or text_to_html(incoming.text)
        framed = needs_frame(html)
        if not framed:  # it stands in our own page: no style of a stranger's may come with it
            html = clean_html(html)
        message = Message.objects.create(
            ticket=ticket,
            kind=MessageKind.PUBLIC,
            channel=channel,
            author_customer=customer,
            author_name=str(customer)[:200],
            text=incoming.text,
            html=html,
            quoted_text=incoming.quoted_text,
            quoted_html=incoming.quoted_html,
            needs_frame=framed,
            has_remote_images=has_remote_images(html),
            subject=incoming.subject[:998],
            from_address=incoming.from_address[:320],
            to=[address[:320] for address in incoming.to],
            cc=[address[:320] for address in incoming.cc],
            reply_to=incoming.reply_to[:320],
            message_id=incoming.message_id[:998],
            match_rule=incoming.match_rule,
            match_evidence=incoming.match_evidence,
            is_auto_reply=incoming.is_auto_reply,
            is_unverified=incoming.is_unverified,
            created_at=g.now,
        )
        for file in incoming.files:
            files.store(file, message=message)
        g.record(MessageReceived(message.pk, incoming.match_rule, incoming.is_auto_reply), message=message)
        if not incoming.is_auto_reply:
            if not incoming.is_unverified:
                hold_back_answered(g)
            if ticket.status in REOPENED_BY_CUSTOMER:
                change_status(ticket, Status.OPEN, actor=actor)
            g.change(waiting_since=ticket.waiting_since or g.now)
        _count(g, message)
        return message


def add_reply(
    ticket: Ticket,
    html: str,
    *,
    actor: Actor,
    attachment_ids: Sequence[int] = (),
    submit_key: UUID | None = None,
    seen_event_id: int | None = None,
    recipients: Recipients | None = None,
    send_at: datetime | None = None,
    unless_answered: bool = False,
    keeps_draft: bool = False,
    now: datetime | None = None,
) -> Message:
    """A public reply by an agent; it is sent once settings.UNDO_SEND_SECONDS are over, or at `send_at`.

    The same `submit_key` and words again return the message made the first time. With `seen_event_id` (the last
    event the author saw) it is refused as `ThreadMovedOn` when somebody else wrote, took or closed the ticket since.
    `unless_answered`: one that is sent later is a draft again when the customer writes first.
    `keeps_draft`: these words were not written in the ticket's composer, so what is in there stays.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        ticket = g.ticket
        if done := _already_submitted(ticket, submit_key, clean_composer_html(html)):
            return done
        refuse_closed(ticket)
        if seen_event_id is not None:
            _refuse_moved_on(ticket, seen_event_id, actor)
        people = settle_recipients(g, recipients)
        later = check_send_at(send_at, now=g.now) if send_at else None
        message = _write(
            g,
            html,
            MessageKind.PUBLIC,
            attachment_ids,
            channel=Channel.EMAIL,
            submit_key=submit_key,
            from_address=ticket.inbox.address,
            to=list(people.to),
            cc=list(people.cc),
            bcc=list(people.bcc),
            subject=ticket.subject,
            delivery_state=DeliveryState.SCHEDULED if later else DeliveryState.QUEUED,
            send_at=later or g.now + timedelta(seconds=settings.UNDO_SEND_SECONDS),
            unless_answered=bool(later and unless_answered),
            keeps_draft=keeps_draft,
        )
        if later:
            g.record(ReplyScheduled(message.pk, later.isoformat(), message.unless_answered), message=message)
        else:
            g.record(ReplyAdded(message.pk), message=message)
            g.change(waiting_since=None, reply_count=ticket.reply_count + 1)
        if ticket.assignee is None and actor.user and can_be_assigned(actor.user):
            assign(ticket, actor.user, actor=actor)
        elif ticket.status == Status.NEW:
            change_status(ticket, Status.OPEN, actor=actor)
        return message


def add_note(
    ticket: Ticket,
    html: str,
    *,
    actor: Actor,
    attachment_ids: Sequence[int] = (),
    submit_key: UUID | None = None,
    keeps_draft: bool = False,
    now: datetime | None = None,
) -> Message:
    """An internal note: seen by staff, never by a customer. Whom it names hears of it, if they may see the ticket.

    `keeps_draft` as in `add_reply`.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        naming = read_names(g.ticket, clean_note_html(html))
        if done := _already_submitted(g.ticket, submit_key, naming.html):
            return done
        refuse_closed(g.ticket)
        message = _write(
            g,
            naming.html,
            MessageKind.NOTE,
            attachment_ids,
            channel=Channel.WEB,
            submit_key=submit_key,
            keeps_draft=keeps_draft,
        )
        told, unseen = [one.name for one in naming.told], [one.name for one in naming.not_told]
        g.record(NoteAdded(message.pk, told, unseen), message=message)
        mention(g, message, naming)
        return message


def _already_submitted(ticket: Ticket, submit_key: UUID | None, html: str) -> Message | None:
    """The message that this submit made when it came first; its answer may have been lost on the way.

    Raises `ThreadMovedOn` when the words were changed since, or the message was taken back: what is written now is
    in no message, and its writer should see what was sent.
    """
    done = Message.objects.filter(ticket=ticket, submit_key=submit_key).first() if submit_key else None
    if done is None:
        return None
    if done.delivery_state == DeliveryState.CANCELLED or done.text.split() != html_to_text(html).split():
        raise ThreadMovedOn([done], list(done.events.filter(kind__in=WRITTEN).select_related("message")))
    if done.author_user:  # the same words may have been saved once more while nobody knew that they were sent
        mode = "note" if done.is_note else "reply"
        if Draft.objects.filter(ticket=ticket, user=done.author_user, mode=mode, html=done.html).exists():
            discard_draft(ticket, mode, user=done.author_user)
    return done


def _refuse_moved_on(ticket: Ticket, seen_event_id: int, actor: Actor) -> None:
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


def _write(
    g: Gesture, html: str, kind: str, attachment_ids: Sequence[int], *, keeps_draft: bool, **fields: Any
) -> Message:
    """The row of what a member of staff wrote, with the uploads it takes and without the draft it came from."""
    html = html if kind == MessageKind.NOTE else clean_composer_html(html)
    text = html_to_text(html)
    if not text.strip() and not attachment_ids:
        raise Refused(_("Write something first."))
    if len(html) > MAX_TEXT:
        raise Refused(_("This is longer than %(limit)s characters.") % {"limit": MAX_TEXT})
    user = g.actor.user
    message = Message.objects.create(
        ticket=g.ticket,
        kind=kind,
        author_user=user,
        author_name=g.actor.name,
        author_role=user.role if user else "system",
        text=text,
        html=html,
        created_at=g.now,
        **fields,
    )
    _take_uploads(message, attachment_ids, g.actor)
    if user and not keeps_draft:
        discard_draft(g.ticket, "note" if kind == MessageKind.NOTE else "reply", user=user, now=g.now)
    if message.delivery_state != DeliveryState.SCHEDULED:
        _count(g, message)
    return message


def _take_uploads(message: Message, attachment_ids: Sequence[int], actor: Actor) -> None:
    if not attachment_ids:
        return
    uploads = Attachment.objects.filter(pk__in=attachment_ids, message=None, uploaded_by=actor.user)
    if uploads.exclude(scan_state=ScanState.INFECTED).update(message=message) != len(set(attachment_ids)):
        raise Refused(_("An attachment is gone, holds malware or belongs to another message. Please attach it again."))


def _count(g: Gesture, message: Message) -> None:
    g.change(message_count=g.ticket.message_count + 1)
    if not message.is_note:
        g.change(preview=" ".join(message.text[:400].split())[:140])
