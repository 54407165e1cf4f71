"""Telling those who asked that something is planned or done: each once for each status, and only who may be told.

A person chooses whom and says the words; rows are written down at once, and a worker goes through them. A row is done
in one transaction with its message, so that whoever is interrupted tells nobody twice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.consent import may_contact, unwilling
from customers.errors import Refused
from customers.models import ContactChannel, Customer, Identity, IdentityKind, Purpose
from customers.words import block
from helpdesk.accounts.models import User
from helpdesk.lib.html import text_to_html
from tickets import policies
from tickets.models import Channel, Inbox, Status, Ticket, ToldCustomer, ToldState, ToldWay, Topic, TopicStatus
from tickets.models.ticket import UNSOLVED
from tickets.services import add_note, add_reply, change_status, open_ticket
from tickets.services.errors import Refused as TicketRefused
from tickets.services.gesture import gesture
from tickets.services.recipients import Recipients

logger = logging.getLogger(__name__)

TELLING = (TopicStatus.PLANNED, TopicStatus.DONE)  # statuses that those who asked may want to hear of
LONGEST = 5_000
PIECE = 20  # customers told at a time
NAME = "{name}"


@dataclass(frozen=True)
class Asker:
    """One who asked; `hindrance` says why they can't be told by a message."""

    customer: Customer
    said: int
    told: ToldCustomer | None
    hindrance: str


def prepared_words(topic: Topic) -> str:
    """What could be said; whoever sends it says it in their own words."""
    known = {"name": NAME, "topic": topic.title}
    greeting = _("Hello %(name)s,\n\nyou asked us about “%(topic)s”.") % known
    became = _("It is done: have a look.") if topic.status == TopicStatus.DONE else _("We have planned it.")
    thanks = _("Thank you for telling us.")
    return f"{greeting} {became}\n\n{thanks}"


def askers(topic: Topic) -> list[Asker]:
    """Everybody who asked, whoever was told already among them, with what stands against a message."""
    counts: dict[int, int] = {}
    for pk in topic.excerpts.values_list("customer", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    people = Customer.objects.current().filter(pk__in=counts).select_related("organisation").order_by("name", "pk")
    told = {row.customer_id: row for row in topic.told.filter(status=topic.status)}
    reachable = set(
        Identity.objects.filter(customer__in=counts, kind=IdentityKind.EMAIL).values_list("customer", flat=True)
    )
    refusing = unwilling(counts, ContactChannel.EMAIL, Purpose.SUPPORT)
    return [
        Asker(each, counts[each.pk], told.get(each.pk), _hindrance(each.pk in reachable, each.pk in refusing))
        for each in people
    ]


@transaction.atomic
def tell_those_who_asked(
    topic: Topic, customer_ids: Collection[int], words: str, *, way: str, by: User, now: datetime | None = None
) -> int:
    """Write down who is to be told; how many. Who was told of this status before, or asked nothing, is left out."""
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    if topic.status not in TELLING:
        raise Refused(_("Those who asked are told once something is planned or done."), field="status")
    if way not in ToldWay.values:
        raise Refused(_("Choose how they are told."), field="way")
    words = block(words, LONGEST).strip()
    if not words:
        raise Refused(_("Say what became of it."), field="words")
    now = now or timezone.now()
    chosen = [
        each.customer.pk
        for each in askers(topic)
        if each.customer.pk in customer_ids and not each.told and (way == ToldWay.NOTE or not each.hindrance)
    ]
    if not chosen:
        raise Refused(_("Choose at least one person who was not told yet."), field="customers")
    ToldCustomer.objects.bulk_create(
        ToldCustomer(
            topic=topic, customer_id=pk, status=topic.status, way=way, words=words, asked_by=by, created_at=now
        )
        for pk in chosen
    )
    return len(chosen)


def tell_next(*, now: datetime | None = None, limit: int = PIECE) -> int:
    """For a worker: the next ones that wait; how many. Two workers never take the same one."""
    for done in range(limit):
        with transaction.atomic():
            waiting = ToldCustomer.objects.filter(state=ToldState.QUEUED).order_by("pk")
            row = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("topic", "asked_by").first()
            if row is None:
                return done
            _tell(row, now=now or timezone.now())
    return limit


def _tell(row: ToldCustomer, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            row.ticket = _write(row, now)
        row.state, row.told_at, row.detail = ToldState.TOLD, now, ""
    except (Refused, TicketRefused) as refused:
        row.state, row.detail = ToldState.FAILED, str(refused)[:300]
    except (OperationalError, InterfaceError):  # the database's trouble, not this person's: it waits
        raise
    except Exception:
        logger.exception("row %s could not be told", row.pk)  # the others must not wait behind it for ever
        row.state, row.detail = ToldState.FAILED, _("A fault of ours; the log says what.")
    row.save(update_fields=["state", "told_at", "detail", "ticket"])


def _write(row: ToldCustomer, now: datetime) -> Ticket:
    customer = Customer.objects.get(pk=row.customer_id)
    author = row.asked_by
    if author is None or not policies.may_reply(author):
        raise Refused(_("Who wanted to tell them may not write to customers any more."))
    if customer.erased_at:
        raise Refused(_("This person was erased."))
    html = text_to_html(row.words.replace(NAME, customer.name or _("there")))
    actor = Actor.agent(author)
    if row.way == ToldWay.NOTE:
        ticket = _latest(row, customer, author)
        if ticket is None:
            raise Refused(_("There is no ticket of theirs that you may see."))
        add_note(ticket, html, actor=actor, keeps_draft=True, now=now)
        return ticket
    if not may_contact(customer, ContactChannel.EMAIL, Purpose.SUPPORT):
        raise Refused(_("They do not want to be written to."))
    return _send(row, customer, html, actor, author, now)


def _send(row: ToldCustomer, customer: Customer, html: str, actor: Actor, author: User, now: datetime) -> Ticket:
    """In the ticket in which they asked, while it is open and nobody waits there for another answer; else in a new one,
    solved at once, which opens again when they answer.
    """
    asked = _asked_in(row, customer, author)
    if asked and asked.status in UNSOLVED and asked.requester_id == customer.pk and not asked.is_waiting:
        add_reply(asked, html, actor=actor, keeps_draft=True, now=now)
        return asked
    address = customer.identities.filter(kind=IdentityKind.EMAIL).values_list("value", flat=True).first()
    inbox = asked.inbox if asked else Inbox.objects.filter(is_active=True).order_by("pk").first()
    if not address or inbox is None:
        raise Refused(_("There is no address to write to."))
    ticket = open_ticket(customer, row.topic.title, inbox=inbox, channel=Channel.EMAIL, actor=actor, now=now)
    with gesture(ticket, actor=actor, now=now):
        add_reply(ticket, html, actor=actor, recipients=Recipients((address,)), now=now)
        change_status(ticket, Status.SOLVED, actor=actor)
    return ticket


def _asked_in(row: ToldCustomer, customer: Customer, author: User) -> Ticket | None:
    said = row.topic.excerpts.filter(customer=customer).exclude(message=None).order_by("-pk")
    return Ticket.objects.visible_to(author).filter(pk__in=said.values("message__ticket")).order_by("-pk").first()


def _latest(row: ToldCustomer, customer: Customer, author: User) -> Ticket | None:
    theirs = Ticket.objects.visible_to(author).filter(requester=customer).exclude(status=Status.CLOSED)
    return theirs.filter(status__in=UNSOLVED).order_by("-pk").first() or _asked_in(row, customer, author)


def _hindrance(has_address: bool, refuses: bool) -> str:
    if not has_address:
        return _("has no e-mail address")
    return _("does not want to be written to") if refuses else ""
