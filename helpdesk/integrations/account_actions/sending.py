"""Doing what was asked for: claimed under a lease, signed, posted, and its answer written down.

At least once: a worker that dies between the post and its record has it posted again, under the same webhook-id, by
which the other side does it once. One process at a time does it, so that a slow endpoint keeps one slot only.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from helpdesk.integrations.account_actions import happened
from helpdesk.integrations.models import AccountActionRun, RunState
from helpdesk.lib import outside, standard_webhooks
from helpdesk.lib.alone import alone
from helpdesk.lib.sealing import CannotOpen

TIMEOUT = 10  # seconds without a word; twice that for everything
LEASE = timedelta(seconds=60)
LOCK = 0x0E_7B_00_18
RETRIES = [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10),
           timedelta(minutes=30)]  # fmt: skip
LATER = (408, 425, 429)  # and everything from 500 on: asked again
NO = ("error", "failed", "failure", "refused", "rejected")  # a status in the answer's JSON
LONGEST_MESSAGE = 500
ATTEMPTS_KEPT = 30


@dataclass(frozen=True)
class Outcome:
    """`state` None: try again later."""

    state: RunState | None
    message: str
    status: int | None = None


def send_waiting(*, limit: int = 50) -> int:
    """Do what is due; how many attempts were made. 0 when another process is at it."""
    with alone(LOCK) as is_alone:
        tried = 0
        while is_alone and tried < limit and (run := claim(timezone.now())):
            tried += 1
            begun = time.monotonic()
            outcome = _post(run)
            _record(run, outcome, took=time.monotonic() - begun)
        return tried


@transaction.atomic
def claim(now: datetime) -> AccountActionRun | None:
    due = Q(state=RunState.WAITING, due_at__lte=now) | Q(state=RunState.SENDING, leased_until__lt=now)
    rows = AccountActionRun.objects.select_for_update(skip_locked=True, of=("self",)).select_related("action")
    run = rows.filter(due).order_by("due_at", "pk").first()
    if run is None:
        return None
    run.state, run.leased_until, run.attempt_count = RunState.SENDING, now + LEASE, run.attempt_count + 1
    run.save(update_fields=["state", "leased_until", "attempt_count"])
    return run


def _post(run: AccountActionRun) -> Outcome:
    if run.action is None:
        return Outcome(RunState.FAILED, _("Its button does not exist any more."))
    if not run.body:  # the customer was erased meanwhile
        return Outcome(RunState.FAILED, _("What was to be sent has been erased."))
    body = run.body.encode()
    try:
        keys = [run.action.secret]
    except CannotOpen:
        return Outcome(RunState.FAILED, _("Its secret can’t be read any more: make a new one."))
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Onethread-Account-Actions/1",
        "idempotency-key": run.message_id,
        **standard_webhooks.headers(keys, run.message_id, int(timezone.now().timestamp()), body),
    }
    try:
        trusted = settings.WEBHOOK_PRIVATE_HOSTS
        answer = outside.post(run.action.url, body, headers, trusted=trusted, any_port=True, timeout=TIMEOUT)
    except outside.NotAllowed:
        return Outcome(RunState.FAILED, _("This address is not public: it is not called."))
    except outside.Unreachable as unreachable:
        return Outcome(None, _clean(str(unreachable)))
    return read_answer(answer)


def read_answer(answer: outside.Answer) -> Outcome:
    """`{"status": "ok", "message": "…"}` with 2xx is done; 4xx, and a status that says no, is a no for good."""
    said = _json(answer.body)
    message = _clean(str(said.get("message") or ""))
    if answer.status in LATER or answer.status >= 500:
        return Outcome(None, message or _answered(answer.status), answer.status)
    if not 200 <= answer.status < 300:
        return Outcome(RunState.FAILED, message or _answered(answer.status), answer.status)
    is_no = str(said.get("status", "")).lower() in NO
    return Outcome(RunState.FAILED if is_no else RunState.DONE, message, answer.status)


@transaction.atomic
def _record(claimed: AccountActionRun, outcome: Outcome, *, took: float) -> None:
    """Write it down and tell the timelines, unless the lease ran out and another has the row."""
    rows = AccountActionRun.objects.select_for_update(of=("self",)).select_related("customer", "ticket", "actor")
    run = rows.filter(pk=claimed.pk, state=RunState.SENDING, attempt_count=claimed.attempt_count).first()
    if run is None:
        return
    now = timezone.now()
    attempt = {"at": now.isoformat(), "ms": round(took * 1000), "status": outcome.status, "said": outcome.message}
    run.attempts = [*run.attempts, attempt][-ATTEMPTS_KEPT:]
    run.message, run.leased_until = outcome.message, None
    state = outcome.state
    if state is None:
        tried = sum(1 for each in run.attempts if each["at"] >= (run.give_up_at - timedelta(hours=1)).isoformat())
        pause = RETRIES[tried - 1] if 0 < tried <= len(RETRIES) else None
        if pause and now + pause <= run.give_up_at:
            run.state, run.due_at = RunState.WAITING, now + pause
            run.save(update_fields=["state", "due_at", "attempts", "message", "leased_until"])
            return
        state = RunState.FAILED
    run.state, run.settled_at = state, now
    run.save(update_fields=["state", "settled_at", "attempts", "message", "leased_until"])
    with translation.override(settings.LANGUAGE_CODE):
        happened.tell_answered(run)


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _clean(text: str) -> str:
    """One line of plain words, whatever they wrote."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:LONGEST_MESSAGE]


def _answered(status: int) -> str:
    return _("It answered %(status)s.") % {"status": status}
