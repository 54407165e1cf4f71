"""What Celery runs for surveys' mails."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from channels_app.survey_mails import OUTBOX
from helpdesk.lib.handover import hand_over
from tickets.surveys.asking import forget_old_mails


@shared_task(expires=10)
def send_survey_mails() -> int:
    return OUTBOX.send_due()


@shared_task
def forget_old_survey_mails() -> int:
    return forget_old_mails(now=timezone.now())


def hurry() -> None:
    """`settings.SURVEY_MAIL_WAITS`: an admin may look into their mailbox already."""
    hand_over(send_survey_mails)
