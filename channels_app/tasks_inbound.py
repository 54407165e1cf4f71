"""Reading the mail that waits. Beat sends `read_waiting_mail` every ten seconds; who stores a mail sends it at once.

The task carries nothing: the rows are in PostgreSQL, so a hand-over that the broker loses costs ten seconds, no mail.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from channels_app import inbound
from channels_app.models import InboundPayload
from helpdesk.lib.handover import hand_over

AT_ONCE = 200  # mails in one task; then others have their turn


@shared_task(time_limit=300)
def read_waiting_mail() -> int:
    """Put waiting mails on tickets; how many were taken up. Reading that never ends is stopped with the worker."""
    done = inbound.drain(now=timezone.now(), limit=AT_ONCE)
    if done >= AT_ONCE:
        hand_over(read_waiting_mail)
    return done


@shared_task(time_limit=300)
def process_payload(payload_id: int) -> None:
    """Read one stored mail, now."""
    inbound.process_payload(payload_id)


def reprocess(payload: InboundPayload) -> bool:
    """Let the mail wait for its turn again and tell Celery; False when it is on a ticket already."""
    if not inbound.reprocess(payload):
        return False
    hand_over(process_payload, payload.pk)
    return True


@worker_ready.connect
def look_after_what_a_killed_worker_left(**_: Any) -> None:
    """At once, and again when its leases are over."""
    hand_over(read_waiting_mail)
    hand_over(read_waiting_mail, eta=timezone.now() + inbound.LEASE)
