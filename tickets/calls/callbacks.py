"""Calls that we owe: one queue, each claimed by one agent, who says what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets import events, policies
from tickets.calls import signals
from tickets.models import Call, CallbackReason, CallbackRequest, CallbackState, Ticket
from tickets.services import Refused, gesture
from tickets.services.gesture import Gesture

OPEN = (CallbackState.WAITING, CallbackState.CLAIMED)
MOST_TRIES = 20


def visible_to(user: User) -> QuerySet[CallbackRequest]:
    """Not those of private teams of others: as their tickets."""
    if not policies.may_enter(user):
        return CallbackRequest.objects.none()
    hidden = user.hidden_team_ids
    everything = CallbackRequest.objects.all()
    return everything.exclude(ticket__team__in=hidden) if hidden else everything


def count_due(user: User, *, now: datetime) -> int:
    """Of what is due, whatever nobody else has claimed."""
    due = visible_to(user).filter(state__in=OPEN, due_at__lte=now)
    return due.filter(Q(claimed_by=None) | Q(claimed_by=user)).count()


def owe_call(
    ticket: Ticket,
    number: str,
    *,
    due_at: datetime,
    reason: str,
    actor: Actor,
    call: Call | None = None,
    now: datetime | None = None,
) -> CallbackRequest:
    """Call them by `due_at`. Where a call to them is owed for this ticket already, the earlier time counts."""
    with gesture(ticket, actor=actor, now=now) as g:
        owed = CallbackRequest.objects.select_for_update().filter(ticket=g.ticket, number=number, state__in=OPEN)
        if known := owed.first():
            if due_at < known.due_at:
                known.due_at = due_at
                known.save(update_fields=["due_at"])
                g.record(events.CallbackPostponed(known.pk, due_at.isoformat(), known.tries))
                signals.tell_pages(signals.CALLBACKS)
            return known
        made = CallbackRequest.objects.create(
            ticket=g.ticket,
            customer=g.ticket.requester,
            call=call,
            number=number,
            reason=CallbackReason(reason),
            due_at=due_at,
            created_at=g.now,
        )
        g.record(events.CallbackOwed(made.pk, made.reason, due_at.isoformat()))
        signals.tell_pages(signals.CALLBACKS)
        return made


def claim_callback(callback: CallbackRequest, user: User) -> CallbackRequest:
    """Whoever is first has it. Raises `Refused` for the others."""
    with _open(callback, user) as (g, owed):
        if owed.claimed_by_id == user.pk:
            return owed
        if owed.claimed_by_id:
            raise Refused(_("%(name)s was quicker: they are on this call.") % {"name": owed.claimed_by})
        owed.state, owed.claimed_by, owed.claimed_at = CallbackState.CLAIMED, user, g.now
        owed.save(update_fields=["state", "claimed_by", "claimed_at"])
        g.record(events.CallbackClaimed(owed.pk))
        return owed


def release_callback(callback: CallbackRequest, user: User) -> CallbackRequest:
    """Give it back to the queue: whoever has it, or a lead."""
    with _open(callback, user) as (g, owed):
        if owed.claimed_by_id is None:
            return owed
        _refuse_other(owed, user)
        _give_back(owed)
        owed.save(update_fields=["state", "claimed_by", "claimed_at"])
        g.record(events.CallbackClaimed(owed.pk, by_nobody=True))
        return owed


def postpone_callback(callback: CallbackRequest, user: User, *, due_at: datetime, now: datetime) -> CallbackRequest:
    """Nobody answered, or it does not suit: again at `due_at`, by whoever is there then."""
    if due_at <= now:
        raise Refused(_("Choose a time that is still to come."), field="due_at")
    with _open(callback, user) as (g, owed):
        _refuse_other(owed, user)
        _give_back(owed)
        owed.due_at, owed.tries = due_at, min(owed.tries + 1, MOST_TRIES)
        owed.save(update_fields=["state", "claimed_by", "claimed_at", "due_at", "tries"])
        g.record(events.CallbackPostponed(owed.pk, due_at.isoformat(), owed.tries))
        return owed


def settle_callback(callback: CallbackRequest, user: User, *, is_done: bool) -> CallbackRequest:
    """They were called, or we give up."""
    with _open(callback, user) as (g, owed):
        _refuse_other(owed, user)
        return _settle(g, owed, user, CallbackState.DONE if is_done else CallbackState.FAILED)


def settle_spoken(ticket: Ticket, number: str, user: User, *, now: datetime) -> None:
    """They were spoken with, whoever called whom: what was due, or what `user` had claimed, is done."""
    of_them = CallbackRequest.objects.filter(ticket=ticket, number=number, state__in=OPEN)
    for callback in of_them.filter(Q(due_at__lte=now) | Q(claimed_by=user)).select_related("ticket"):
        with _open(callback, user) as (g, owed):
            _settle(g, owed, user, CallbackState.DONE)


def _settle(g: Gesture, owed: CallbackRequest, user: User, state: CallbackState) -> CallbackRequest:
    owed.state, owed.claimed_by, owed.claimed_at = state, user, owed.claimed_at or g.now
    owed.settled_at, owed.tries = g.now, min(owed.tries + 1, MOST_TRIES)
    owed.save(update_fields=["state", "claimed_by", "claimed_at", "settled_at", "tries"])
    g.record(events.CallbackSettled(owed.pk, owed.state))
    return owed


@contextmanager
def _open(callback: CallbackRequest, user: User) -> Iterator[tuple[Gesture, CallbackRequest]]:
    """The request under its ticket's lock. Raises `Refused` when it is settled."""
    with transaction.atomic(), gesture(callback.ticket, actor=Actor.agent(user)) as g:
        owed = CallbackRequest.objects.select_for_update(of=("self",)).select_related("claimed_by").get(pk=callback.pk)
        owed.ticket = g.ticket
        if not owed.is_open:
            raise Refused(_("This call is settled already."))
        yield g, owed
        signals.tell_pages(signals.CALLBACKS)


def _refuse_other(owed: CallbackRequest, user: User) -> None:
    if owed.claimed_by_id not in (None, user.pk) and not policies.may_lead_calls(user):
        raise Refused(_("%(name)s is on this call.") % {"name": owed.claimed_by})


def _give_back(owed: CallbackRequest) -> None:
    owed.state, owed.claimed_by, owed.claimed_at = CallbackState.WAITING, None, None
