"""A real worker is killed with SIGKILL in the middle of an erasure: nothing is skipped, and it comes to its end."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from customers.actors import Actor
from customers.erasing import erase
from customers.identify import identify
from customers.models import PrivacyEntry, PrivacyJob
from helpdesk.accounts.models import Role
from tests.cast import open_for, staff
from tests.stack import LiveStack, wait_until
from tickets.models import Inbox, Message, Ticket

TICKETS = 220
KILLS = 2


def begin(stack: LiveStack) -> PrivacyJob:
    """A job that no worker has been told of: the sweeper finds it."""
    with stack.orm():
        radia = staff("radia@onethread.test", "Radia Perlman", Role.ADMIN)
        support = Inbox.objects.create(name="Support", address="support@onethread.test")
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        for number in range(TICKETS):
            open_for(ada, support, f"Question {number}")
        return erase(ada, actor=Actor.agent(radia), now=timezone.now() - timedelta(hours=1))


def now(stack: LiveStack, job: PrivacyJob) -> PrivacyJob:
    with stack.orm():
        return PrivacyJob.objects.get(pk=job.pk)


def test_an_erasure_survives_its_workers(live_stack: LiveStack) -> None:
    job = begin(live_stack)
    live_stack.start("beat")
    done = 0
    for _kill in range(KILLS):
        wait_for_more(live_stack, job, done)
        live_stack.kill("worker")
        job = now(live_stack, job)
        done = job.done
        check(live_stack, job)
        with live_stack.orm():  # a minute goes by
            PrivacyJob.objects.filter(pk=job.pk, finished_at=None).update(leased_until=timezone.now())
        live_stack.start("worker")
    wait_until(lambda: now(live_stack, job).state == "done", seconds=90, what="the person erased")
    job = now(live_stack, job)
    assert (job.done, job.counts["messages"], job.report) == (TICKETS, TICKETS, [])
    check(live_stack, job)
    with live_stack.orm():
        assert PrivacyEntry.objects.filter(kind="erasure.done").count() == 1


def wait_for_more(stack: LiveStack, job: PrivacyJob, done: int) -> None:
    wait_until(lambda: now(stack, job).done > done, seconds=60, what="the next tickets")


def check(stack: LiveStack, job: PrivacyJob) -> None:
    """What the job says is what happened: these tickets are without words, the others as they were."""
    with stack.orm():
        assert Message.objects.exclude(erased_at=None).count() == job.done == job.counts.get("messages", 0)
        assert Message.objects.filter(erased_at=None, text="").count() == 0
        assert Ticket.objects.filter(subject="").count() == job.done
