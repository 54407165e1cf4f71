"""What agents send by mail: answers to their notifications, and forwarded mails of customers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from channels_app.adapters.email.parsed import ParsedEmail
from channels_app.addresses import AddressBook
from channels_app.forwarded import Forwarded, original_sender, without_forward_prefix
from channels_app.letter import incoming_from, sort_files
from channels_app.notices import last_told
from channels_app.threading import Action, Decision, asks_for_note
from customers.actors import Actor
from customers.identify import identify
from customers.models import IdentityKind, ProvedBy
from helpdesk.accounts.models import User
from helpdesk.lib.html import text_to_html
from tickets import attachments
from tickets.models import Channel, Inbox, Message, Ticket, TicketEvent
from tickets.policies import may_reply
from tickets.services import (
    Incoming,
    Refused,
    ThreadMovedOn,
    add_note,
    add_reply,
    hold_reply,
    open_ticket,
    receive_message,
)


def add_agents_words(mail: ParsedEmail, decision: Decision, book: AddressBook) -> Message:
    """The agent's own words as a reply or a note; quoted history never comes along, so no note can ride on a reply."""
    user = _agent(mail, book)
    ticket = Ticket.objects.visible_to(user).filter(pk=decision.ticket or 0).first()
    if ticket is None:  # a team took it in private since they were told of it
        raise Refused(_("The sender may not see this ticket any more."))
    text = mail.reply_text.lstrip()
    if asks_for_note(text):
        text = text[len("#note") :].lstrip()
    taken, left_out = sort_files(mail.attachments)
    html = text_to_html("\n\n".join(filter(None, [text, *left_out])))
    uploads = [attachments.store(file, uploaded_by=user).pk for file in taken]
    if decision.action == Action.AGENT_REPLY and may_reply(user, ticket):
        seen = _last_seen(mail, decision, user, ticket)
        message = _reply_or_hold(ticket, html, Actor.agent(user), uploads, seen)
    else:
        message = add_note(ticket, html, actor=Actor.agent(user), attachment_ids=uploads, keeps_draft=True)
    message.match_rule, message.match_evidence = decision.rule, dict(decision.evidence)
    message.save(update_fields=["match_rule", "match_evidence"])
    return message


def _reply_or_hold(ticket: Ticket, html: str, actor: Actor, uploads: list[int], seen: int) -> Message:
    """Written in a mail program: what the agent has begun in the ticket's composer stays there."""
    try:
        return add_reply(ticket, html, actor=actor, attachment_ids=uploads, seen_event_id=seen, keeps_draft=True)
    except ThreadMovedOn:
        return hold_reply(ticket, html, actor=actor, attachment_ids=uploads)


def _last_seen(mail: ParsedEmail, decision: Decision, user: User, ticket: Ticket) -> int:
    """The last event that the agent knew of: what the answered mail told of, or the answered message itself."""
    answered = TicketEvent.objects.filter(ticket=ticket, message=decision.answered).order_by("pk").first()
    return max(answered.pk if answered else 0, last_told(mail.in_reply_to, user, ticket.pk))


def open_forwarded(mail: ParsedEmail, decision: Decision, inbox: Inbox, book: AddressBook, *, now: datetime) -> Message:
    """A ticket of the original sender, claimed by the forward; what the agent wrote above it is a note."""
    user = _agent(mail, book)
    original = original_sender(mail)
    identity = identify(IdentityKind.EMAIL, original.address, name=original.name, proved_by=ProvedBy.FORWARD)
    actor, customer = Actor.agent(user), identity.customer
    incoming = _forwarded_letter(mail, original, decision)
    subject = incoming.subject or without_forward_prefix(mail.subject)
    ticket = open_ticket(customer, subject, inbox=inbox, channel=Channel.EMAIL, actor=actor, now=now)
    message = receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor, now=now)
    if original.own_words:
        add_note(ticket, text_to_html(original.own_words), actor=actor)
    return message


def _forwarded_letter(mail: ParsedEmail, original: Forwarded, decision: Decision) -> Incoming:
    if original.mail:
        return incoming_from(original.mail, rule=decision.rule, evidence=decision.evidence)
    taken, left_out = sort_files(mail.attachments)
    return Incoming(
        text="\n\n".join(filter(None, [original.text, *left_out])),
        subject=without_forward_prefix(mail.subject),
        from_address=original.address,
        message_id=mail.message_id,
        match_rule=decision.rule,
        match_evidence=dict(decision.evidence),
        files=taken,
    )


def _agent(mail: ParsedEmail, book: AddressBook) -> User:
    user = book.agent(mail.sender)
    if user is None:
        raise Refused(_("The sender is no agent any more."))
    return user
