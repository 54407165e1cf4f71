"""Changing many tickets as a job: started with its tickets fixed, done in chunks by any worker, stopped in between.

A chunk is one transaction: its tickets' changes, what became of each, and the job's numbers. Whoever runs it holds the
job's row, so a worker that is killed leaves the job as it was before its chunk, and nobody does a chunk twice. The
lease only tells the sweeper when to look for another worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.lib.leases import take_overdue
from tickets import notifications
from tickets.automation.actions import Wanted, bind, describe, may_apply
from tickets.automation.kinds import Change
from tickets.bulk_lists import fix_tickets, write_down_more
from tickets.events import BulkEdited, MacroApplied
from tickets.models import BulkItem, BulkJob, BulkOutcome, BulkState, ForbiddenMove, NotificationKind, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.realtime import bulk_topic, gathering, publish
from tickets.services import Refused, gestures
from tickets.services.gesture import Gesture
from tickets.services.rows import write_rows

logger = logging.getLogger(__name__)

CHUNK = 100  # tickets in a transaction: an agent who saves one of them waits for the rest of it, a third of a second
LEASE = timedelta(seconds=30)
SLICE = 5.0  # seconds that one task goes on for; then mail and others get their turn
MOST_PICKED = 10_000
KEPT_FOR = timedelta(days=90)
UNFINISHED = (BulkState.QUEUED, BulkState.RUNNING)
Outcomes = dict[int, tuple[BulkOutcome, str]]


def start_job(
    user: User,
    actions: Sequence[Wanted],
    *,
    submit_key: UUID,
    tickets: TicketQuerySet | Collection[int] = (),
    list_query: str = "",
    total: int = 0,
    now: datetime,
) -> BulkJob:
    """A job that makes checked `actions` on `tickets`, all that the queryset has now or the numbers that were picked.

    Instead of them `list_query`, the address of a long list, whose `total` tickets the worker writes down first.

    The same `submit_key` again returns the job of the first time. Raises `Refused` when there is nothing to change.
    """
    with transaction.atomic():
        job, is_new = BulkJob.objects.get_or_create(
            submit_key=submit_key,
            defaults={
                "user": user,
                "title": _begun(describe(actions))[:200],
                "actions": list(actions),
                "created_at": now,
                "leased_until": now + LEASE,
            },
        )
        if job.user_id != user.pk:
            raise Refused(_("Somebody else has sent this already."))
        if is_new:
            job.list_query = list_query
            job.total = total if list_query else fix_tickets(job, tickets)
            if not job.total:
                raise Refused(_("There are no tickets to change."))
            job.save(update_fields=["total", "list_query"])
    return job


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def cancel(job: BulkJob, *, now: datetime) -> None:
    """The chunk that is running is finished, the rest stays as it is. Whoever asks hands the job over once more."""
    BulkJob.objects.filter(pk=job.pk, state__in=UNFINISHED, cancel_asked_at=None).update(cancel_asked_at=now)


def due_jobs(*, now: datetime, limit: int = 20) -> list[int]:
    """Jobs that no worker has, or whose worker is gone; their lease is renewed, so that each is handed over once."""
    left = BulkJob.objects.filter(state__in=UNFINISHED, leased_until__lt=now).order_by("created_at")
    return take_overdue(left, limit=limit, leased_until=now + LEASE)


def delete_old(*, now: datetime, limit: int = 20) -> int:
    """Forget what became of jobs that ended long ago; the tickets' timelines keep what was changed."""
    old = BulkJob.objects.filter(finished_at__lt=now - KEPT_FOR).order_by("created_at")
    numbers = list(old.values_list("pk", flat=True)[:limit])
    BulkJob.objects.filter(pk__in=numbers).delete()
    return len(numbers)


def run_job(pk: int, *, seconds: float = SLICE, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Work on the job for so long; True when there is more to do."""
    until = monotonic() + seconds
    with gathering() as pings:
        while run_chunk(pk, now=clock()):
            pings.tell(now=monotonic())
            if monotonic() > until:
                return True
    return False


@transaction.atomic
def run_chunk(pk: int, *, now: datetime) -> bool:
    """The next tickets of the job, or none when another worker has it; True when there is more to do."""
    jobs = BulkJob.objects.select_related("user").filter(pk=pk, state__in=UNFINISHED)
    job = jobs.select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return False
    topic = bulk_topic(job.pk, job.user_id)
    transaction.on_commit(lambda: publish({"t": "changed", "topics": [topic]}))
    with translation.override(job.user.language), timezone.override(ZoneInfo(job.user.time_zone)):
        if job.cancel_asked_at:
            return _finish(job, BulkState.CANCELLED, now=now)
        if job.list_query:
            write_down_more(job)
            job.leased_until = now + LEASE
            job.save()
            return True
        items = list(job.items.filter(outcome=BulkOutcome.PENDING)[:CHUNK])
        _note(job, items, _Edit(job).make([item.ticket_id for item in items]))
        if len(items) < CHUNK:
            return _finish(job, BulkState.DONE, now=now)
    job.state, job.leased_until = BulkState.RUNNING, now + LEASE
    job.save()
    return True


def _note(job: BulkJob, items: Sequence[BulkItem], outcomes: Outcomes) -> None:
    for item in items:
        item.outcome, reason = outcomes[item.ticket_id]
        item.reason = reason[:300]
    if items:
        write_rows(items, ["outcome", "reason"])
    reached = [outcome for outcome, _reason in outcomes.values()]
    job.changed += reached.count(BulkOutcome.CHANGED)
    job.unchanged += reached.count(BulkOutcome.UNCHANGED)
    job.refused += reached.count(BulkOutcome.REFUSED)


def _finish(job: BulkJob, state: BulkState, *, now: datetime) -> bool:
    job.state, job.finished_at, job.leased_until = state, now, None
    job.save()
    if state == BulkState.DONE:
        notifications.tell(job.user, NotificationKind.BULK_DONE, detail=result_of(job), now=now)
    return False


def result_of(job: BulkJob) -> str:
    """ "18 of 20 tickets changed · 2 refused"."""
    told = ngettext("%(changed)d of %(total)d ticket changed", "%(changed)d of %(total)d tickets changed", job.total)
    parts = [told % {"changed": job.changed, "total": job.total}]
    if job.unchanged:
        parts.append(_("%(count)d had nothing to change") % {"count": job.unchanged})
    if job.refused:
        parts.append(_("%(count)d refused") % {"count": job.refused})
    return " · ".join(parts)


class _Unchanged(Exception):
    """The ticket was so already."""


@dataclass
class _Edit:
    """What a job does to some of its tickets, in the name of the person who asked for it."""

    job: BulkJob
    changes: list[Change] = field(default_factory=list)

    @property
    def user(self) -> User:
        return self.job.user

    def make(self, numbers: Sequence[int]) -> Outcomes:
        try:
            self.changes = bind(self.job.actions, actor=Actor.agent(self.user))
        except Refused as refusal:  # what it names is gone
            return dict.fromkeys(numbers, (BulkOutcome.REFUSED, str(refusal)))
        try:
            return self._together(numbers)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.info("Bulk edit %s goes on ticket by ticket", self.job.pk, exc_info=True)
        return {number: self._alone(number) for number in numbers}

    def _together(self, numbers: Sequence[int]) -> Outcomes:
        """All of them, or an error that may come from one: what consumers of events refuse is known at the end only."""
        with gestures(numbers, actor=Actor.agent(self.user)) as running:
            seen = set(Ticket.objects.visible_to(self.user).filter(pk__in=running).values_list("pk", flat=True))
            return {number: self._one(running[number] if number in seen else None) for number in numbers}

    def _alone(self, number: int) -> tuple[BulkOutcome, str]:
        try:
            return self._together([number])[number]
        except (OperationalError, InterfaceError):
            raise
        except Refused as refusal:
            return BulkOutcome.REFUSED, str(refusal)
        except Exception:
            logger.exception("Bulk edit %s failed on ticket %s", self.job.pk, number)
            return BulkOutcome.REFUSED, _("Something went wrong here; an admin finds it in the worker’s log.")

    def _one(self, running: Gesture | None) -> tuple[BulkOutcome, str]:
        if running is None:
            return BulkOutcome.REFUSED, _("It does not exist any more, or you may not see it.")
        if not may_apply(self.user, running.ticket, self.job.actions):
            return BulkOutcome.REFUSED, _("You may not change it.")
        try:
            with running.attempt():
                self._apply(running)
        except _Unchanged:
            return BulkOutcome.UNCHANGED, ""
        except (Refused, ForbiddenMove) as refusal:
            return BulkOutcome.REFUSED, str(refusal)
        return BulkOutcome.CHANGED, ""

    def _apply(self, running: Gesture) -> None:
        running.record(BulkEdited(self.job.pk, self.job.total))
        before = len(running.events)
        for change in self.changes:
            change(running.ticket)
        if all(event.kind == MacroApplied.kind for event in running.events[before:]):  # used, and all was so already
            raise _Unchanged
