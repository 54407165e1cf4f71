"""Drafts of rules tried on the past: what tickets were then, what would have matched, and the job that finds out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.cast import open_for
from tests.tickets.automation import witness
from tests.tickets.automation.histories import ACTS, Act, act
from tickets import services
from tickets.automation import replaying
from tickets.automation.past import BY_EVENTS, BY_MESSAGES, PastTicket
from tickets.automation.past_events import past_events
from tickets.automation.trial import Trial
from tickets.conditions import check
from tickets.conditions.catalogue import fields_in
from tickets.conditions.choices import Flag
from tickets.models import Inbox, Message, Replay, Ticket, TicketEvent

__all__ = ["act"]  # a fixture
pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
KNOWN = [field for key, field in fields_in("automation").items() if key in BY_EVENTS | BY_MESSAGES]


def told(ticket: Ticket) -> PastTicket:
    messages = list(Message.objects.filter(ticket=ticket).prefetch_related("attachments"))
    return PastTicket(Ticket.objects.get(pk=ticket.pk), past_events([ticket.pk])[ticket.pk], messages)


@hypothesis_settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(st.tuples(st.integers(1, 500), st.sampled_from(ACTS)), max_size=12))
def test_a_ticket_told_again_is_at_each_gesture_what_it_was(
    history: list[tuple[int, str]], ada: Customer, support: Inbox, act: Act
) -> None:
    with transaction.atomic(), override_settings(GESTURE_ENDS=[], EVENT_CONSUMERS=[witness.PATH]):
        witness.seen.clear()
        ticket, now = open_for(ada, support, "It rattles"), timezone.now()
        for wait, what in history:
            now += timedelta(minutes=wait)
            act(ticket, what, now)
        past, seen = told(ticket), list(witness.seen)
        for (place, _events), was in zip(enumerate(past.gestures()), seen, strict=True):
            for field in KNOWN:
                again, then = past.values(field), was.facts.values(field)
                if field.kind == "presence" or isinstance(field.compared_as, Flag):  # which rows makes no difference
                    again, then = (bool(again),), (bool(then),)
                assert set(map(str, again)) == set(map(str, then)), (place, field.key)
        transaction.set_rollback(True)


def replay(user: User, kind: str, *conditions: Any, actions: Any = None, days: int = 30, **when: Any) -> Replay:
    tree = {"all": [dict(zip(("field", "operator", "value"), one, strict=False)) for one in conditions]}
    actions = actions or [{"field": "priority", "value": "high"}]
    job = replaying.start_replay(user, kind, tree, actions, days=days, now=when.get("now", timezone.now()))
    assert replaying.run_replay(job.pk, seconds=60) is False
    return Replay.objects.get(pk=job.pk)


def pend(ticket: Ticket, user: User, days_ago: float) -> None:
    with services.gesture(ticket, actor=Actor.agent(user), now=NOW - timedelta(days=days_ago)):
        services.change_status(ticket, "pending", actor=Actor.agent(user))


def test_a_trigger_is_tried_at_each_gesture(adas_ticket: Ticket, grace: User, radia: User, act: Act) -> None:
    act(adas_ticket, "reply", NOW)
    act(adas_ticket, "vip", NOW)
    act(adas_ticket, "solved", NOW)
    before = (TicketEvent.objects.count(), Ticket.objects.values_list("updated_at", flat=True)[0])
    job = replay(radia, "trigger", ("status", "value", "solved"), ("current_tags", "includes", "vip"))
    assert (job.state, job.looked_at, job.total, job.matched, job.matched_tickets) == ("done", 1, 1, 1, 1)
    (example,) = replaying.examples_of(job)
    assert (example.ticket_id, example.changes) == (adas_ticket.pk, ["set the priority to High"])
    assert (TicketEvent.objects.count(), Ticket.objects.values_list("updated_at", flat=True)[0]) == before
    assert replay(radia, "trigger", ("status", "value_previous", "new")).matched == 1
    assert replay(radia, "trigger", ("update_type", "is", "Create")).matched == 1
    assert replay(radia, "trigger", ("comment_is_public", "is", "true"), ("role", "is", "agent")).matched == 1
    assert replay(radia, "trigger", ("comment_includes_word", "includes", "multiplies")).matched == 1
    assert replay(radia, "trigger", ("subject_includes_word", "includes", "refund")).matched == 0


def test_an_automation_is_tried_by_the_clock(adas_ticket: Ticket, grace: User, radia: User) -> None:
    Ticket.objects.filter(pk=adas_ticket.pk).update(created_at=NOW - timedelta(days=20))
    TicketEvent.objects.filter(ticket=adas_ticket)._raw_delete("default")
    pend(adas_ticket, grace, 10)
    job = replay(radia, "automation", ("PENDING", "greater_than", 24))
    (example,) = replaying.examples_of(job)
    assert example.at == NOW - timedelta(days=9) + timedelta(microseconds=1)
    assert replay(radia, "automation", ("PENDING", "greater_than", 24), days=5).matched == 0  # true already by then
    assert replay(radia, "automation", ("PENDING", "greater_than", 24 * 30)).matched == 0


def test_what_was_so_already_is_no_change(adas_ticket: Ticket, radia: User) -> None:
    actions = [{"field": "status", "value": "open"}, {"field": "priority", "value": ""}]
    job = replay(radia, "trigger", ("status", "is", "new"), actions=actions)
    assert [example.changes for example in replaying.examples_of(job)] == [["set the status to Open"]] * job.matched


def test_what_can_not_be_known_is_said(radia: User) -> None:
    said = replaying.reservations("trigger", {"all": [{"field": "locale_id", "operator": "is", "value": "de"}]})
    assert "“Requester’s language” is taken as it is today: nobody wrote down what it was then." in said


def test_a_replay_that_is_cancelled_stops(adas_ticket: Ticket, radia: User) -> None:
    job = replaying.start_replay(radia, "trigger", {}, [{"field": "priority", "value": "low"}], days=3, now=NOW)
    replaying.cancel_replay(job, now=NOW)
    assert replaying.run_replay(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.looked_at) == ("cancelled", 0)


def test_a_replay_whose_worker_is_gone_goes_on(adas_ticket: Ticket, radia: User) -> None:
    job = replaying.start_replay(radia, "trigger", {}, [{"field": "priority", "value": "low"}], days=3, now=NOW)
    assert replaying.due_replays(now=NOW) == []
    assert replaying.due_replays(now=NOW + timedelta(minutes=1)) == [job.pk]
    second = replaying.start_replay(radia, "trigger", {}, [{"field": "priority", "value": "low"}], days=3, now=NOW)
    assert Replay.objects.get(pk=job.pk).state == "cancelled"  # one at a time
    assert Replay.objects.get(pk=second.pk).state == "waiting"


OF_UPDATES = [
    ("update_type", "is", "Create"), ("comment_is_public", "is", "false"), ("comment_includes_word", "includes", "x1"),
    ("current_via_id", "is", "slack"), ("role", "is", "agent"), ("received_from", "is", "a@b.c"),
    ("sent_to", "is", "a@b.c"), ("message_language", "is", "de"), ("message_tone", "is", "upset"),
    ("description_includes_word", "includes", "x2"), ("ticket_is_public", "is", "private"), ("cc", "present"),
    ("subject_includes_word", "includes", "x3"), ("solved_at", "is", "2020-01-01"), ("replies", "is", 7),
]  # fmt: skip


@pytest.mark.parametrize("asked", [OF_UPDATES[:9], OF_UPDATES])
def test_what_a_draft_asks_is_read_for_all_tickets_at_once(
    asked: list[tuple[Any, ...]], ada: Customer, support: Inbox, grace: User, act: Act
) -> None:
    tickets = [open_for(ada, support, f"It rattles {number}") for number in range(3)]
    for ticket in tickets:
        act(ticket, "reply", NOW)
    nodes = [dict(zip(("field", "operator", "value"), one, strict=False)) for one in asked]
    tree = {"all": [{"field": "status", "operator": "is_not", "value": "closed"}], "none": nodes[2:], "any": nodes[:2]}
    trial = Trial("trigger", check(tree, "trigger"), since=NOW - timedelta(days=1), until=NOW)
    counts = []
    for some in (tickets[:1], tickets):
        with CaptureQueriesContext(connection) as asked_of_database:
            list(trial.matches([ticket.pk for ticket in some]))
        counts.append(len(asked_of_database))
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize("days", [0, 367])
def test_impossible_days_are_refused(days: int, radia: User) -> None:
    with pytest.raises(services.Refused):
        replaying.start_replay(radia, "trigger", {}, [{"field": "priority", "value": "low"}], days=days, now=NOW)
