"""Many tickets changed at once: status, tag and assignee, by one worker process alone."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from uuid import uuid4

from django.utils import timezone

from helpdesk.accounts.models import User
from tests.bench.results import Results
from tests.bench.stack import ROOT, Stack
from tickets.automation.actions import check_actions
from tickets.bulk import start_job
from tickets.models import BulkJob, Status, Ticket

TICKETS = 2000


def bench_bulk(stack: Stack, results: Results) -> None:
    """There and back again, so that the lists are as long as they were."""
    stack.stop("worker", "beat")
    user = User.objects.get(email="agent@demo.test")
    chosen = Ticket.objects.visible_to(user).filter(status=Status.SOLVED)
    numbers = list(chosen.order_by("?").values_list("pk", flat=True)[:TICKETS])
    try:
        there = edit(user, numbers, {"status": "open", "current_tags": "bench", "assignee_id": str(user.pk)})
        back = edit(user, numbers, {"status": "solved", "remove_tags": "bench", "assignee_id": ""})
    finally:
        stack.start("worker", "beat")
    remark = f"status, tag and assignee of {len(numbers):,}; back again {back[0]:.0f} /s"
    results.at_least("bulk edit, per worker process", there[0], "/s", 300, remark)
    results.at_most("what a save waits for a bulk edit's chunk", max(there[1], back[1]), "s", 1, "slowest chunk")


def edit(user: User, numbers: list[int], fields: dict[str, Any]) -> tuple[float, float]:
    actions = check_actions([{"field": field, "value": value} for field, value in fields.items()])
    job = start_job(user, actions, submit_key=uuid4(), tickets=numbers, now=timezone.now())
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.edit", str(job.pk)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    done = BulkJob.objects.get(pk=job.pk)
    if done.changed != len(numbers):
        raise AssertionError(f"{done.changed} of {len(numbers)} changed, {done.refused} refused")
    seconds, slowest = map(float, run.stdout.split())
    return len(numbers) / seconds, slowest
