"""Replies of the past: written down as handed over at their time, and never put before a worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from channels_app.adapters.email.tokens import issue_message_id
from channels_app.models import Delivery, DeliveryAttempt, OutboxState
from channels_app.transport import backend_name
from customers.actors import SYSTEM
from tickets.models import DeliveryState, Message
from tickets.services import gesture, note_delivery


def hand_over(message: Message, refusal: str, *, now: datetime) -> None:
    """What the worker would have done with `message` at `now`; with `refusal` the mail server said no for good."""
    outcome = OutboxState.FAILED if refusal else OutboxState.ACCEPTED
    delivery = Delivery.objects.create(
        message=message,
        account=message.ticket.inbox.account,
        mail_id=issue_message_id(message.pk, settings.INSTANCE_DOMAIN),
        envelope_from=message.from_address,
        envelope_to=[*message.to, *message.cc],
        state=outcome,
        due_at=message.send_at or message.created_at,
        attempt=1,
        last_error=refusal,
        created_at=message.created_at,
    )
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=1,
        backend=backend_name(),
        started_at=now - timedelta(milliseconds=120),
        finished_at=now,
        outcome=outcome,
        answer=refusal or "250 2.0.0 queued",
        refused={address: {"answer": refusal, "final": True} for address in message.to} if refusal else {},
    )
    with gesture(message.ticket, actor=SYSTEM, now=now):
        note_delivery(message, DeliveryState.SENDING)
        note_delivery(message, DeliveryState.FAILED if refusal else DeliveryState.SENT, detail=refusal)
