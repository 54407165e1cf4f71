"""What Celery runs for mail going out."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from channels_app import sending
from channels_app.models import Delivery
from helpdesk.lib.handover import hand_over

KNOWN_TO_CELERY = timedelta(minutes=1)
A_MOMENT = timedelta(milliseconds=20)  # a worker that comes a millisecond early would find nothing due


@shared_task
def send_delivery(pk: int) -> bool:
    return sending.deliver(pk)


@shared_task(expires=5)
def sweep_outbox() -> int:
    """Finds what Celery lost, retries that are due, and rows of workers that died."""
    return sending.sweep()


def hand_to_worker(delivery: Delivery) -> None:
    """Once the transaction is committed, tell Celery. Should that fail, the sweeper finds the row.

    What is due much later is left to the sweeper: Celery would hold it in memory and forget it at a restart.
    """
    pk, due_at = delivery.pk, delivery.due_at
    if due_at - timezone.now() > KNOWN_TO_CELERY:
        return
    transaction.on_commit(lambda: hand_over(send_delivery, pk, eta=due_at + A_MOMENT))
