"""What a signed-in customer does to a request: write, say that it is solved, say how we did.

Which requests a customer may open is for `tickets.portal.requests` to say; here it is done, by the services that mail
goes through, so triggers, clocks and notifications can't tell the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.files.base import File as DjangoFile
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Customer, IdentityKind
from helpdesk.lib.limits import is_too_often
from tickets import attachments
from tickets.models import CcState, Channel, Message, Rating, Status, Ticket
from tickets.portal.requests import may_decide
from tickets.services import (
    Incoming,
    Refused,
    TooLong,
    add_cc,
    change_status,
    gesture,
    opening_ticket,
    rate,
    receive_message,
    usual_recipients,
)
from tickets.surveys.answering import said_on_pages

LONGEST: Final = 20_000  # characters
MOST_FILES: Final = 10
MOST_MESSAGES: Final = 30  # of one customer within
WINDOW: Final = timedelta(minutes=10)


class TooOften(Refused):
    """More than a person does."""


def write(
    ticket: Ticket,
    text: str,
    *,
    customer: Customer,
    files: Sequence[DjangoFile[bytes]] = (),
    submit_key: UUID | None = None,
    now: datetime | None = None,
) -> Message:
    """A public message; what was solved is open again by it. A closed request is carried on by a new one.

    The same `submit_key` again is the message made the first time. Raises `Refused` with the field that is at fault.
    """
    text = _checked(text, files)
    with gesture(ticket, actor=Actor.of_customer(customer), now=now) as g:
        if submit_key and g.ticket.messages.filter(submit_key=submit_key).exists():
            files = ()  # they are with the message already
        elif is_too_often("portal-message", str(customer.pk), most=MOST_MESSAGES, within=WINDOW):
            raise TooOften(_("That was a lot at once. Wait a few minutes, please."))
        with attachments.refused_if_lost(f"customer {customer.pk}"):
            said = [_file(file) for file in files]
            if g.ticket.is_closed:
                return _carry_on(g.ticket, text, said, customer, submit_key)
            return _append(g.ticket, text, said, customer, submit_key)


def _checked(text: str, files: Sequence[DjangoFile[bytes]]) -> str:
    text = text.strip()
    if not text and not files:
        raise Refused(_("Write something first."), field="text")
    if len(text) > LONGEST:
        raise TooLong(_("This is longer than %(limit)s characters.") % {"limit": LONGEST}, field="text")
    if len(files) > MOST_FILES:
        raise Refused(_("At most %(count)s files, please.") % {"count": MOST_FILES}, field="files")
    for file in files:
        try:
            attachments.refuse_unfit(attachments.safe_filename(file.name or ""), file)
        except Refused as refusal:
            raise Refused(str(refusal), field="files") from refusal
    return text


def _file(file: DjangoFile[bytes]) -> attachments.File:
    file.seek(0)
    return attachments.File(file.name or "", getattr(file, "content_type", "") or "", file.read())


def _append(
    ticket: Ticket, text: str, files: Sequence[attachments.File], customer: Customer, submit_key: UUID | None
) -> Message:
    """A colleague who writes is suggested for the copies, as one who writes by mail is: an agent decides."""
    actor, address = Actor.of_customer(customer), _address_of(customer, ticket)
    incoming = Incoming(
        text=text,
        subject=ticket.subject,
        from_address=address,
        to=[ticket.inbox.address],
        match_rule="portal",
        files=files,
        submit_key=submit_key,
    )
    message = receive_message(ticket, incoming, customer=customer, channel=Channel.PORTAL, actor=actor)
    if address and not may_decide(customer, ticket) and not ticket.ccs.filter(customer=customer).exists():
        add_cc(ticket, customer, address, actor=actor, state=CcState.SUGGESTED)
    return message


def _carry_on(
    closed: Ticket, text: str, files: Sequence[attachments.File], customer: Customer, submit_key: UUID | None
) -> Message:
    """On the newest request that carries `closed` on, or on a new one of the same requester."""
    actor = Actor.of_customer(customer)
    following = closed.follow_ups.filter(requester=closed.requester).order_by("-pk").first()
    if following:
        with gesture(following, actor=actor) as g:
            if g.ticket.is_closed:
                return _carry_on(g.ticket, text, files, customer, submit_key)
            return _append(g.ticket, text, files, customer, submit_key)
    with opening_ticket(
        closed.requester, closed.subject, inbox=closed.inbox, channel=Channel.PORTAL, actor=actor, follow_up_of=closed
    ) as ticket:
        for cc in closed.ccs.filter(state=CcState.CC).select_related("customer"):
            add_cc(ticket, cc.customer, cc.address, actor=actor)
        return _append(ticket, text, files, customer, submit_key)


def _address_of(customer: Customer, ticket: Ticket) -> str:
    """Where the requester is answered already, so that a reply here moves no conversation to another mailbox."""
    if may_decide(customer, ticket) and (usual := usual_recipients(ticket).to):
        return usual[0]
    known = list(customer.identities.filter(kind=IdentityKind.EMAIL).order_by("pk"))
    proved = next((each for each in known if each.is_verified), known[0] if known else None)
    return proved.value if proved else ""


def say_solved(ticket: Ticket, *, customer: Customer, now: datetime | None = None) -> Ticket:
    """The customer needs no answer any more. Nothing happens to what is solved already."""
    with gesture(ticket, actor=Actor.of_customer(customer), now=now) as g:
        if g.ticket.is_closed:
            return g.ticket
        return change_status(g.ticket, Status.SOLVED, actor=g.actor)


def rate_request(
    ticket: Ticket,
    value: int,
    comment: str,
    *,
    customer: Customer,
    reasons: Sequence[str] = (),
    now: datetime | None = None,
) -> Rating:
    """`value` is on the scale of the survey that asks about such tickets (tickets.surveys.answering)."""
    if is_too_often("portal-rating", str(customer.pk), most=MOST_MESSAGES, within=WINDOW):
        raise TooOften(_("That was a lot at once. Wait a few minutes, please."))
    said = said_on_pages(ticket, value, reasons=reasons, now=now)
    return rate(ticket, said, comment=comment, actor=Actor.of_customer(customer), now=now)
