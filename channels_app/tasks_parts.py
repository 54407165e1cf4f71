"""What Celery runs for messages that go out by other companies' channels."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from channels_app.messaging import sending, typing
from channels_app.models import ProviderMessage
from helpdesk.lib.handover import hand_over

KNOWN_TO_CELERY = timedelta(minutes=1)
A_MOMENT = timedelta(milliseconds=20)  # a worker that comes a millisecond early would find nothing due


@shared_task
def send_part(pk: int) -> bool:
    """One part; the next one of its conversation, or this one again a little later, is a task of its own."""
    is_done = sending.deliver(pk)
    if is_done:
        hand_to_worker(sending.next_of_conversation(pk))
    return is_done


@shared_task(expires=10)
def show_typing(conversation_id: int) -> bool:
    return typing.show_typing(conversation_id)


@shared_task(expires=5)
def sweep_parts() -> int:
    """Finds what Celery lost, what is due again, and parts of workers that died."""
    return sending.sweep()


def hand_to_worker(part: ProviderMessage | None) -> None:
    """Once the transaction is committed, tell Celery. Should that fail, the sweeper finds the row, as it does all that
    is due much later.
    """
    if part is None or part.due_at is None or part.due_at - timezone.now() > KNOWN_TO_CELERY:
        return
    pk, due_at = part.pk, part.due_at
    transaction.on_commit(lambda: hand_over(send_part, pk, eta=due_at + A_MOMENT))
