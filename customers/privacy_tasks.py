"""Periodic and long work on records. Each claims its rows and is bounded; running it twice does no harm."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from customers import exporting, privacy_jobs, retention
from customers.models import PrivacyJob
from helpdesk.lib.handover import hand_over


@shared_task
def run_privacy_job(pk: int) -> None:
    if privacy_jobs.run_job(pk):
        hand_over(run_privacy_job, pk)


def hand_over_job(job: PrivacyJob) -> None:
    """Once it is committed; should that fail, the sweeper finds it."""
    transaction.on_commit(lambda: hand_over(run_privacy_job, job.pk))


@shared_task(expires=15)
def sweep_privacy_jobs() -> int:
    """Finds what Celery lost, and jobs whose worker died."""
    return sum(hand_over(run_privacy_job, pk) for pk in privacy_jobs.due_jobs(now=timezone.now()))


@shared_task(expires=300)
def apply_retention() -> int:
    return retention.apply_rules(now=timezone.now())


@shared_task
def delete_old_exports() -> int:
    return exporting.delete_old(now=timezone.now())
