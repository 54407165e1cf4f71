"""The ticket that tells an agent about a mail that could not be read."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _

from channels_app.models import InboundPayload
from customers.actors import SYSTEM
from customers.identify import identify
from customers.models import Customer, IdentityKind
from tickets.attachments import File
from tickets.models import Channel, Message, Status, Ticket
from tickets.services import Incoming, add_note, change_status, open_ticket, receive_message

RULE = "unreadable"


@transaction.atomic
def open_placeholder(payload: InboundPayload) -> Ticket:
    """One ticket for a mail that failed, however often it fails; the original mail is attached."""
    if payload.ticket and _is_placeholder(payload.ticket):
        return payload.ticket
    customer = _sender(payload)
    raw = bytes(payload.raw)
    words = _("A mail from %(sender)s arrived and could not be read. The original is kept as no. %(pk)s of the intake.")
    incoming = Incoming(
        text=words % {"sender": payload.sender or _("an unknown sender"), "pk": payload.pk},
        subject=payload.subject,
        from_address=payload.sender,
        match_rule=RULE,
        match_evidence={"payload": str(payload.pk)},
        files=[File("mail.eml", "message/rfc822", raw)] if len(raw) <= settings.MAX_ATTACHMENT_BYTES else [],
    )
    subject = payload.subject or _("A mail that could not be read")
    ticket = open_ticket(customer, subject, inbox=payload.account.inbox, channel=Channel.EMAIL, actor=SYSTEM)
    receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=SYSTEM)
    payload.ticket = ticket
    payload.save(update_fields=["ticket"])
    return ticket


def settle_placeholder(payload: InboundPayload, ticket: Ticket) -> None:
    """The mail was read after all: its placeholder says where, and is solved."""
    placeholder = payload.ticket
    if placeholder is None or placeholder == ticket or not _is_placeholder(placeholder) or placeholder.is_closed:
        return
    words = _("The mail was read later and is on ticket #%(number)s.") % {"number": ticket.number}
    add_note(placeholder, format_html("<p>{}</p>", words), actor=SYSTEM)
    change_status(placeholder, Status.SOLVED, actor=SYSTEM)


def _is_placeholder(ticket: Ticket) -> bool:
    return Message.objects.filter(ticket=ticket, match_rule=RULE).exists()


def _sender(payload: InboundPayload) -> Customer:
    """Whoever the envelope or the header names; else a customer without any address, whom nobody can answer."""
    local, at, domain = payload.sender.partition("@")
    if local and at and "." in domain and len(payload.sender) <= 254:
        return identify(IdentityKind.EMAIL, payload.sender).customer
    name = _("Unknown sender")
    return Customer.objects.filter(name=name, identities=None).first() or Customer.objects.create(name=name)
