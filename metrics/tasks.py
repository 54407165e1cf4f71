"""Periodic work on numbers. Each claims what it works on and is bounded; running it twice does no harm."""

from time import monotonic

from celery import shared_task
from django.utils import timezone

from helpdesk.lib.handover import hand_over
from metrics.facts.adding_up import add_up
from metrics.facts.backlog import keep_backlog
from metrics.facts.catching_up import catch_up, is_anew
from metrics.facts.verifying import reconcile
from metrics.goals.looking import look_at_all
from metrics.tasks_explore import forget_report_mails, mail_reports
from metrics.voice import running

__all__ = ["count_backlog", "forget_report_mails", "keep_facts", "look_at_goals", "mail_reports", "reconcile_facts"]

PATIENCE = 4.0  # seconds for one beat; what is left is left to the next


@shared_task(expires=5)
def keep_facts() -> int:
    """Tell what has happened since the last time, and add up the days that it changed."""
    until, told = monotonic() + PATIENCE, 0
    while monotonic() < until:
        caught = catch_up(now=timezone.now())
        told += caught.told
        if caught.is_done or not caught.told:
            break
    while monotonic() < until and not is_anew() and add_up(now=timezone.now()):
        pass  # while everything is told anew the same days would be added up again and again
    return told


@shared_task(expires=60)
def count_backlog() -> None:
    """The day that is over; and days of the past, where tickets were brought in for them."""
    until = monotonic() + 30.0
    while keep_backlog(now=timezone.now()) and monotonic() < until:
        pass


@shared_task(expires=50)
def look_at_goals() -> int:
    return look_at_all(now=timezone.now())


@shared_task
def count_words(pk: int) -> bool:
    """What customers talk about; see metrics/voice."""
    return running.run(pk, now=timezone.now())


@shared_task(expires=50)
def sweep_word_counts() -> int:
    """Makes the night's, and finds what Celery lost and whose worker died."""
    return sum(hand_over(count_words, pk) for pk in running.due(now=timezone.now()))


@shared_task(expires=3600)
def reconcile_facts() -> int:
    """Each night: what was kept of late is held to its timelines."""
    return reconcile(now=timezone.now())
