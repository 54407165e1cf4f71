"""What is told of a ticket, definition by definition (rules-sla-metrics §5 and §6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from metrics.facts.catching_up import retell
from metrics.models import Fact, Moment
from tickets import services
from tickets.models import Channel, Inbox, Message, Ticket
from tickets.services import Incoming

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOUR, MINUTE = 3600, 60


class Life:
    """Ada's ticket, hour by hour."""

    def __init__(self, ada: Customer, inbox: Inbox, *, opened_by: User | None = None, wrote: str = "") -> None:
        self.now, self.ada = NINE, ada
        actor = Actor.agent(opened_by) if opened_by else self.customer
        with services.opening_ticket(
            ada, "Rattles", inbox=inbox, channel=Channel.EMAIL, actor=actor, now=self.now
        ) as ticket:
            self.number = ticket.pk
            if wrote == "reply":
                services.add_reply(ticket, "<p>We noticed.</p>", actor=actor)
            elif wrote == "note":
                services.add_note(ticket, "<p>They called.</p>", actor=actor)
            else:
                self._receive(ticket)

    @property
    def customer(self) -> Actor:
        return Actor.of_customer(self.ada)

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get(pk=self.number)

    def after(self, **length: int) -> Life:
        self.now += timedelta(**length)
        return self

    def _receive(self, ticket: Ticket, **more: Any) -> Message:
        return services.receive_message(
            ticket, Incoming("Hm.", **more), customer=self.ada, channel="email", actor=self.customer, now=self.now
        )

    def writes(self, **more: Any) -> Message:
        return self._receive(self.ticket, **more)

    def replies(self, user: User, status: str = "") -> Message:
        actor = Actor.agent(user)
        with services.gesture(self.ticket, actor=actor, now=self.now) as g:
            message = services.add_reply(g.ticket, "<p>Oil it.</p>", actor=actor)
            if status:
                services.change_status(g.ticket, status, actor=actor)
            return message

    def becomes(self, status: str, user: User) -> None:
        with services.gesture(self.ticket, actor=Actor.agent(user), now=self.now) as g:
            services.change_status(g.ticket, status, actor=g.actor)

    def goes_to(self, whom: User | Team | None, user: User) -> None:
        with services.gesture(self.ticket, actor=Actor.agent(user), now=self.now) as g:
            if isinstance(whom, Team):
                services.assign_team(g.ticket, whom, actor=g.actor)
            else:
                services.assign(g.ticket, whom, actor=g.actor)

    def told(self) -> Fact:
        retell([self.number], now=self.now)
        return Fact.objects.get(pk=self.number)

    def moments(self, kind: str) -> list[Moment]:
        return list(Moment.objects.filter(ticket=self.number, kind=kind).order_by("at", "pk"))


def test_the_first_reply_is_the_first_public_one_by_a_person(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    life.after(minutes=5)
    services.add_note(life.ticket, "<p>Who?</p>", actor=Actor.agent(grace), now=life.now)
    life.after(minutes=5)
    services.add_reply(life.ticket, "<p>We have it.</p>", actor=Actor("rule", "Say hello"), now=life.now)
    assert life.told().first_reply is None
    life.after(minutes=50).replies(grace)
    life.after(hours=3).replies(grace)
    fact = life.told()
    assert (fact.first_reply, fact.first_reply_at, fact.replies) == (HOUR, NINE + timedelta(hours=1), 2)
    assert [(moment.name, moment.user_id, moment.seconds) for moment in life.moments("replied")] == [
        ("first", grace.pk, HOUR),
        ("", grace.pk, None),
    ]
    assert [moment.user_id for moment in life.moments("noted")] == [grace.pk]


def test_what_an_agent_opened_with_is_no_reply(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support, opened_by=grace, wrote="reply")
    fact = life.told()
    assert (fact.first_reply, fact.replies, fact.opened_by_agent) == (None, 0, True)
    life.after(hours=2).replies(grace)
    fact = life.told()
    assert (fact.first_reply, fact.replies) == (2 * HOUR, 1)


def test_after_a_note_the_first_reply_counts(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support, opened_by=grace, wrote="note")
    life.after(minutes=30).replies(grace)
    assert life.told().first_reply == 30 * MINUTE


def test_waits_are_booked_when_their_status_is_left(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    life.after(hours=1).replies(grace, "pending")
    fact = life.told()
    assert (fact.requester_wait, fact.agent_work, fact.agent_wait) == (HOUR, HOUR, 0)
    life.after(hours=2).writes()
    life.after(hours=4).becomes("hold", grace)
    fact = life.told()
    assert (fact.requester_wait, fact.agent_work, fact.agent_wait, fact.on_hold) == (HOUR, 5 * HOUR, 2 * HOUR, 0)
    life.after(hours=8).becomes("solved", grace)
    fact = life.told()
    assert (fact.requester_wait, fact.on_hold, fact.first_resolution) == (13 * HOUR, 8 * HOUR, 15 * HOUR)


def test_reopening_extends_the_full_resolution_and_takes_the_ticket_from_those_solved(
    ada: Customer, support: Inbox, grace: User
) -> None:
    life = Life(ada, support)
    life.after(hours=1).replies(grace, "solved")
    life.after(hours=1).writes()
    fact = life.told()
    assert (fact.first_resolution, fact.full_resolution, fact.solved_at) == (HOUR, None, None)
    assert (fact.reopens, fact.resolutions) == (1, 1)
    life.after(hours=1).replies(grace, "solved")
    fact = life.told()
    assert (fact.first_resolution, fact.full_resolution, fact.resolutions) == (HOUR, 3 * HOUR, 2)
    assert [moment.seconds for moment in life.moments("replied")] == [HOUR, HOUR]
    assert [moment.user_id for moment in life.moments("solved")] == [grace.pk, grace.pk]


def test_solving_and_reopening_in_one_update_is_no_reopening_but_stands_in_the_history(
    ada: Customer, support: Inbox, grace: User
) -> None:
    life = Life(ada, support)
    with services.gesture(life.ticket, actor=Actor.agent(grace), now=life.after(hours=1).now) as g:
        services.change_status(g.ticket, "solved", actor=g.actor)
        services.change_status(g.ticket, "open", actor=g.actor)
    fact = life.told()
    assert (fact.reopens, fact.reopens_in_history, fact.resolutions) == (0, 1, 1)
    assert not life.moments("reopened")


def test_a_reply_that_is_taken_back_was_never_sent_and_never_solved(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    message = life.after(hours=1).replies(grace, "solved")
    assert life.told().resolutions == 1
    with services.gesture(life.ticket, actor=Actor.agent(grace), now=life.now + timedelta(seconds=5)):
        services.retract_reply(message, actor=Actor.agent(grace))
    fact = life.told()
    assert (fact.replies, fact.first_reply, fact.resolutions, fact.reopens) == (0, None, 0, 0)
    assert (fact.first_resolution, fact.reopens_in_history) == (None, 1)
    assert not life.moments("replied") and not life.moments("solved")


def test_people_and_teams(ada: Customer, support: Inbox, grace: User, alan: User) -> None:
    life, billing = Life(ada, support), Team.objects.create(name="Billing")
    life.after(hours=1).goes_to(grace, alan)
    life.after(hours=1).goes_to(billing, grace)
    life.after(hours=1).goes_to(None, grace)
    life.after(hours=1).goes_to(alan, alan)
    life.after(hours=4).becomes("solved", alan)
    fact = life.told()
    assert (fact.first_assignment, fact.last_assignment, fact.assignment_to_resolution) == (HOUR, 4 * HOUR, 4 * HOUR)
    assert (fact.unassigned, fact.assignee_stations, fact.team_stations) == (2 * HOUR, 2, 2)
    passed = life.moments("passed_on")
    assert [(moment.team_id, moment.ref, moment.user_id) for moment in passed] == [
        (support.team_id, billing.pk, grace.pk)
    ]
    assert [moment.user_id for moment in life.moments("assigned")] == [grace.pk, alan.pk]


def test_machines_write_no_messages_of_customers(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    life.after(hours=1).writes(is_auto_reply=True)
    life.after(hours=1).writes()
    life.told()
    assert len(life.moments("written")) == 2


def test_closing_long_solved_tickets_changes_nothing(ada: Customer, support: Inbox, grace: User) -> None:
    life = Life(ada, support)
    life.after(hours=1).replies(grace, "solved")
    with services.gesture(life.ticket, actor=SYSTEM, now=life.after(days=28).now) as g:
        services.change_status(g.ticket, "closed", actor=SYSTEM)
    fact = life.told()
    assert (fact.status, fact.full_resolution, fact.resolutions) == ("closed", HOUR, 1)
