"""What Celery runs for our accounts elsewhere: how they fare, their templates, and who the people are."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from channels_app.messaging import naming, refreshing
from channels_app.models import Conversation
from helpdesk.lib.handover import hand_over

NAMES_AT_ONCE = 30


@shared_task(time_limit=300)
def refresh_account(pk: int) -> bool:
    return refreshing.refresh(pk, now=timezone.now())


@shared_task(expires=60)
def refresh_accounts() -> int:
    """Those that are due, each in a task of its own: a provider that does not answer keeps no other waiting."""
    due = refreshing.due(timezone.now())
    for pk in due:
        hand_over(refresh_account, pk)
    return len(due)


@shared_task(time_limit=60)
def ask_for_name(pk: int) -> bool:
    return naming.ask(pk, now=timezone.now())


@shared_task(time_limit=600, expires=30)
def ask_for_names() -> int:
    """What the broker lost, and what is due again."""
    now = timezone.now()
    return sum(naming.ask(pk, now=now) for pk in naming.waiting(now).values_list("pk", flat=True)[:NAMES_AT_ONCE])


def hand_to_asker(conversation: Conversation) -> None:
    """Once its row is committed."""
    pk = conversation.pk
    transaction.on_commit(lambda: hand_over(ask_for_name, pk))
