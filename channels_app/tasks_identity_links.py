"""What Celery runs for one-time links."""

from __future__ import annotations

from celery import shared_task

from channels_app import identity_links


@shared_task(expires=10)
def send_identity_links() -> int:
    return identity_links.send_due()
