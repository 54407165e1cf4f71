"""Real workers are killed with SIGKILL while breaches are told, beside a second sweeper: each is told once, in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from customers.identify import identify
from tests.stack import LiveStack, wait_until
from tests.tickets.sla.conftest import rows
from tests.tickets.sla.test_pages import opened
from tickets.models import Inbox, SlaPolicy, SlaTarget, TicketEvent
from tickets.sla.sweep import sweep

TICKETS, KILLS = 300, 2


def begin(stack: LiveStack) -> None:
    """Clocks that breach one after the other, the first now, the last in ten seconds."""
    with stack.orm():
        support = Inbox.objects.create(name="Support", address="support@onethread.test")
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        SlaPolicy.objects.create(title="Standard", targets=rows("first_reply_time", 3600), settings={"warn_percent": 0})
        first = timezone.now() - timedelta(hours=1)
        for number in range(TICKETS):
            opened(ada, support, first + timedelta(seconds=10 + number / 30))


def told(stack: LiveStack) -> int:
    with stack.orm():
        counts = dict(
            TicketEvent.objects.filter(kind="sla.breached").values_list("ticket").annotate(Count("pk")).order_by()
        )
        assert set(counts.values()) <= {1}
        return len(counts)


def sweep_too(stack: LiveStack) -> None:
    """A second beat's sweep, in this process, at the same time."""
    with stack.orm():
        sweep(now=timezone.now(), limit=5)


def test_workers_that_are_killed_lose_and_double_nothing(live_stack: LiveStack) -> None:
    begin(live_stack)
    live_stack.start("beat")
    done = 0
    for _kill in range(KILLS):
        wait_until(lambda done=done: told(live_stack) > done, seconds=60, what="more of them told")  # type: ignore[misc]
        live_stack.kill("worker")
        sweep_too(live_stack)
        done = told(live_stack)
        live_stack.start("worker")
        sweep_too(live_stack)
    wait_until(lambda: told(live_stack) == TICKETS, seconds=90, what="all told")
    with live_stack.orm():
        assert not SlaTarget.objects.exclude(wake_at=None).exists()
        for event in TicketEvent.objects.filter(kind="sla.breached"):
            assert event.created_at > datetime.fromisoformat(event.payload["breached_at"])
