"""Periodic work on what the settings hold."""

from celery import shared_task
from django.utils import timezone

from helpdesk.accounts import calendar_changes, idempotency


@shared_task
def refresh_public_holidays() -> int:
    """Daily, so that the next year's are there when this one begins."""
    return calendar_changes.refresh_public_holidays(now=timezone.now())


@shared_task
def forget_old_api_answers() -> int:
    return idempotency.forget_old()
