"""What callers ask for themselves: to be called back, or to leave a message."""

from __future__ import annotations

from datetime import datetime

from customers.actors import Actor
from tickets.calls import signals
from tickets.calls.callbacks import owe_call
from tickets.calls.card import refresh_card
from tickets.calls.life import locked
from tickets.models import Call, CallbackReason, CallbackRequest, Outcome


def ask_to_be_called(call_id: int, *, now: datetime) -> CallbackRequest | None:
    """None where there is no number to call."""
    with locked(call_id) as call:
        if not call.number.startswith("+"):
            return None
        _say(call, Outcome.CALLBACK)
        actor = Actor.of_customer(call.ticket.requester)
        return owe_call(
            call.ticket, call.number, due_at=now, reason=CallbackReason.ASKED, actor=actor, call=call, now=now
        )


def leave_voicemail(call_id: int) -> None:
    with locked(call_id) as call:
        _say(call, Outcome.VOICEMAIL)


def wait_told(call_id: int, seconds: int) -> None:
    """How long they would wait in all, as they heard it first."""
    Call.objects.filter(pk=call_id, told_seconds=None).update(told_seconds=seconds)


def leave_queue(call_id: int) -> None:
    """They talk to a machine from here on: it rings for nobody any more."""
    with locked(call_id) as call:
        if call.rings and call.answered_at is None:
            call.rings = False
            call.save(update_fields=["rings"])
            signals.tell_pages()


def _say(call: Call, outcome: str) -> None:
    """It holds while nobody of us has spoken with them."""
    if call.answered_at is None and call.outcome != outcome:
        call.outcome = outcome
        call.save(update_fields=["outcome"])
        refresh_card(call)
