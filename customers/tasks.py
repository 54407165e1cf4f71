"""Periodic work on records. Each piece is bounded; running it twice does no harm."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from customers import duplicates, merging
from customers.imports.tasks import delete_old_imports, run_import, sweep_imports  # noqa: F401  # Celery looks in here


@shared_task(expires=10)
def follow_merges() -> int:
    return merging.follow_recent(now=timezone.now())


@shared_task(expires=20)
def look_for_duplicates() -> int:
    """What changed since, for some seconds; what is left waits for the next beat."""
    until, compared = monotonic() + 5.0, 0
    while (count := duplicates.look_for_duplicates()) and monotonic() < until:
        compared += count
    return compared
