"""Reading what hooks brought. Beat sends `read_waiting_hooks` every ten seconds; who stores a call sends it at once.

Tasks carry ids alone: the rows are in PostgreSQL, so a hand-over that the broker loses costs seconds, no message.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import transaction
from django.utils import timezone

from channels_app.models import HookPayload, ProviderMedia
from helpdesk.lib.handover import hand_over

AT_ONCE = 200  # calls in one task; then others have their turn


@shared_task(time_limit=300)
def read_hook(payload_id: int) -> None:
    """Read one stored call, now."""
    from channels_app.messaging import hearing  # it stores, and storing hands over to this module

    hearing.read_now(payload_id, now=timezone.now())


@shared_task(time_limit=300)
def read_waiting_hooks() -> int:
    """What a lost hand-over, a killed worker or a paused account has left; how many were taken up."""
    from channels_app.messaging import hearing

    done = hearing.drain(now=timezone.now(), limit=AT_ONCE)
    if done >= AT_ONCE:
        hand_over(read_waiting_hooks)
    return done


@shared_task(time_limit=300)
def fetch_file(media_id: int) -> None:
    """Fetch one file of a message, now."""
    from channels_app.messaging import media

    media.fetch(media_id, now=timezone.now())


@shared_task(time_limit=600, expires=60)
def fetch_waiting_files() -> int:
    from channels_app.messaging import media

    return media.sweep(now=timezone.now())


@shared_task(time_limit=300)
def forget_old_hooks() -> int:
    from channels_app.messaging import privacy

    return privacy.forget_old(now=timezone.now())


def hand_to_reader(payload: HookPayload) -> None:
    """Once its row is committed."""
    transaction.on_commit(lambda: _hand(payload.pk))


def hand_to_fetcher(media: ProviderMedia) -> None:
    transaction.on_commit(lambda: _hand_file(media.pk))


def _hand_file(media_id: int) -> None:
    hand_over(fetch_file, media_id)


def _hand(payload_id: int) -> None:
    hand_over(read_hook, payload_id)


@worker_ready.connect
def look_after_what_a_killed_worker_left(**_: Any) -> None:
    """At once, and again when its leases are over."""
    from channels_app.messaging.hearing import LEASE

    hand_over(read_waiting_hooks)
    hand_over(read_waiting_hooks, eta=timezone.now() + LEASE)
