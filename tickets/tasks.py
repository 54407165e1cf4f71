"""Periodic work on tickets. Each claims its rows and is bounded; running it twice does no harm."""

from celery import shared_task
from django.utils import timezone

from tickets.attachments import delete_unsent
from tickets.services import close_long_solved


@shared_task
def close_solved_tickets() -> int:
    return close_long_solved(now=timezone.now())


@shared_task
def delete_unsent_uploads() -> int:
    return delete_unsent(now=timezone.now())
