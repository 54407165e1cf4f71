"""Periodic work on records. Each piece is bounded; running it twice does no harm."""

from celery import shared_task
from django.utils import timezone

from customers import merging


@shared_task(expires=10)
def follow_merges() -> int:
    return merging.follow_recent(now=timezone.now())
