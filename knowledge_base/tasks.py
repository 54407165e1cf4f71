"""What the knowledge base does by itself. Each is bounded and safe to be killed and done again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from knowledge_base import lifecycle, links, picture_upkeep, reviewing
from knowledge_base.importing.tasks import (  # noqa: F401  # Celery looks in here
    delete_old_article_imports,
    run_article_import,
    sweep_article_imports,
)
from knowledge_base.search import log, upkeep


@shared_task(expires=10)
def publish_scheduled_articles() -> int:
    return lifecycle.publish_due(now=timezone.now())


@shared_task(expires=10)
def remind_of_articles() -> int:
    return reviewing.remind(now=timezone.now())


@shared_task(expires=50)
def index_articles() -> int:
    """What is published and not findable yet, or findable and no longer published."""
    return upkeep.index_missing() + upkeep.forget_unpublished()


@shared_task(expires=3600)
def forget_old_searches() -> int:
    return log.forget_old(now=timezone.now())


@shared_task(expires=600)
def check_links() -> int:
    return links.check_due(now=timezone.now())


@shared_task(expires=3600)
def delete_unused_pictures() -> int:
    return picture_upkeep.delete_unused(now=timezone.now())
