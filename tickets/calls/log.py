"""The phone log: which calls somebody sees, and whom a written one is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from customers.models import Customer, Identity, IdentityKind
from helpdesk.accounts.models import User
from tickets import policies
from tickets.customers.finding import find
from tickets.models import Call, CallState, Outcome, Ticket
from tickets.models.ticket import UNSOLVED

PAGE: Final = 50
FOUND: Final = 8
TICKETS: Final = 6
MINE, MISSED, LIVE = "mine", "missed", "live"
SHOWN: Final = ("", MINE, MISSED, LIVE)


def visible_to(user: User) -> QuerySet[Call]:
    """Not those of private teams of others: as their tickets."""
    if not policies.may_enter(user):
        return Call.objects.none()
    calls = Call.objects.select_related("ticket__requester", "customer", "agent", "inbox", "message", "script")
    hidden = user.hidden_team_ids
    return calls.exclude(Q(ticket__team__in=hidden) | Q(team__in=hidden)) if hidden else calls


def page_of_log(user: User, shown: str, *, before: tuple[datetime, int] | None = None) -> tuple[list[Call], bool]:
    """The newest calls (those before `before`), and whether there are more."""
    calls = visible_to(user)
    if shown == MINE:
        calls = calls.filter(agent=user)
    elif shown == MISSED:
        calls = calls.filter(outcome__in=[Outcome.MISSED, Outcome.VOICEMAIL])
    elif shown == LIVE:
        calls = calls.exclude(state=CallState.ENDED)
    if before:
        at, pk = before
        calls = calls.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=pk))
    found = list(calls.order_by("-started_at", "-pk")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


@dataclass(frozen=True)
class Callee:
    """Somebody to call, or who called, with a number of theirs where one is known."""

    customer: Customer
    number: str
    known_by: str


def people_named(text: str) -> list[Callee]:
    """By name, number, address, organisation; the best first."""
    ids = find(text, FOUND)
    people = Customer.objects.filter(pk__in=ids).select_related("organisation").prefetch_related("identities")
    by_id = {customer.pk: customer for customer in people}
    return [callee(by_id[pk]) for pk in ids if pk in by_id]


# What networks and browsers know people by: it would tell an agent nothing.
MEANINGLESS = {IdentityKind.CHAT, IdentityKind.EXTERNAL, IdentityKind.MESSENGER, IdentityKind.INSTAGRAM}
MEANINGLESS |= {IdentityKind.TELEGRAM, IdentityKind.X}


def callee(customer: Customer) -> Callee:
    identities = list(customer.identities.all())
    named = [identity.value for identity in identities if identity.kind not in MEANINGLESS]
    return Callee(customer, number_of(identities), named[0] if named else "")


def number_of(identities: list[Identity]) -> str:
    """Theirs, the telephone's before WhatsApp's."""
    for kind in (IdentityKind.PHONE, IdentityKind.WHATSAPP):
        for identity in identities:
            if identity.kind == kind and identity.value.startswith("+"):
                return identity.value
    return ""


def open_tickets(customer: Customer, user: User) -> list[Ticket]:
    """Of this customer, what a call may be about: the newest first."""
    own = Ticket.objects.visible_to(user).filter(requester=customer, status__in=UNSOLVED)
    return list(own.order_by("-updated_at", "-pk")[:TICKETS])
