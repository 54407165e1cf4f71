"""Words left while nobody was there: a ticket of the visitor's own record, once, and a mail that they have arrived."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from tickets.chat.addresses import address_of, keep_word, take_address
from tickets.chat.log import LONGEST
from tickets.chat.mails import queue_mail
from tickets.chat.pre_chat import check_answers, check_person, sort_by_answers, told_answers
from tickets.chat.presence import is_online
from tickets.chat.visitors import customer_of
from tickets.models import Attachment, Channel, ChatMailKind, ChatVisitor, Message, SlaMetric, Ticket
from tickets.portal.form_messages import with_answers
from tickets.services import (
    Incoming,
    Refused,
    TooLong,
    assign_team,
    change_requester_language,
    opening_ticket,
    receive_message,
)

logger = logging.getLogger(__name__)


@transaction.atomic
def leave_message(
    visitor: ChatVisitor,
    text: str,
    *,
    client_id: UUID,
    name: str = "",
    email: str = "",
    answers: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachment] = (),
    language: str = "",
    page_url: str = "",
    now: datetime | None = None,
) -> Ticket:
    """The ticket that the words are on; the same `client_id` again is the ticket of the first time.

    Raises `Refused` with the field that is wrong. Without any address there could be no answer: one has to be given,
    unless a known one is theirs.
    """
    now = now or timezone.now()
    rows = ChatVisitor.objects.select_for_update(of=("self",)).select_related(
        "customer", "widget__inbox", "widget__team"
    )
    visitor = rows.get(pk=visitor.pk)  # the same words at the same moment by another way wait here
    if done := _left_before(visitor, client_id):
        return done
    text = _checked(text)
    name, email = check_person(visitor.widget, name, email, is_verified=visitor.verified_at is not None)
    told = check_answers(visitor.widget, answers)
    keep_word(visitor, name=name, email="" if visitor.verified_at else email)
    email = email or address_of(visitor)
    if not email:
        raise Refused(_("Please give your e-mail address, so that we can answer."), field="email")
    words = with_answers(text, told_answers(visitor.widget, told, language))
    incoming = _incoming(visitor, words, email, client_id, page_url, now)
    with _opening(visitor, text, language, now) as ticket:
        _receive(ticket, visitor, incoming, attachments)
        sort_by_answers(ticket, visitor.widget, told, customer=customer_of(visitor))
    _acknowledge(ticket, visitor, email, language, now)
    return ticket


def _left_before(visitor: ChatVisitor, client_id: UUID) -> Ticket | None:
    if visitor.customer_id is None:
        return None
    there = Message.objects.filter(author_customer=visitor.customer_id, submit_key=client_id)
    message = there.select_related("ticket").first()
    return message.ticket if message else None


def _checked(text: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise Refused(_("Write something first."), field="text")
    if len(text) > LONGEST:
        raise TooLong(_("This is longer than %(limit)s characters.") % {"limit": LONGEST}, field="text")
    return text


def _incoming(
    visitor: ChatVisitor, words: tuple[str, str], email: str, client_id: UUID, page_url: str, now: datetime
) -> Incoming:
    """Of an address that another record has, staff read that it is the visitor's word alone."""
    holder = take_address(visitor, email, now=now)
    evidence = {"page": page_url[:300] or visitor.page_url[:300] or visitor.widget.name}
    return Incoming(
        text=words[0],
        html=words[1],
        from_address=email,
        match_rule="chat-left-verified" if visitor.verified_at else "chat-left",
        match_evidence={**evidence, "claims": email} if holder else evidence,
        submit_key=client_id,
        at=now,
    )


@contextmanager
def _opening(visitor: ChatVisitor, text: str, language: str, now: datetime) -> Iterator[Ticket]:
    customer, widget = customer_of(visitor), visitor.widget
    actor = Actor.of_customer(customer)
    subject = next(line for line in text.splitlines() if line.strip())[:120]
    with opening_ticket(customer, subject, inbox=widget.inbox, channel=Channel.CHAT, actor=actor, now=now) as ticket:
        if widget.team and widget.team != ticket.team:
            assign_team(ticket, widget.team, actor=actor)
        if language and not customer.language:
            change_requester_language(ticket, language, actor=actor)
        yield ticket


def _receive(ticket: Ticket, visitor: ChatVisitor, incoming: Incoming, attachments: Sequence[Attachment]) -> None:
    customer = customer_of(visitor)
    actor = Actor.of_customer(customer)
    message = receive_message(ticket, incoming, customer=customer, channel=Channel.CHAT, actor=actor)
    Attachment.objects.filter(pk__in=[each.pk for each in attachments], message=None).update(message=message)


def _acknowledge(ticket: Ticket, visitor: ChatVisitor, email: str, language: str, now: datetime) -> None:
    """With our words alone: whoever types somebody else's address reaches them with nothing of their own.

    What was promised for this ticket counts; without a promise, what the widget says to everybody.
    """
    promised = ticket.sla_targets.filter(metric=SlaMetric.FIRST_REPLY).values_list("due_at", flat=True).first()
    due = promised or is_online(visitor.widget, now).answer_by
    try:
        with transaction.atomic():
            queue_mail(ChatMailKind.RECEIVED, email, ticket=ticket, language=language, answer_by=due, now=now)
    except Refused as refusal:
        logger.info("nothing was sent to say that #%s has arrived: %s", ticket.number, refusal)
