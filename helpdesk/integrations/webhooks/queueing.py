"""Writing down, in the gesture's own transaction, what endpoints are to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from helpdesk.integrations.models import WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import payloads
from helpdesk.lib.handover import hand_over
from tickets.conditions import Invalid, facts_of, matches
from tickets.models import Ticket, TicketEvent
from tickets.stamps import Stamped

TRIED_FOR = timedelta(hours=24)
_active = Stamped("webhooks", lambda: list(WebhookEndpoint.objects.filter(is_active=True)))


def queue_webhooks(ticket: Ticket, events: Sequence[TicketEvent]) -> None:
    """A consumer of events: one delivery for each endpoint and event that it asked for."""
    kinds = {event.kind for event in events}
    endpoints = [endpoint for endpoint in _active.get() if kinds.intersection(endpoint.kinds)]
    if not endpoints:
        return
    now = timezone.now()
    asking = [endpoint for endpoint in endpoints if _asks_for(endpoint, ticket, now)]
    write_down(
        [
            delivery(
                endpoint,
                event.kind,
                payloads.body_of(ticket, event),
                ticket_number=ticket.pk,
                depth=event.cause_depth,
                now=now,
            )
            for endpoint in asking
            for event in events
            if event.kind in endpoint.kinds
        ]
    )


def delivery(
    endpoint: WebhookEndpoint,
    kind: str,
    body: str,
    *,
    ticket_number: int | None = None,
    depth: int = 0,
    now: datetime | None = None,
) -> WebhookDelivery:
    """One to be stored by `write_down`. `depth`: how many rules led to it."""
    now = now or timezone.now()
    return WebhookDelivery(
        endpoint=endpoint,
        message_id=f"msg_{uuid4().hex}",
        kind=kind,
        body=body,
        ticket_number=ticket_number,
        cause_depth=depth,
        due_at=now,
        give_up_at=now + TRIED_FOR,
        created_at=now,
    )


def write_down(deliveries: list[WebhookDelivery]) -> None:
    """Store them and wake a worker once that is committed; should that fail, the sweep finds them."""
    if not deliveries:
        return
    WebhookDelivery.objects.bulk_create(deliveries)
    transaction.on_commit(wake)


def wake() -> None:
    from helpdesk.integrations.tasks import send_webhooks  # tasks import the sender, which imports this

    hand_over(send_webhooks)


def _asks_for(endpoint: WebhookEndpoint, ticket: Ticket, now: datetime) -> bool:
    """An endpoint whose conditions name what is gone hears nothing; its page says so."""
    if not endpoint.conditions:
        return True
    try:
        return matches(endpoint.conditions, facts_of(ticket, [endpoint.conditions]), user=None, now=now)
    except Invalid:
        return False
