"""Real workers are killed with SIGKILL in the middle of an import: nothing is lost, and nobody comes twice."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.test import override_settings
from django.utils import timezone

from customers.imports import running, uploading
from customers.models import Customer, ImportJob, RecordEvent
from helpdesk.accounts.models import Role
from tests.cast import staff
from tests.stack import LiveStack, wait_until

PEOPLE = 6000
KILLS = 2


def test_killed_workers_lose_and_double_nothing(live_stack: LiveStack) -> None:
    job = _checked(live_stack)
    live_stack.start("beat")
    done = 0
    for _kill in range(KILLS):
        _wait_for_more(live_stack, job, done)
        live_stack.kill("worker")
        done = _now(live_stack, job).position
        with live_stack.orm():  # what the job says is what is there
            assert Customer.objects.count() == done
            ImportJob.objects.filter(pk=job.pk, finished_at=None).update(leased_until=timezone.now())
        live_stack.start("worker")
    wait_until(lambda: _now(live_stack, job).state == "done", seconds=60, what="the import")
    with live_stack.orm():
        assert Customer.objects.count() == RecordEvent.objects.filter(kind="record.created").count() == PEOPLE
        assert _now(live_stack, job).created == PEOPLE


def _wait_for_more(stack: LiveStack, job: ImportJob, done: int) -> None:
    wait_until(lambda: _now(stack, job).position > done, seconds=40, what="the next chunk")


def _checked(stack: LiveStack) -> ImportJob:
    """A job that no worker has been told of: the sweeper finds it."""
    table = "name,email\n" + "".join(f"P{number},p{number}@example.org\n" for number in range(PEOPLE))
    with stack.orm(), override_settings(MEDIA_ROOT=stack.var / "uploads"):
        margaret = staff("margaret@onethread.test", "Margaret Hamilton", Role.LEAD)
        job = uploading.keep(ContentFile(table.encode()), "people.csv", of="customer", user=margaret)
        running.begin(job, is_dry=True, now=timezone.now())
        while running.run_job(job.pk):
            pass
        running.begin(job, is_dry=False, now=timezone.now())
        ImportJob.objects.filter(pk=job.pk).update(leased_until=timezone.now())
        return job


def _now(stack: LiveStack, job: ImportJob) -> ImportJob:
    with stack.orm():
        return ImportJob.objects.get(pk=job.pk)
