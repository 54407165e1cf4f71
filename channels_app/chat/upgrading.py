"""From somebody unknown to somebody whom the company's site vouches for, and what becomes of what they said before."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from channels_app.chat.identity import Person
from channels_app.chat.session import Session
from customers import merging
from customers.actors import Actor
from customers.errors import Refused
from customers.identify import identify
from customers.identities import add_identity
from customers.models import PROOFS, Customer, IdentityKind, ProvedBy
from tickets.models import ChatState, ChatVisitor

logger = logging.getLogger(__name__)


@transaction.atomic
def vouch(session: Session, person: Person, now: datetime) -> ChatVisitor:
    """The session is `person`'s from now on.

    What this browser said before goes with them, unless it is somebody else's: of another user of the site, or of one
    whose address was proved. Then it stays where it is, and this is a new visitor.
    """
    customer = _customer_of(person, now)
    visitor = _same(session, customer) or _known(session, customer) or ChatVisitor(pk=uuid4(), widget=session.widget)
    visitor.customer, visitor.verified_at, visitor.last_seen_at = customer, now, now
    visitor.claimed_name = visitor.claimed_name or person.name
    visitor.claimed_email = person.email or visitor.claimed_email
    visitor.save()
    session.visitor_id, session.is_known, session.is_vouched = visitor.pk, True, True
    session.name, session.email = str(customer), visitor.claimed_email
    session.chat, session.sent, session.token = None, 0, ""
    return visitor


def _customer_of(person: Person, now: datetime) -> Customer:
    """By the id the company gave them. An address that another record has proved stays there, and is a word here."""
    customer = identify(IdentityKind.EXTERNAL, person.id, name=person.name, proved_by=ProvedBy.WIDGET_TOKEN).customer
    if person.email:
        try:
            add_identity(
                customer, IdentityKind.EMAIL, person.email, actor=Actor.of_customer(customer),
                proved_by=ProvedBy.WIDGET_TOKEN, take_over=True, now=now,
            )  # fmt: skip
        except Refused as refusal:
            logger.info("the address of customer %s was not added: %s", customer.pk, refusal)
    return customer


def _same(session: Session, customer: Customer) -> ChatVisitor | None:
    """The row of this browser, where what it said is this person's."""
    rows = ChatVisitor.objects.select_for_update(of=("self",)).select_related("customer")
    visitor = rows.filter(pk=session.visitor_id).first()
    if visitor is None or visitor.customer is None or visitor.customer == customer:
        return visitor
    if visitor.verified_at or not _is_only_a_browser(visitor.customer):
        return None
    try:
        merging.merge(customer, visitor.customer, actor=Actor.of_customer(customer), confirmed=True)
    except Refused as refusal:
        logger.info("visitor %s stays apart from customer %s: %s", visitor.pk, customer.pk, refusal)
        return None
    visitor.refresh_from_db()
    return visitor


def _is_only_a_browser(customer: Customer) -> bool:
    """Known by nothing that anybody but a browser has proved."""
    return not customer.identities.filter(proved_by__in=PROOFS).exclude(kind=IdentityKind.CHAT).exists()


def _known(session: Session, customer: Customer) -> ChatVisitor | None:
    """Another browser of theirs: a chat goes on where it was begun. The one under way comes first."""
    rows = ChatVisitor.objects.filter(widget=session.widget, customer=customer, verified_at__isnull=False)
    live = rows.filter(chats__state__in=[ChatState.BOT, ChatState.WAITING, ChatState.ACTIVE])
    return live.order_by("-chats__pk").first() or rows.order_by("-last_seen_at").first()
