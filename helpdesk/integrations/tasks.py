"""What Celery runs for other systems."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from helpdesk.integrations.account_actions.sending import send_waiting as do_waiting
from helpdesk.integrations.models import SlackEvent, SlackEventState, SlackPost, WebhookDelivery
from helpdesk.integrations.slack.hearing import apply_event
from helpdesk.integrations.slack.posting import post_waiting
from helpdesk.integrations.webhooks.sending import send_waiting

KEPT_FOR = timedelta(days=30)
AT_ONCE = 5000


@shared_task(expires=5)
def send_webhooks() -> int:
    return send_waiting()


@shared_task(expires=5)
def send_account_actions() -> int:
    return do_waiting()


@shared_task
def forget_old_webhooks() -> int:
    """The log keeps a month."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    numbers = list(old.values_list("pk", flat=True)[:AT_ONCE])
    return WebhookDelivery.objects.filter(pk__in=numbers).delete()[0]


@shared_task(expires=5)
def send_to_slack() -> int:
    return post_waiting()


@shared_task
def apply_slack_event(pk: int) -> None:
    apply_event(pk)


@shared_task(expires=5)
def sweep_slack_events() -> int:
    """What Celery lost, and answers that were faster than our record of what they answer."""
    waiting = list(SlackEvent.objects.filter(state=SlackEventState.RECEIVED).values_list("pk", flat=True)[:100])
    for pk in waiting:
        apply_event(pk)
    return len(waiting)


@shared_task
def forget_old_slack() -> int:
    """What came is in the notes; what was posted is in Slack."""
    old = timezone.now() - KEPT_FOR
    events = list(SlackEvent.objects.filter(received_at__lt=old).values_list("pk", flat=True)[:AT_ONCE])
    posts = SlackPost.objects.filter(created_at__lt=old, state__in=["sent", "failed"]).exclude(kind="root")
    numbers = list(posts.values_list("pk", flat=True)[:AT_ONCE])
    return SlackEvent.objects.filter(pk__in=events).delete()[0] + SlackPost.objects.filter(pk__in=numbers).delete()[0]
