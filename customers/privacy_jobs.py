"""Exports and erasures as jobs: begun by an admin or a lead, done by any worker, step by step.

A step and how far it got are one transaction, under the job's lock: a worker that is killed leaves the job as it was
before the step, and nobody does a step twice. The lease only tells the sweeper when to look for another worker.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from customers.models import PrivacyJob, PrivacyJobKind, PrivacyJobState
from helpdesk.lib.leases import take_overdue

logger = logging.getLogger(__name__)

Step = Callable[[PrivacyJob], int | None]  # takes the job as it is, returns its next cursor, or None: the step is done

LEASE = timedelta(seconds=60)
SLICE = 5.0  # seconds that one task goes on for; then mail and others get their turn
MOST_ATTEMPTS = 5
UNFINISHED = (PrivacyJobState.QUEUED, PrivacyJobState.RUNNING)


def run_job(pk: int, *, seconds: float = SLICE, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Work on the job for so long; True when there is more to do."""
    until = monotonic() + seconds
    while True:
        try:
            goes_on = run_step(pk, now=clock())
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            where = "".join(traceback.format_tb(problem.__traceback__))  # without its text, which may hold words
            logger.error("privacy job %s failed in a step: %s\n%s", pk, type(problem).__name__, where)
            note_failure(pk, problem, now=clock())
            return False
        if not goes_on:
            return False
        if monotonic() > until:
            return True


@transaction.atomic
def run_step(pk: int, *, now: datetime) -> bool:
    """One piece of the job, or none when another worker has it; True when there is more to do."""
    jobs = PrivacyJob.objects.filter(pk=pk, state__in=UNFINISHED)
    job = jobs.select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return False
    names = steps_of(job.kind)
    job.step = job.step or names[0]
    cursor = _step(job.step)(job)
    if cursor is not None:
        job.cursor = cursor
    elif job.step == names[-1]:
        job.state, job.finished_at, job.leased_until = PrivacyJobState.DONE, now, None
        job.save()
        return False
    else:
        job.step, job.cursor = names[names.index(job.step) + 1], 0
    job.state, job.leased_until, job.attempts = PrivacyJobState.RUNNING, now + LEASE, 0
    job.save()
    return True


def steps_of(kind: str) -> Sequence[str]:
    """What each app has to do for it, in order: the list in the settings is the only way up."""
    return settings.ERASURE_STEPS if kind == PrivacyJobKind.ERASURE else settings.EXPORT_STEPS


@cache
def _step(path: str) -> Step:
    return import_string(path)  # type: ignore[no-any-return]


@transaction.atomic
def note_failure(pk: int, problem: Exception, *, now: datetime) -> None:
    """Tried again a few times, later each time; then it stands there failed until somebody asks again.

    Only what kind of problem it was is written down: its text may hold the words that are to go.
    """
    job = PrivacyJob.objects.select_for_update().get(pk=pk)
    job.attempts += 1
    job.problem = type(problem).__name__
    job.leased_until = now + LEASE * job.attempts
    if job.attempts >= MOST_ATTEMPTS:
        job.state, job.leased_until = PrivacyJobState.FAILED, None
    job.save(update_fields=["attempts", "problem", "leased_until", "state"])


def retry(job: PrivacyJob, *, now: datetime) -> None:
    """Go on where it failed."""
    failed = PrivacyJob.objects.filter(pk=job.pk, state=PrivacyJobState.FAILED)
    failed.update(state=PrivacyJobState.RUNNING, attempts=0, problem="", leased_until=now)


def due_jobs(*, now: datetime, limit: int = 10) -> list[int]:
    """Jobs that no worker has, or whose worker is gone; their lease is renewed, so that each is handed over once."""
    left = PrivacyJob.objects.filter(state__in=UNFINISHED, leased_until__lt=now).order_by("leased_until")
    return take_overdue(left, limit=limit, leased_until=now + LEASE)
