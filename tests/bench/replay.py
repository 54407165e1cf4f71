"""A draft of a rule tried on the whole past, by one worker process alone: a trigger, and an automation."""

from __future__ import annotations

import subprocess
import sys

from django.utils import timezone

from helpdesk.accounts.models import User
from tests.bench.results import Results
from tests.bench.stack import ROOT, Stack
from tickets.automation.replaying import DONE, start_replay
from tickets.models import Replay

DAYS = 366
DRAFTS = {
    "trigger": {"all": [
        {"field": "status", "operator": "value", "value": "solved"},
        {"field": "comment_is_public", "operator": "is", "value": "true"},
        {"field": "subject_includes_word", "operator": "not_includes", "value": "spam"},
    ]},
    "automation": {"all": [
        {"field": "updated_at", "operator": "greater_than", "value": 24},
        {"field": "status", "operator": "less_than", "value": "solved"},
    ]},
}  # fmt: skip


def bench_replay(stack: Stack, results: Results) -> None:
    stack.stop("worker", "beat")
    try:
        for kind in DRAFTS:
            seconds, replay = replay_of(kind)
            remark = f"{replay.looked_at:,} tickets, {replay.matched:,} matches"
            results.at_most(f"a draft {kind} tried on 100,000 tickets", seconds, "s", 60, remark)
    finally:
        stack.start("worker", "beat")


def replay_of(kind: str) -> tuple[float, Replay]:
    user = User.objects.get(email="admin@demo.test")
    actions = [{"field": "current_tags", "value": "bench"}]
    job = start_replay(user, kind, DRAFTS[kind], actions, days=DAYS, now=timezone.now())
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.replay_worker", str(job.pk)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    done = Replay.objects.get(pk=job.pk)
    if done.state != DONE:
        raise AssertionError(f"the replay is {done.state}: {done.problem}")
    return float(run.stdout), done
