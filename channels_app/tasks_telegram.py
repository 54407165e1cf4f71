"""What Celery runs for Telegram bots that are asked for what they were told."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(expires=3, time_limit=120)
def ask_telegram() -> int:
    """How many updates came. Beat sends it every three seconds."""
    from channels_app import telegram_polling

    return telegram_polling.ask_all(now=timezone.now())
