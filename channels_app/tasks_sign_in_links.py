"""What Celery runs for links by which customers sign in."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from channels_app.sign_in_links import OUTBOX
from helpdesk.lib.handover import hand_over
from tickets.portal.links import forget_old_links


@shared_task(expires=10)
def send_sign_in_links() -> int:
    return OUTBOX.send_due()


@shared_task
def forget_old_sign_in_links() -> int:
    return forget_old_links(now=timezone.now())


def hurry() -> None:
    """Somebody waits for a link: don't wait for beat."""
    hand_over(send_sign_in_links)
