"""What came in from outside: appended to its ticket, which may be open again after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from customers.actors import Actor
from customers.models import Customer
from helpdesk.lib.html import clean_html, has_remote_images, needs_frame, text_to_html
from tickets import attachments as files
from tickets.events import MessageReceived
from tickets.language import language_of
from tickets.models import Message, MessageKind, Status, Ticket
from tickets.services.errors import refuse_closed
from tickets.services.gesture import gesture
from tickets.services.lifecycle import change_status
from tickets.services.scheduling import hold_back_answered
from tickets.services.sending import count_message
from tickets.tone import tone_of

REOPENED_BY_CUSTOMER = (Status.PENDING, Status.HOLD, Status.SOLVED)


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
    refuses_answers: bool = False
    is_unverified: bool = False
    files: Sequence[files.File] = ()
    submit_key: UUID | None = None  # of a page that was filled in: the same page sent twice is one message
    at: datetime | None = None  # when it was said, where that was before the gesture
    facts: dict[str, Any] = field(default_factory=dict)  # see tickets/message_facts.py


class _Heard(NamedTuple):
    """What the words are like: the ticket keeps that of the customer's newest ones."""

    language: str = ""
    tone: str = ""


def _heard(incoming: Incoming) -> _Heard:
    language = language_of(incoming.text)
    return _Heard(language, "" if incoming.is_auto_reply else tone_of(incoming.text, language).tone)


def receive_message(
    ticket: Ticket, incoming: Incoming, *, customer: Customer, channel: str, actor: Actor, now: datetime | None = None
) -> Message:
    """Append what `customer` wrote; a ticket that was pending, on hold or solved is open again.

    An automatic answer is filed without reopening anything. Raises `TicketClosed`: then a follow-up is due.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        ticket = g.ticket
        if incoming.submit_key and (done := ticket.messages.filter(submit_key=incoming.submit_key).first()):
            return done
        refuse_closed(ticket)
        html = incoming.html or text_to_html(incoming.text)
        framed = needs_frame(html)
        if not framed:  # it stands in our own page: no style of a stranger's may come with it
            html = clean_html(html)
        heard = _heard(incoming)
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
            refuses_answers=incoming.refuses_answers,
            cause_depth=g.depth,
            is_unverified=incoming.is_unverified,
            submit_key=incoming.submit_key,
            language=heard.language,
            tone=heard.tone,
            facts=incoming.facts,
            created_at=incoming.at or g.now,
        )
        for file in incoming.files:
            files.store(file, message=message)
        g.record(MessageReceived(message.pk, incoming.match_rule, incoming.is_auto_reply), message=message)
        if not incoming.is_auto_reply:
            if not incoming.is_unverified:
                g.change(language=heard.language or ticket.language, tone=heard.tone)
            if not incoming.is_unverified:
                hold_back_answered(g)
            waited = None if ticket.status == Status.SOLVED else ticket.waiting_since
            if ticket.status in REOPENED_BY_CUSTOMER:
                change_status(ticket, Status.OPEN, actor=actor)
            g.change(waiting_since=waited or message.created_at)
        count_message(g, message)
        return message
