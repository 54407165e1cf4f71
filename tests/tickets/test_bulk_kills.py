"""Real workers are killed with SIGKILL in the middle of a bulk edit: nothing is lost, and nothing is done twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db.models import Count
from django.utils import timezone

from customers.identify import identify
from helpdesk.accounts.models import Role, User
from tests.cast import open_for, staff
from tests.stack import LiveStack, wait_until
from tickets import bulk
from tickets.automation.actions import check_actions
from tickets.models import BulkJob, BulkOutcome, BulkState, Inbox, Message, Notification, Ticket, TicketEvent

TICKETS = 350
KILLS = 2
ASKED = [
    {"field": "status", "value": "pending"},
    {"field": "current_tags", "value": "storm"},
    {"field": "comment_value", "value": "We are on it."},
]


def begin(stack: LiveStack) -> BulkJob:
    """A job that no worker has been told of: the sweeper finds it."""
    with stack.orm():
        grace = staff("grace@onethread.test", "Grace Hopper", Role.AGENT)
        support = Inbox.objects.create(name="Support", address="support@onethread.test")
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        numbers = [open_for(ada, support, f"Question {number}").pk for number in range(TICKETS)]
        long_ago = timezone.now() - timedelta(hours=1)
        return bulk.start_job(grace, check_actions(ASKED), submit_key=uuid4(), tickets=numbers, now=long_ago)


def now(stack: LiveStack, job: BulkJob) -> BulkJob:
    with stack.orm():
        return BulkJob.objects.get(pk=job.pk)


def test_workers_that_are_killed_lose_and_double_nothing(live_stack: LiveStack) -> None:
    job = begin(live_stack)
    live_stack.start("beat")
    done = 0
    for _kill in range(KILLS):
        wait_for_more(live_stack, job, done)
        live_stack.kill("worker")
        job = now(live_stack, job)
        done = job.done
        check(live_stack, job)
        with live_stack.orm():  # half a minute goes by
            BulkJob.objects.filter(pk=job.pk, finished_at=None).update(leased_until=timezone.now())
        live_stack.start("worker")
    wait_until(lambda: now(live_stack, job).state == BulkState.DONE, seconds=40, what="the job done")
    job = now(live_stack, job)
    assert (job.changed, job.refused) == (TICKETS, 0)
    check(live_stack, job)
    with live_stack.orm():
        assert Notification.objects.filter(user=User.objects.get(email="grace@onethread.test")).count() == 1


def wait_for_more(stack: LiveStack, job: BulkJob, done: int) -> None:
    wait_until(lambda: now(stack, job).done > done, seconds=30, what="the next chunk")


def check(stack: LiveStack, job: BulkJob) -> None:
    """What the job says is what happened: one edit and one note on each changed ticket, nothing on the others."""
    with stack.orm():
        changed = set(job.items.filter(outcome=BulkOutcome.CHANGED).values_list("ticket_id", flat=True))
        assert len(changed) == job.changed
        assert set(Ticket.objects.filter(status="pending").values_list("pk", flat=True)) == changed
        for rows in (TicketEvent.objects.filter(kind="bulk.edited"), Message.objects.filter(kind="note")):
            counts = dict(rows.values_list("ticket").annotate(Count("pk")).order_by())
            assert counts == dict.fromkeys(changed, 1)
