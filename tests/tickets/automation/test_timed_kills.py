"""Real workers are killed with SIGKILL while automations fire, beside a second sweeper: nothing is lost or doubled."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from customers.actors import Actor
from customers.identify import identify
from helpdesk.accounts.models import Role
from tests.cast import open_for, staff
from tests.stack import LiveStack, wait_until
from tickets.automation import timed
from tickets.conditions import check
from tickets.models import DueRule, DueState, Inbox, Message, Rule, Status, Ticket
from tickets.services import change_status, gestures

TICKETS = 150
KILLS = 2


def begin(stack: LiveStack) -> Rule:
    """Tickets that have been pending for five hours, and then a rule for those that are for more than four."""
    with stack.orm():
        grace = Actor.agent(staff("grace@onethread.test", "Grace Hopper", Role.AGENT))
        support = Inbox.objects.create(name="Support", address="support@onethread.test")
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        tickets = [open_for(ada, support, f"Question {number}") for number in range(TICKETS)]
        with gestures([it.pk for it in tickets], actor=grace, now=timezone.now() - timedelta(hours=5)) as running:
            for g in running.values():
                change_status(g.ticket, Status.PENDING, actor=grace)
        return Rule.objects.create(
            kind="automation",
            title="Look after what waits",
            conditions=check({"all": [{"field": "PENDING", "operator": "greater_than", "value": 4}]}, "automation"),
            actions=[{"field": "comment_value", "value": "It waits."}, {"field": "current_tags", "value": "waits"}],
        )


def fired(stack: LiveStack) -> int:
    """How many appointments were kept; each has left exactly one note, and nothing else has."""
    with stack.orm():
        kept = set(DueRule.objects.filter(state=DueState.FIRED).values_list("ticket_id", flat=True))
        notes = dict(Message.objects.filter(kind="note").values_list("ticket").annotate(Count("pk")).order_by())
        assert set(notes.values()) <= {1}
        assert len(kept - set(notes)) == 0
        return len(kept)


def sweep_too(stack: LiveStack) -> None:
    """A second beat's sweep, in this process, at the same time."""
    with stack.orm():
        timed.sweep(seconds=0.05)


def test_workers_that_are_killed_lose_and_double_nothing(live_stack: LiveStack) -> None:
    rule = begin(live_stack)
    live_stack.start("beat")
    done = 0
    for _kill in range(KILLS):
        wait_until(lambda done=done: fired(live_stack) > done, seconds=60, what="more of them fired")  # type: ignore[misc]
        live_stack.kill("worker")
        sweep_too(live_stack)
        done = fired(live_stack)
        assert done < TICKETS  # killed in the middle of it
        live_stack.start("worker")
        sweep_too(live_stack)
    wait_until(lambda: fired(live_stack) == TICKETS, seconds=90, what="all fired")
    with live_stack.orm():
        assert Ticket.objects.filter(tags__contains=["waits"]).count() == TICKETS
        assert not DueRule.objects.filter(rule=rule, state=DueState.WAITING).exists()
        assert DueRule.objects.filter(rule=rule, state=DueState.FIRED, true_until=None).count() == TICKETS
