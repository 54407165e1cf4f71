"""Gestures on many tickets at once: a few statements for all of them, and each one as if it had been alone."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.conditions import check
from tickets.models import DueRule, Inbox, Notification, Rule, StaleSearchEntry, Ticket, TicketEvent
from tickets.services import (
    add_follower,
    add_note,
    assign,
    assign_team,
    change_priority,
    change_status,
    join_message,
    set_tags,
)
from tickets.services.gesture import Gesture, gesture, gestures

heard: list[tuple[int, list[str]]] = []
KEPT_APART = ("id", "subject", "created_at", "requester_updated_at", "last_event_id", "preview", "waiting_since")


def hear(ticket: Ticket, events: list[TicketEvent]) -> None:
    """An event consumer."""
    heard.append((ticket.pk, [event.kind for event in events]))


@pytest.fixture
def five(ada: Customer, support: Inbox) -> list[Ticket]:
    return [open_for(ada, support, f"Question {number}") for number in range(5)]


def edit(ticket: Ticket, grace: User) -> None:
    actor = Actor.agent(grace)
    assign(ticket, grace, actor=actor)
    set_tags(ticket, ["refund", "vip"], actor=actor)
    change_status(ticket, "pending", actor=actor)


def test_many_cost_few_statements(
    five: list[Ticket], grace: User, settings: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    settings.EVENT_CONSUMERS = []
    with django_assert_max_num_queries(7), gestures([t.pk for t in five], actor=Actor.agent(grace)) as running:
        for each in running.values():  # savepoint ×2, lock, the rules' stamp, policies, events, tickets
            edit(each.ticket, grace)
    assert list(Ticket.objects.values_list("status", "assignee", "tags").distinct()) == [
        ("pending", grace.pk, ["refund", "vip"])
    ]


@pytest.fixture
def handed_round(five: list[Ticket], grace: User, alan: User) -> list[Ticket]:
    """Tickets that others have had and follow, with an automation that waits for what becomes of them."""
    pending = check({"all": [{"field": "PENDING", "operator": "greater_than", "value": 4}]}, "automation")
    actions = [{"field": "priority", "value": "high"}]
    Rule.objects.create(kind="automation", title="Remind", conditions=pending, actions=actions)
    for ticket in five:
        assign(ticket, alan, actor=Actor.agent(alan))
        add_follower(ticket, alan, actor=Actor.agent(grace))
    return five


def in_attempts(tickets: list[Ticket], grace: User, now: datetime | None = None) -> None:
    with gestures([ticket.pk for ticket in tickets], actor=Actor.agent(grace), now=now) as running:
        for each in running.values():
            with each.attempt():
                edit(each.ticket, grace)


def test_more_of_them_cost_no_more_statements(handed_round: list[Ticket], grace: User) -> None:
    """With everybody who hears of events, and each ticket an attempt of its own."""
    first, *_ = handed_round
    in_attempts([first], grace)  # what is read once a process is known from here on
    assign(first, None, actor=Actor.agent(grace))
    set_tags(first, [], actor=Actor.agent(grace))
    numbers = []
    for tickets in (handed_round[:2], handed_round[2:]):
        with CaptureQueriesContext(connection) as asked:
            in_attempts(tickets, grace)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_those_who_hear_of_many_write_what_they_write_for_one(handed_round: list[Ticket], grace: User) -> None:
    StaleSearchEntry.objects.all().delete()
    Notification.objects.all().delete()
    alone, *others = handed_round
    with gesture(alone, actor=Actor.agent(grace)) as single:
        edit(alone, grace)
    in_attempts(others, grace, single.now)
    for ticket in others:
        assert consequences(ticket) == consequences(alone)
    (due_at,) = set(DueRule.objects.filter(state="waiting").values_list("due_at", flat=True))
    assert due_at > single.now


def consequences(ticket: Ticket) -> list[Any]:
    assert StaleSearchEntry.objects.filter(ticket_id=ticket.pk).exists()
    return [
        Ticket.objects.values_list("assignee_stations").get(pk=ticket.pk),
        Notification.objects.values_list("user", "kind", "event__kind").get(ticket=ticket),
        DueRule.objects.values_list("rule", "state", "due_at", "depth").get(ticket=ticket),
    ]


def test_each_is_left_as_a_gesture_alone_leaves_it(five: list[Ticket], grace: User) -> None:
    alone, *others = five
    with gesture(alone, actor=Actor.agent(grace)) as single:
        edit(alone, grace)
    with gestures([t.pk for t in others], actor=Actor.agent(grace), now=single.now) as running:
        for each in running.values():
            edit(each.ticket, grace)
    expected = facts(alone)
    for ticket in others:
        assert facts(ticket) == expected
        stored = Ticket.objects.get(pk=ticket.pk)
        assert stored.last_event_id == ticket.events.latest("pk").pk
        assert stored.updated_at == stored.assignee_updated_at == single.now


def facts(ticket: Ticket) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    row = model_to_dict(Ticket.objects.get(pk=ticket.pk), exclude=KEPT_APART)
    return row, list(ticket.events.exclude(kind="ticket.opened").values_list("kind", "payload").order_by("pk")[1:])


def test_each_keeps_a_gesture_id_of_its_own_and_consumers_hear_each_ticket(
    five: list[Ticket], grace: User, settings: Any
) -> None:
    settings.EVENT_CONSUMERS = [f"{__name__}.hear"]
    heard.clear()
    first, second, third, *_ = five
    with gestures([third.pk, first.pk, second.pk], actor=Actor.agent(grace)):
        change_priority(third, "high", actor=Actor.agent(grace))
        change_priority(first, "high", actor=Actor.agent(grace))
        change_priority(second, "", actor=Actor.agent(grace))
    assert heard == [(first.pk, ["priority.changed"]), (third.pk, ["priority.changed"])]
    ids = TicketEvent.objects.filter(kind="priority.changed").values_list("gesture_id", flat=True)
    assert len(set(ids)) == 2


def test_what_an_attempt_did_is_undone_and_the_others_stay(five: list[Ticket], grace: User) -> None:
    actor = Actor.agent(grace)
    good, bad, *_ = five
    with gestures([good.pk, bad.pk], actor=actor) as running:
        change_priority(good, "high", actor=actor)
        set_tags(bad, ["before"], actor=actor)
        with pytest.raises(ValueError, match="extreme"):
            go_too_far(running[bad.pk], grace)
    assert Ticket.objects.get(pk=good.pk).priority == "high"
    stored = Ticket.objects.get(pk=bad.pk)
    assert (stored.priority, stored.assignee, stored.tags, stored.message_count) == ("", None, ["before"], 1)
    assert list(bad.events.values_list("kind", flat=True))[2:] == ["tags.changed"]


def go_too_far(running: Gesture, grace: User) -> None:
    with running.attempt():
        change_priority(running.ticket, "low", actor=running.actor)
        add_note(running.ticket, "<p>Gone.</p>", actor=running.actor)
        assign(running.ticket, grace, actor=running.actor)
        change_priority(running.ticket, "extreme", actor=running.actor)


def test_a_ticket_that_is_gone_is_left_out(five: list[Ticket], grace: User) -> None:
    with gestures([five[0].pk, 999_999], actor=Actor.agent(grace)) as running:
        assert list(running) == [five[0].pk]


def test_no_change_without_an_event(five: list[Ticket], grace: User) -> None:
    def silent_change() -> None:
        with gestures([five[0].pk], actor=Actor.agent(grace)) as running:
            running[five[0].pk].change(subject="Quietly rewritten")

    with pytest.raises(AssertionError, match="without an event"):
        silent_change()


@pytest.mark.django_db(transaction=True)
def test_batches_single_gestures_and_moves_pass_each_other(five: list[Ticket], grace: User, support_team: Team) -> None:
    """Whoever locks several tickets does it in the order of their ids: no deadlock, and nothing lost."""
    actor = Actor.agent(grace)
    numbers = [ticket.pk for ticket in five]

    def batch(order: list[int]) -> None:
        with gestures(order, actor=actor) as running:
            for each in running.values():
                add_note(each.ticket, "<p>In a batch</p>", actor=actor)

    def single() -> None:
        for ticket in reversed(five):
            add_note(ticket, "<p>Alone</p>", actor=actor)
            assign_team(ticket, None, actor=actor)

    def move() -> None:
        message = five[4].messages.earliest("pk")
        join_message(message, five[0], actor=actor)

    work: list[Callable[[], None]] = [lambda: batch(numbers), lambda: batch(numbers[::-1]), single, single, move]
    start = threading.Barrier(len(work))

    def run(act: Callable[[], None]) -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(run, work))
    counts = list(Ticket.objects.order_by("pk").values_list("message_count", flat=True))
    assert counts == [6, 5, 5, 5, 4]
