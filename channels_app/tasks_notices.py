"""What Celery runs for mails to staff."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from channels_app import notices


@shared_task(expires=10)
def send_notices() -> int:
    """Write what is due, then send what is written; both claim their rows and are bounded."""
    notices.gather(now=timezone.now())
    return notices.send_due()


@shared_task
def forget_old_notices() -> int:
    return notices.forget_old(now=timezone.now())
