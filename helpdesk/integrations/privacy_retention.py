"""What webhooks and Slack were told, and what account actions were answered, can grow too old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.retention import Kind
from helpdesk.integrations.models import DeliveryState, SlackPost, SlackPostState, WebhookDelivery

SETTLED = (DeliveryState.DELIVERED, DeliveryState.FAILED)


def _old_webhooks(before: datetime) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(created_at__lt=before, state__in=SETTLED).order_by("pk")


def _delete_webhooks(ids: Sequence[int]) -> None:
    WebhookDelivery.objects.filter(pk__in=ids).delete()


def _old_posts(before: datetime) -> QuerySet[SlackPost]:
    settled = SlackPost.objects.filter(created_at__lt=before, state__in=[SlackPostState.SENT, SlackPostState.FAILED])
    return settled.exclude(text="").order_by("pk")


def _empty_posts(ids: Sequence[int]) -> None:
    SlackPost.objects.filter(pk__in=ids).update(text="")


KINDS = (
    Kind(
        "webhooks",
        _("What webhooks were told"),
        _("The log of deliveries with their bodies and answers. What others received is theirs."),
        _old_webhooks,
        _delete_webhooks,
    ),
    Kind(
        "slack",
        _("What was posted to Slack"),
        _("Our copy of the words; the posts in Slack are not touched."),
        _old_posts,
        _empty_posts,
    ),
)
