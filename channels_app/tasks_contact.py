"""What Celery runs for requests from forms."""

from __future__ import annotations

from celery import shared_task

from channels_app.contact_mails import OUTBOX
from helpdesk.lib.handover import hand_over


@shared_task(expires=10)
def send_contact_mails() -> int:
    return OUTBOX.send_due()


def hurry() -> None:
    """`settings.CONTACT_MAIL_WAITS`: somebody sits before the page that says "look into your mailbox"."""
    hand_over(send_contact_mails)
