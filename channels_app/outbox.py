"""What happens to an outbox row: claimed under a lease, rendered once, tried, and its outcome written down.

    queued ──claim──► sending ──► accepted | deferred (tried again later) | failed | unknown
       └─► cancelled (undo)

A worker may die anywhere. Before the attempt's row exists nothing has left the house, and the mail is queued again.
After that only the mail server knows: unless the backend can prove it, the mail is `unknown` until a person decides.
Every change of a row happens under the ticket's lock, taken first, as in every gesture.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from channels_app import transport
from channels_app.models import Delivery, DeliveryAttempt, OutboxState
from channels_app.retrying import next_try_at, recipients_now
from channels_app.transport import Refusal, Result
from customers.actors import SYSTEM, Actor
from tickets.models import DeliveryState
from tickets.services import gesture, note_delivery, release_reply

WAITING = (OutboxState.QUEUED, OutboxState.DEFERRED)
RENDERING_LEASE = timedelta(seconds=60)
SHOWN_AS = {
    OutboxState.QUEUED: DeliveryState.SENDING,  # again: its undo window is over
    OutboxState.SENDING: DeliveryState.SENDING,
    OutboxState.ACCEPTED: DeliveryState.SENT,
    OutboxState.DEFERRED: DeliveryState.DEFERRED,
    OutboxState.FAILED: DeliveryState.FAILED,
    OutboxState.UNKNOWN: DeliveryState.UNKNOWN,
}


def claim(pk: int, *, now: datetime) -> Delivery | None:
    """The row, leased to this worker; None when it is not due, taken back, held back, or in other hands."""
    due = _rows().filter(pk=pk, state__in=WAITING, due_at__lte=now)
    delivery = due.first()
    if delivery is None:
        return None
    with gesture(delivery.message.ticket, actor=SYSTEM):
        delivery = due.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is None:
            return None
        is_scheduled = delivery.message.delivery_state == DeliveryState.SCHEDULED
        if is_scheduled and not release_reply(delivery.message, actor=SYSTEM):
            return None
        delivery.attempt += 1
        delivery.leased_until = now + RENDERING_LEASE
        _move(delivery, OutboxState.SENDING)
        return delivery


def keep_bytes(delivery: Delivery, raw: bytes, envelope_to: list[str]) -> None:
    """The bytes that this and every later attempt sends."""
    delivery.raw, delivery.envelope_to = raw, envelope_to
    Delivery.objects.filter(pk=delivery.pk).update(raw=raw, envelope_to=envelope_to)


def begin_attempt(delivery: Delivery, *, now: datetime) -> DeliveryAttempt | None:
    """From here on a server may have the mail. None when the lease ran out and the row is in other hands."""
    with gesture(delivery.message.ticket, actor=SYSTEM):
        ours = Delivery.objects.filter(pk=delivery.pk, state=OutboxState.SENDING, attempt=delivery.attempt)
        if not ours.update(leased_until=now + timedelta(seconds=transport.lease_seconds())):
            return None
        kept, trying = recipients_now(delivery.envelope_to, delivery.attempts.last())
        return DeliveryAttempt.objects.create(
            delivery=delivery,
            number=delivery.attempt,
            backend=transport.backend_name(),
            started_at=now,
            refused={**kept, **{address: Refusal(answer="", final=False) for address in trying}},
        )


def tried_in(attempt: DeliveryAttempt) -> list[str]:
    """Whom an attempt that is under way tries: those without an answer yet."""
    return [address for address, refusal in attempt.refused.items() if not refusal["answer"]]


def record(attempt: DeliveryAttempt, result: Result, *, now: datetime, again_at: datetime | None = None) -> None:
    """Write down how `attempt` ended, and move the row unless somebody else has taken it over since."""
    kept = {address: refusal for address, refusal in attempt.refused.items() if refusal["answer"]}
    refused: dict[str, Refusal] = {**kept, **result.refused}
    with gesture(attempt.delivery.message.ticket, actor=SYSTEM):
        delivery = lock(attempt.delivery_id)
        attempt.finished_at, attempt.answer, attempt.refused = now, result.answer, refused
        attempt.outcome = _outcome(refused, result)
        attempt.save()
        if delivery.attempt != attempt.number or delivery.state not in (OutboxState.SENDING, OutboxState.UNKNOWN):
            return
        told = tell(delivery, refused)
        if attempt.outcome != OutboxState.DEFERRED:
            finish(delivery, attempt.outcome, told)
        elif next_try := again_at or next_try_at(list(delivery.attempts.all()), now=now):
            delivery.due_at = next_try
            finish(delivery, OutboxState.DEFERRED, told)
        else:
            given_up = _("Given up after three days.")
            finish(delivery, OutboxState.FAILED, f"{given_up} {told}")


def record_unsendable(delivery: Delivery, reason: str, *, details: str = "") -> None:
    """There is nothing to try: the mail can't even be written."""
    with gesture(delivery.message.ticket, actor=SYSTEM):
        locked = lock(delivery.pk)
        if (locked.state, locked.attempt) == (OutboxState.SENDING, delivery.attempt):
            finish(locked, OutboxState.FAILED, reason, details)


def put_off(delivery: Delivery, reason: str, *, until: datetime) -> None:
    """It may not leave yet. No attempt: nothing has left the house."""
    with gesture(delivery.message.ticket, actor=SYSTEM):
        locked = lock(delivery.pk)
        if (locked.state, locked.attempt) == (OutboxState.SENDING, delivery.attempt):
            locked.due_at = until
            finish(locked, OutboxState.DEFERRED, reason)


def settle_lost(pk: int, *, now: datetime) -> bool:
    """Decide about a row whose worker never came back. True when there was something to decide."""
    lost = _rows().filter(pk=pk, state=OutboxState.SENDING, leased_until__lt=now)
    delivery = lost.first()
    if delivery is None:
        return False
    with gesture(delivery.message.ticket, actor=SYSTEM):
        delivery = lost.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is None:
            return False
        attempt = delivery.attempts.filter(number=delivery.attempt).first()
        if attempt is None:
            delivery.due_at = now
            finish(delivery, OutboxState.QUEUED)
            return True
        attempt.delivery = delivery
        record(attempt, _what_became_of(attempt), now=now, again_at=now)
        return True


def lock(pk: int) -> Delivery:
    """The row, locked; the ticket's lock is held already."""
    return _rows().select_for_update(of=("self",)).get(pk=pk)


def _rows() -> QuerySet[Delivery]:
    """Without the bytes, which may be 40 MB: only who sends them needs them."""
    return Delivery.objects.select_related("message__ticket").defer("raw")


def _outcome(refused: Mapping[str, Refusal], result: Result) -> OutboxState:
    if result.is_unknown:
        return OutboxState.UNKNOWN
    if not refused:
        return OutboxState.ACCEPTED
    return OutboxState.FAILED if all(refusal["final"] for refusal in refused.values()) else OutboxState.DEFERRED


def _what_became_of(attempt: DeliveryAttempt) -> Result:
    """Of an attempt whose worker is gone: only the backend that made it may know."""
    known = transport.has_sent(attempt.delivery.mail_id) if attempt.backend == transport.backend_name() else None
    if known:
        return Result(_("Sent; the worker stopped before it could say so."))
    answer = _("The worker stopped while the mail was being sent.")
    missing = {address: Refusal(answer=answer, final=False) for address in tried_in(attempt)}
    return Result(answer, missing, is_unknown=known is None)


def tell(delivery: Delivery, refused: Mapping[str, Refusal]) -> str:
    """What the agent reads about those who have no mail."""
    answers = {refusal["answer"] for refusal in refused.values()}
    if len(refused) == len(delivery.envelope_to) and len(answers) == 1:
        return answers.pop()
    told = "; ".join(f"{address}: {refusal['answer']}" for address, refusal in refused.items())
    if refused and len(refused) < len(delivery.envelope_to):
        told += " " + _("(The other recipients have it.)")
    return told


def finish(delivery: Delivery, state: str, detail: str = "", details: str = "", *, actor: Actor = SYSTEM) -> None:
    """No worker has the row any more. `detail` is for the agent, `details` for whoever repairs it."""
    delivery.leased_until = None
    delivery.last_error = details or detail
    _move(delivery, OutboxState(state), detail, actor=actor)


def _move(delivery: Delivery, state: OutboxState, detail: str = "", *, actor: Actor = SYSTEM) -> None:
    """Change the row and what the ticket shows. A mail that was put off stays so on the ticket while it is tried."""
    delivery.state = state
    delivery.save(update_fields=["state", "attempt", "due_at", "leased_until", "last_error"])
    if state == OutboxState.SENDING and delivery.message.delivery_state == DeliveryState.DEFERRED:
        return
    note_delivery(delivery.message, SHOWN_AS[state], detail=detail, actor=actor)
