"""What Celery runs for mailed reports."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from metrics.explore.mails import OUTBOX, forget_old_mails
from metrics.explore.schedules import plan_mails


@shared_task(expires=55)
def mail_reports() -> int:
    """Plan what is due and send what waits; killed anywhere, the next one goes on."""
    plan_mails(now=timezone.now())
    return OUTBOX.send_due()


@shared_task
def forget_report_mails() -> int:
    return forget_old_mails(now=timezone.now())
