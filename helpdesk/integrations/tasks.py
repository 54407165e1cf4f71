"""What Celery runs for other systems."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from helpdesk.integrations.models import WebhookDelivery
from helpdesk.integrations.webhooks.sending import send_waiting

KEPT_FOR = timedelta(days=30)
AT_ONCE = 5000


@shared_task(expires=5)
def send_webhooks() -> int:
    return send_waiting()


@shared_task
def forget_old_webhooks() -> int:
    """The log keeps a month."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    numbers = list(old.values_list("pk", flat=True)[:AT_ONCE])
    return WebhookDelivery.objects.filter(pk__in=numbers).delete()[0]
