"""What Celery runs for mails about chats."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from channels_app.chat_mails import OUTBOX
from helpdesk.lib.handover import hand_over
from tickets.chat.mails import forget_old_mails


@shared_task(expires=10)
def send_chat_mails() -> int:
    return OUTBOX.send_due()


@shared_task
def forget_old_chat_mails() -> int:
    return forget_old_mails(now=timezone.now())


def hurry() -> None:
    """`settings.CHAT_MAIL_WAITS`: somebody looks into their mailbox already."""
    hand_over(send_chat_mails)
