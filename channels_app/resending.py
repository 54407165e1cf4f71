"""What a person decides about a message that has not simply been sent: a mail here, others in `messaging.deciding`."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.messaging import deciding
from channels_app.models import Delivery, OutboxState
from channels_app.outbox import finish, lock, tell
from channels_app.tasks_outbound import hand_to_worker
from customers.actors import Actor
from tickets.models import MESSAGING, Message
from tickets.services import Refused, gesture

RETRIABLE = (OutboxState.DEFERRED, OutboxState.FAILED, OutboxState.UNKNOWN)


def retry(message: Message, *, actor: Actor, now: datetime) -> None:
    """Try again at once, with the same bytes and Message-ID, for those who don't have the mail yet.

    Raises `Refused` when the mail was sent meanwhile or is being sent.
    """
    if message.channel in MESSAGING:
        return deciding.retry(message, actor=actor, now=now)
    with gesture(message.ticket, actor=actor):
        delivery = _lock_of(message)
        if delivery.state not in RETRIABLE:
            raise Refused(_("There is nothing to send again: the message is sent, or on its way."))
        delivery.due_at = now
        finish(delivery, OutboxState.QUEUED, actor=actor)
        hand_to_worker(delivery)


def confirm_sent(message: Message, *, actor: Actor) -> None:
    """A person knows that the mail whose outcome was unknown did go out. Raises `Refused` when it is not unknown."""
    if message.channel in MESSAGING:
        return deciding.confirm_sent(message, actor=actor, now=timezone.now())
    with gesture(message.ticket, actor=actor):
        delivery = _lock_of(message)
        attempt = delivery.attempts.last()
        if delivery.state != OutboxState.UNKNOWN or attempt is None:
            raise Refused(_("The outcome of this message is known."))
        attempt.refused = {address: refusal for address, refusal in attempt.refused.items() if refusal["final"]}
        attempt.outcome = OutboxState.FAILED if attempt.refused else OutboxState.ACCEPTED
        attempt.save(update_fields=["refused", "outcome"])
        finish(delivery, attempt.outcome, tell(delivery, attempt.refused), actor=actor)


def _lock_of(message: Message) -> Delivery:
    delivery = Delivery.objects.filter(message=message).first()
    if delivery is None:
        raise Refused(_("This message was not sent by e-mail."))
    return lock(delivery.pk)
