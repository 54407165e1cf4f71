"""What Celery runs of imports."""

from celery import shared_task
from django.utils import timezone

from helpdesk.lib.handover import hand_over
from knowledge_base.importing import running


@shared_task
def run_article_import(pk: int) -> None:
    if running.run_job(pk):
        hand_over(run_article_import, pk)


@shared_task(expires=10)
def sweep_article_imports() -> int:
    """Finds what Celery lost, and imports whose worker died."""
    return sum(hand_over(run_article_import, pk) for pk in running.due_jobs(now=timezone.now()))


@shared_task
def delete_old_article_imports() -> int:
    return running.delete_old(now=timezone.now())
