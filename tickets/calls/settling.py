"""A while after a call's end, when late words of telephones are in: what it was, and what follows from it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import SYSTEM, Actor
from tickets import events
from tickets.calls import signals
from tickets.calls.callbacks import owe_call
from tickets.calls.card import refresh_card
from tickets.calls.course import Moment
from tickets.calls.life import locked, tell
from tickets.chat.spans import span
from tickets.models import Call, CallbackReason, CallDirection, CallState, Channel, Message, MomentKind, Outcome, Ticket
from tickets.services import Incoming, gesture, open_ticket, receive_message

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=8)  # for what telephones tell out of order
LOST_AFTER = timedelta(hours=6)  # a call that never said that it ended
MOST = 200  # calls in one pass


def settle_call(call_id: int, *, now: datetime) -> Call:
    """Its outcome and durations on the timeline; a call that nobody took is a message of the customer's."""
    with locked(call_id) as call:
        if call.settled_at or call.state != CallState.ENDED:
            return call
        call.settled_at = now
        call.save(update_fields=["settled_at"])
        if was_missed(call):
            tell_of_missed(call, now=now)
        with gesture(call.ticket, actor=SYSTEM, now=now) as g:
            g.record(
                events.CallSettled(call.pk, call.outcome, call.seconds_waited, call.seconds_talked, call.seconds_held)
            )
            refresh_card(call)
        signals.tell_pages()
        return call


def was_missed(call: Call) -> bool:
    return call.direction == CallDirection.IN and call.outcome in (Outcome.MISSED, Outcome.VOICEMAIL)


def tell_of_missed(call: Call, *, now: datetime) -> Message:
    """What the customer left us, once: it opens a solved ticket, and asks for an answer as anything they write."""
    customer = call.ticket.requester
    actor = Actor.of_customer(customer)
    incoming = Incoming(
        text=_words(call), from_address=call.number, submit_key=call.key, at=call.ended_at, match_rule="call"
    )
    ticket = _open_or_follow_up(call, actor)
    message = receive_message(ticket, incoming, customer=customer, channel=Channel.PHONE, actor=actor, now=now)
    if message.facts.get("call") != call.pk:
        message.facts = {**message.facts, "call": call.pk}
        message.save(update_fields=["facts"])
    if call.message_id is None:
        call.message = message
        call.save(update_fields=["message"])
    if call.number.startswith("+"):
        owe_call(call.ticket, call.number, due_at=now, reason=CallbackReason.MISSED, actor=SYSTEM, call=call, now=now)
    return message


def _open_or_follow_up(call: Call, actor: Actor) -> Ticket:
    ticket = call.ticket
    if ticket.is_closed:
        ticket = open_ticket(
            ticket.requester,
            ticket.subject,
            inbox=ticket.inbox,
            channel=Channel.PHONE,
            actor=actor,
            follow_up_of=ticket,
        )
        call.ticket = ticket
        call.save(update_fields=["ticket"])
    return ticket


def _words(call: Call) -> str:
    if call.outcome == Outcome.VOICEMAIL:
        return _("Left a voicemail.")
    return _("Called, and nobody answered within %(time)s.") % {"time": span(call.seconds_waited)}


@shared_task
def settle_calls() -> int:
    """What has ended a while ago; how many were settled."""
    now = timezone.now()
    _end_lost(now)
    due = Call.objects.filter(state=CallState.ENDED, settled_at=None, ended_at__lte=now - PATIENCE)
    settled = 0
    for pk in list(due.order_by("ended_at").values_list("pk", flat=True)[:MOST]):
        try:
            settle_call(pk, now=timezone.now())
            settled += 1
        except Exception:
            logger.exception("call %s can't be settled", pk)
    return settled


@transaction.atomic
def _end_lost(now: datetime) -> None:
    """Nobody talks for so long: the telephone's last word was lost."""
    lost = Call.objects.filter(started_at__lt=now - LOST_AFTER).exclude(state=CallState.ENDED)
    for pk in list(lost.values_list("pk", flat=True)[:MOST]):
        tell(pk, Moment(MomentKind.ENDED, now, "lost"))
