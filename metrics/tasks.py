"""Periodic work on numbers. Each claims what it works on and is bounded; running it twice does no harm."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from metrics.facts.backlog import keep_backlog
from metrics.facts.catching_up import catch_up

PATIENCE = 4.0  # seconds for one beat; what is left is left to the next


@shared_task(expires=5)
def keep_facts() -> int:
    """Tell what has happened since the last time."""
    until, told = monotonic() + PATIENCE, 0
    while monotonic() < until:
        caught = catch_up(now=timezone.now())
        told += caught.told
        if caught.is_done or not caught.told:
            break
    return told


@shared_task(expires=60)
def count_backlog() -> None:
    """The day that is over; and days of the past, where tickets were brought in for them."""
    until = monotonic() + 30.0
    while keep_backlog(now=timezone.now()) and monotonic() < until:
        pass
