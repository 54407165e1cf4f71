"""Gestures: one lock, one transaction, one row written, all or nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Message, Status, Ticket, TicketEvent
from tickets.models.event import AppendOnly
from tickets.services import add_note, change_priority, change_status, gesture, set_tags


def test_several_services_share_a_gesture(adas_ticket: Ticket, grace: User) -> None:
    actor = Actor.agent(grace)
    with gesture(adas_ticket, actor=actor):
        change_priority(adas_ticket, "high", actor=actor)
        set_tags(adas_ticket, ["oil"], actor=actor)
        change_status(adas_ticket, Status.PENDING, actor=actor)
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert (ticket.priority, ticket.tags, ticket.status) == ("high", ["oil"], "pending")
    events = TicketEvent.objects.filter(ticket=ticket)[2:]
    assert len({event.gesture_id for event in events}) == 1
    assert ticket.last_event_id == list(events)[-1].pk


def test_a_gesture_that_fails_leaves_nothing(adas_ticket: Ticket, grace: User) -> None:
    actor = Actor.agent(grace)
    before = TicketEvent.objects.count()

    def gesture_with_a_wrong_type() -> None:
        with gesture(adas_ticket, actor=actor):
            add_note(adas_ticket, "<p>Hm.</p>", actor=actor)
            change_priority(adas_ticket, "extreme", actor=actor)

    with pytest.raises(ValueError, match="extreme"):
        gesture_with_a_wrong_type()
    assert TicketEvent.objects.count() == before
    assert not Message.objects.filter(kind="note").exists()
    assert Ticket.objects.get(pk=adas_ticket.pk).message_count == 1


def test_no_change_without_an_event(adas_ticket: Ticket, grace: User) -> None:
    def silent_change() -> None:
        with gesture(adas_ticket, actor=Actor.agent(grace)) as g:
            g.change(subject="Quietly rewritten")

    with pytest.raises(AssertionError, match="without an event"):
        silent_change()


def test_history_is_append_only(adas_ticket: Ticket) -> None:
    event = TicketEvent.objects.latest("pk")
    event.actor_name = "Mallory"
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        TicketEvent.objects.update(actor_name="Mallory")


def test_a_gesture_costs_the_same_whatever_it_does(adas_ticket: Ticket, grace: User) -> None:
    actor = Actor.agent(grace)
    with gesture(adas_ticket, actor=actor):  # what people configured is read once a process: not counted here
        change_priority(adas_ticket, "low", actor=actor)
    with CaptureQueriesContext(connection) as asked, gesture(adas_ticket, actor=actor):
        change_priority(adas_ticket, "high", actor=actor)
        set_tags(adas_ticket, ["oil"], actor=actor)
    assert len(asked) <= 11, [query["sql"][:120] for query in asked]


@pytest.mark.django_db(transaction=True)
def test_parallel_gestures_queue_up_and_lose_nothing(adas_ticket: Ticket, grace: User) -> None:
    actor = Actor.agent(grace)
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait()
        try:
            add_note(adas_ticket, f"<p>Note {number}</p>", actor=actor)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert Ticket.objects.get(pk=adas_ticket.pk).message_count == 7
    assert Message.objects.filter(ticket=adas_ticket, kind="note").count() == 6
