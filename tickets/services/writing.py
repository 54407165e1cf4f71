"""What staff write: the reply to the customer, the note to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from customers.models import Purpose
from helpdesk.lib.html import clean_composer_html, clean_note_html, html_to_text
from tickets.events import NoteAdded, ReplyAdded, ReplyScheduled
from tickets.message_facts import MessageFacts
from tickets.models import Attachment, Channel, DeliveryState, Message, MessageKind, ScanState, Status, Ticket
from tickets.models.message import UNSENT
from tickets.routes import Route, usual_route
from tickets.services.answering import Words, by_route, in_words
from tickets.services.approval import NeedsApproval, reasons_to_ask
from tickets.services.assignment import assign, can_be_assigned
from tickets.services.drafts import discard_draft
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.mentions import mention, read_names
from tickets.services.recipients import Recipients, settle_recipients, usual_way
from tickets.services.scheduling import MOVED_ON, check_send_at, hold_back
from tickets.services.sending import count_message
from tickets.services.submitting import already_submitted, refuse_moved_on

MAX_TEXT = 200_000


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
    purpose: str = Purpose.SUPPORT,
    route: Route | None = None,
    template: Mapping[str, Any] | None = None,
    facts: MessageFacts | None = None,
    is_approved: bool = False,
    now: datetime | None = None,
) -> Message:
    """A public reply by an agent; it is sent once settings.UNDO_SEND_SECONDS are over, or at `send_at`.

    `route` is the way it goes; without one, and without `recipients`, that is where the requester last wrote.
    `template` (name, language, parameters) takes the place of `html` there; `facts` are kept with the message.

    The same `submit_key` and words again return the message made the first time. With `seen_event_id` (the last
    event the author saw) it is refused as `ThreadMovedOn` when somebody else wrote, took or closed the ticket since.
    `unless_answered`: one that is sent later is a draft again when the customer writes first.
    `keeps_draft`: these words were not written in the ticket's composer, so what is in there stays.
    `purpose`: what the customer's consent has to allow.
    `is_approved`: a second person has seen it. Without, what everybody can read may raise `NeedsApproval`.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        ticket = g.ticket
        words = in_words(html, attachment_ids, route, template, facts)
        if done := already_submitted(ticket, submit_key, clean_composer_html(words.html)):
            return done
        refuse_closed(ticket)
        if seen_event_id is not None:
            refuse_moved_on(ticket, seen_event_id, actor)
        later = check_send_at(send_at, now=g.now) if send_at else None
        leaves_at = later or g.now + timedelta(seconds=settings.UNDO_SEND_SECONDS)
        message = _write(
            g,
            words.html,
            MessageKind.PUBLIC,
            attachment_ids,
            submit_key=submit_key,
            purpose=purpose,
            delivery_state=DeliveryState.SCHEDULED if later else DeliveryState.QUEUED,
            send_at=leaves_at,
            unless_answered=bool(later and unless_answered),
            keeps_draft=keeps_draft,
            **_addressed(g, words, route, recipients, purpose=purpose, at=leaves_at, is_approved=is_approved),
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


def _addressed(
    g: Gesture,
    words: Words,
    route: Route | None,
    recipients: Recipients | None,
    *,
    purpose: str,
    at: datetime,
    is_approved: bool,
) -> dict[str, Any]:
    """How and to whom: by the route that was chosen, else where the requester last wrote, else by e-mail."""
    usual = usual_way(g.ticket)
    if route is None and recipients is None:
        route = usual_route(g.ticket, usual.said)
    if route and not is_approved and (reasons := reasons_to_ask(g.ticket, route)):
        raise NeedsApproval(route, reasons)
    if route and not route.is_email:
        return by_route(route, words, purpose=purpose, at=at)
    people = settle_recipients(g, recipients, usual.recipients)
    return {
        "channel": Channel.EMAIL,
        "from_address": g.ticket.inbox.address,
        "to": list(people.to),
        "cc": list(people.cc),
        "bcc": list(people.bcc),
        "subject": g.ticket.subject,
    }


def hold_reply(
    ticket: Ticket, html: str, *, actor: Actor, attachment_ids: Sequence[int] = (), now: datetime | None = None
) -> Message:
    """Keep a reply whose thread moved on and whose author can't be asked: a draft of theirs, and they are told.

    For words that came by mail; in the browser `add_reply` raises `ThreadMovedOn`, and its writer chooses.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        refuse_closed(g.ticket)
        people = settle_recipients(g, None)
        message = _write(
            g,
            html,
            MessageKind.PUBLIC,
            attachment_ids,
            channel=Channel.EMAIL,
            from_address=g.ticket.inbox.address,
            to=list(people.to),
            cc=list(people.cc),
            subject=g.ticket.subject,
            delivery_state=DeliveryState.CANCELLED,
            keeps_draft=True,
        )
        with g.acting_as(SYSTEM):  # nobody is told of their own deeds, and of this its author must be
            hold_back(g, message, MOVED_ON)
        return message


def add_note(
    ticket: Ticket,
    html: str,
    *,
    actor: Actor,
    attachment_ids: Sequence[int] = (),
    submit_key: UUID | None = None,
    keeps_draft: bool = False,
    channel: str = Channel.WEB,
    now: datetime | None = None,
) -> Message:
    """An internal note: seen by staff, never by a customer. Whom it names hears of it, if they may see the ticket.

    `keeps_draft` as in `add_reply`; `channel` is where it was written.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        naming = read_names(g.ticket, clean_note_html(html))
        if done := already_submitted(g.ticket, submit_key, naming.html):
            return done
        refuse_closed(g.ticket)
        message = _write(
            g,
            naming.html,
            MessageKind.NOTE,
            attachment_ids,
            channel=channel,
            submit_key=submit_key,
            keeps_draft=keeps_draft,
        )
        told, unseen = [one.name for one in naming.told], [one.name for one in naming.not_told]
        g.record(NoteAdded(message.pk, told, unseen), message=message)
        mention(g, message, naming)
        return message


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
        is_automatic=g.actor.kind == "rule",
        cause_depth=g.depth,
        text=text,
        html=html,
        created_at=g.now,
        **fields,
    )
    _take_uploads(message, attachment_ids, g.actor)
    if user and not keeps_draft:
        discard_draft(g.ticket, "note" if kind == MessageKind.NOTE else "reply", user=user, now=g.now)
    if message.delivery_state not in UNSENT:
        count_message(g, message)
    return message


def _take_uploads(message: Message, attachment_ids: Sequence[int], actor: Actor) -> None:
    if not attachment_ids:
        return
    uploads = Attachment.objects.filter(pk__in=attachment_ids, message=None, uploaded_by=actor.user)
    if uploads.exclude(scan_state=ScanState.INFECTED).update(message=message) != len(set(attachment_ids)):
        raise Refused(_("An attachment is gone, holds malware or belongs to another message. Please attach it again."))
