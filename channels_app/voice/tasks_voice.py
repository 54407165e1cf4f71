"""What is asked of telephones after the fact, by workers. Tasks carry ids alone; beat finds what was lost."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

logger = logging.getLogger(__name__)


@shared_task(time_limit=60, expires=60)
def bring_together(leg_id: int) -> None:
    """An agent has picked up: bring the caller to them, or call the customer."""
    from channels_app.voice.connecting import bring_together

    bring_together(leg_id)


@shared_task(time_limit=60)
def hang_up_rest(call_id: int) -> None:
    """The customer's line is over: so are the agents'."""
    from channels_app.voice.connecting import hang_up_rest

    hang_up_rest(call_id)


@shared_task(time_limit=300)
def fetch_recordings() -> int:
    from channels_app.voice.recordings import fetch_due

    return fetch_due(now=timezone.now())
