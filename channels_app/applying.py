"""Carrying out what `threading.decide` decided, through the services of tickets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from channels_app.adapters.email.parsed import Address, ParsedEmail
from channels_app.addresses import AddressBook
from channels_app.agents_mail import add_agents_words, open_forwarded
from channels_app.letter import incoming_from
from channels_app.models import InboundPayload
from channels_app.storms import collecting_ticket, storm_of
from channels_app.threading import Action, Decision, Standing
from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer, IdentityKind, ProvedBy
from tickets.models import CcState, Channel, Inbox, Message, Ticket
from tickets.services import Refused, add_cc, gesture, opening_ticket, receive_message

MAX_HEADER_CCS = 10
CC_STATE = {Standing.MEMBER: CcState.CC, Standing.COLLEAGUE: CcState.SUGGESTED, Standing.STRANGER: CcState.UNVERIFIED}


def apply(
    payload: InboundPayload, mail: ParsedEmail, decision: Decision, book: AddressBook, *, now: datetime
) -> Message:
    """Put the mail on its ticket and return its message. Raises `tickets.services.Refused` where rules forbid it."""
    inbox = payload.account.inbox
    if decision.action in (Action.AGENT_REPLY, Action.AGENT_NOTE):
        return add_agents_words(mail, decision, book)
    if decision.action == Action.FORWARD:
        return open_forwarded(mail, decision, inbox, book, now=now)
    customer = identify(IdentityKind.EMAIL, mail.sender, name=mail.sender_name).customer
    if decision.action == Action.APPEND:
        return _append(mail, decision, customer, inbox, now=now)
    return _open(mail, decision, customer, inbox, book, now=now)


def _open(
    mail: ParsedEmail, decision: Decision, customer: Customer, inbox: Inbox, book: AddressBook, *, now: datetime
) -> Message:
    actor = Actor.of_customer(customer)
    if storm := storm_of(mail.sender.lower(), now=now):
        ticket = collecting_ticket(storm, customer, inbox, now=now)
        is_another = ticket.requester_id != customer.pk  # whose words must not be quoted to the requester
        incoming = incoming_from(mail, rule="storm", evidence=decision.evidence, is_unverified=is_another)
        return receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor, now=now)
    incoming = incoming_from(mail, rule=decision.rule, evidence=decision.evidence)
    with opening_ticket(customer, mail.subject, inbox=inbox, channel=Channel.EMAIL, actor=actor, now=now) as ticket:
        message = receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor)
        if not mail.is_bulk:
            _add_header_ccs(ticket, mail, book, actor)
    return message


def _append(mail: ParsedEmail, decision: Decision, customer: Customer, inbox: Inbox, *, now: datetime) -> Message:
    actor = Actor.of_customer(customer)
    ticket, evidence = _open_end(decision.ticket or 0), dict(decision.evidence)
    if ticket.is_closed:
        if mail.is_auto_reply:
            raise Refused(_("An automatic answer to ticket #%(number)s, which is closed.") % {"number": ticket.number})
        ticket, evidence["follow_up_of"] = _follow_up(ticket, mail, inbox, actor, now=now), str(ticket.number)
    elif ticket.number != decision.ticket:
        evidence["follow_up_of"] = str(decision.ticket)
    is_stranger = decision.standing == Standing.STRANGER
    incoming = incoming_from(mail, rule=decision.rule, evidence=evidence, is_unverified=is_stranger)
    depth = _rules_behind(ticket) if mail.is_auto_reply else 0
    with gesture(ticket, actor=actor, now=now, is_locked=True, depth=depth):
        message = receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor)
        if (state := CC_STATE.get(decision.standing)) and not mail.is_auto_reply:
            add_cc(ticket, customer, mail.sender.lower(), actor=actor, state=state)
    return message


def _rules_behind(ticket: Ticket) -> int:
    """A machine answers what was sent last: when that was a rule's, the rule has caused the answer."""
    sent = Message.objects.public().filter(ticket=ticket).exclude(author_role="").order_by("-pk")
    return sent.values_list("cause_depth", flat=True).first() or 0


def _open_end(number: int) -> Ticket:
    """The ticket, locked; where it is closed, the newest of the tickets that carry it on."""
    ticket = Ticket.objects.lock(number)
    while ticket.is_closed and (following := ticket.follow_ups.order_by("-pk").first()):
        ticket = Ticket.objects.lock(following.pk)
    return ticket


def _follow_up(closed: Ticket, mail: ParsedEmail, inbox: Inbox, actor: Actor, *, now: datetime) -> Ticket:
    """A new ticket of the same people: whoever wrote, the requester stays who it was."""
    subject = mail.subject or closed.subject
    with opening_ticket(
        closed.requester, subject, inbox=inbox, channel=Channel.EMAIL, actor=actor, follow_up_of=closed, now=now
    ) as ticket:
        for cc in closed.ccs.filter(state=CcState.CC).select_related("customer"):
            add_cc(ticket, cc.customer, cc.address, actor=actor)
    return ticket


def _add_header_ccs(ticket: Ticket, mail: ParsedEmail, book: AddressBook, actor: Actor) -> None:
    for address in _others([*mail.to, *mail.cc], mail.sender, book)[:MAX_HEADER_CCS]:
        customer = identify(IdentityKind.EMAIL, address, name=address.name, proved_by=ProvedBy.HEADER).customer
        add_cc(ticket, customer, address.lower(), actor=actor)


def _others(recipients: Iterable[Address], sender: str, book: AddressBook) -> list[Address]:
    """Who else the mail went to: not its sender, not our inboxes, not our agents."""
    others: dict[str, Address] = {}
    for address in recipients:
        key = address.lower()
        if key != sender.lower() and len(key) <= 254 and not book.is_ours(key) and not book.agent(key):
            others.setdefault(key, address)
    return list(others.values())
