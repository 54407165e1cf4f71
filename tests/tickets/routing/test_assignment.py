"""Tickets that find their people by themselves, and people who have the last word."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts import calendar_changes
from helpdesk.accounts.models import Availability, Team, User
from tests.cast import open_for
from tests.tickets.routing.conftest import online
from tickets import services
from tickets.automation.rules import create_rule
from tickets.models import (
    Inbox,
    Routed,
    RoutedState,
    RoutingMode,
    Skill,
    Status,
    Ticket,
    TicketEvent,
    WaitingTicket,
    WaitReason,
)
from tickets.routing import availability, handing_out, setup
from tickets.routing.handing_out import route_waiting
from tickets.routing.taking_back import take_back_due

pytestmark = pytest.mark.django_db


def route() -> int:
    return route_waiting(now=timezone.now())


def owner(ticket: Ticket) -> User | None:
    return Ticket.objects.get(pk=ticket.pk).assignee


def waits(ticket: Ticket) -> str | None:
    return WaitingTicket.objects.filter(pk=ticket.pk).values_list("reason", flat=True).first()


def test_a_new_ticket_finds_its_person_and_says_why(ada: Customer, support: Inbox, joan: User) -> None:
    ticket = open_for(ada, support, "A question")
    assert waits(ticket) == ""
    assert route() == 1
    assert owner(ticket) == joan and waits(ticket) is None
    event = TicketEvent.objects.get(ticket=ticket, kind="ticket.routed")
    assert event.payload["user"] == "Joan"
    assert event.payload["reasons"][-1] == {"why": "room", "channel": "email", "had": 0, "most": 20}
    routed = Routed.objects.get(ticket=ticket)
    assert (routed.user, routed.state, routed.due_at) == (joan, RoutedState.GIVEN, None)
    assert Ticket.objects.get(pk=ticket.pk).status == Status.OPEN
    assert route() == 0, "once"


def test_in_turn(ada: Customer, support: Inbox, joan: User, mary: User) -> None:
    tickets = [open_for(ada, support, f"Question {n}") for n in range(3)]
    assert route() == 3
    tickets.append(open_for(ada, support, "One more"))
    route()
    assert [owner(ticket) for ticket in tickets] == [joan, mary, joan, mary]


def test_in_turn_over_many_batches(
    ada: Customer, support: Inbox, joan: User, mary: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of one pass share its moment: the turn goes on by order, not by the clock."""
    monkeypatch.setattr(handing_out, "BATCH", 3)
    online("Jean", joan.teams.get())
    for number in range(12):
        open_for(ada, support, f"Question {number}")
    assert route() == 12
    assert set(Counter(Ticket.objects.values_list("assignee", flat=True)).values()) == {4}


def test_the_urgent_one_comes_first(ada: Customer, support: Inbox, joan: User) -> None:
    setup.change_person(joan, per_channel={"email": 1}, skills=[])
    calm, urgent = open_for(ada, support, "Calm"), open_for(ada, support, "Urgent")
    services.change_priority(urgent, "urgent", actor=SYSTEM)
    route()
    assert (owner(calm), owner(urgent)) == (None, joan)
    assert waits(calm) == WaitReason.FULL
    services.change_status(urgent, Status.SOLVED, actor=Actor.agent(joan))
    route()
    assert owner(calm) == joan, "there is room again"


def test_nobody_there(ada: Customer, support: Inbox, in_turn: Team, grace: User, linus: User) -> None:
    ticket = open_for(ada, support, "A question")
    linus.teams.add(in_turn)
    User.objects.filter(pk=linus.pk).update(availability=Availability.ONLINE)
    assert (route(), waits(ticket)) == (0, WaitReason.NOBODY), "a light agent takes no tickets"
    availability.set_availability(grace, Availability.ONLINE)
    assert (route(), owner(ticket)) == (1, grace)


def test_the_least_loaded_counts_what_was_given_by_hand(ada: Customer, support: Inbox, joan: User, mary: User) -> None:
    setup.change_routing(joan.teams.get(), mode=RoutingMode.LEAST_LOADED)
    services.assign(open_for(ada, support, "By hand"), joan, actor=Actor.agent(mary))
    tickets = [open_for(ada, support, f"Question {n}") for n in range(3)]
    route()
    assert Counter(map(owner, tickets)) == {mary: 2, joan: 1}


def test_skills_and_language(ada: Customer, support: Inbox, joan: User, mary: User) -> None:
    setup.change_routing(joan.teams.get(), uses_skills=True)
    german, gears = (Skill.objects.create(name=name) for name in ("lang:de", "gears"))
    setup.change_person(mary, per_channel={}, skills=[german])
    ticket, other = open_for(ada, support, "Eine Frage"), open_for(ada, support, "Gears")
    Ticket.objects.filter(pk=ticket.pk).update(language="de")
    Ticket.objects.filter(pk=other.pk).update(skills=["gears"])
    route()
    assert (owner(ticket), owner(other), waits(other)) == (mary, None, WaitReason.SKILLS)
    setup.change_person(joan, per_channel={}, skills=[gears])
    route()
    assert owner(other) == joan


def test_a_trigger_that_hears_the_language_asks_for_who_speaks_it(
    ada: Customer, support: Inbox, joan: User, mary: User, radia: User
) -> None:
    setup.change_routing(joan.teams.get(), uses_skills=True)
    setup.change_person(mary, per_channel={}, skills=[Skill.objects.create(name="Zürich")])
    german = {"all": [{"field": "message_language", "operator": "is", "value": "de"}]}
    create_rule("trigger", radia, "German", conditions=german, actions=[{"field": "add_skills", "value": ["Zürich"]}])
    subjects = ("Die Maschine klappert, sobald sie multipliziert, und ich weiß nicht warum", "It rattles when it turns")
    german_one, english_one = (open_for(ada, support, subject) for subject in subjects)
    assert [ticket.skills for ticket in (german_one, english_one)] == [["Zürich"], []]
    for _ in range(3):
        open_for(ada, support, "It rattles when it turns and I do not know why")
    route()
    assert owner(german_one) == mary


def test_only_in_hours(ada: Customer, support: Inbox, joan: User) -> None:
    now = timezone.now()
    tomorrow = (now.isoweekday() + 1) % 7
    hours = [(tomorrow * 1440, tomorrow * 1440 + 1440)]
    calendar_changes.create_calendar("Tomorrow", time_zone="UTC", week=hours)
    setup.change_routing(joan.teams.get(), only_in_hours=True)
    ticket = open_for(ada, support, "At night")
    assert (route(), waits(ticket)) == (0, WaitReason.HOURS)
    assert route_waiting(now=now + timedelta(days=1)) == 1


def test_what_is_done_by_hand_wins(ada: Customer, support: Inbox, joan: User, mary: User, grace: User) -> None:
    ticket = open_for(ada, support, "A question")
    services.assign(ticket, grace, actor=Actor.agent(mary))
    assert (route(), owner(ticket)) == (0, grace)
    other = open_for(ada, support, "Another")
    route()
    services.assign(other, grace, actor=Actor.agent(mary))
    assert Routed.objects.get(ticket=other).state == RoutedState.OVERRIDDEN
    services.assign(other, None, actor=Actor.agent(grace))
    assert (route(), owner(other)) == (0, None), "she left it to people"
    services.assign_team(other, None, actor=Actor.agent(grace))
    services.assign_team(other, support.team, actor=Actor.agent(grace))
    assert route() == 1, "a team's new ticket"


def test_given_to_another_team_and_to_nobody_at_once_it_is_that_teams(
    ada: Customer, support: Inbox, joan: User, grace: User
) -> None:
    billing = Team.objects.create(name="Billing")
    rosalind = online("Rosalind", billing)
    setup.change_routing(billing, mode=RoutingMode.ROUND_ROBIN)
    ticket = open_for(ada, support, "An invoice")
    services.assign(ticket, grace, actor=Actor.agent(grace))
    with services.gesture(ticket, actor=Actor.agent(grace)) as g:
        services.assign_team(g.ticket, billing, actor=g.actor)
        services.assign(g.ticket, None, actor=g.actor)
    assert (route(), owner(ticket)) == (1, rosalind)


@pytest.mark.parametrize("changed", [{"take_back_after": 0}, {"mode": RoutingMode.MANUAL}])
def test_nothing_is_taken_back_where_that_was_switched_off(
    changed: dict[str, Any], ada: Customer, support: Inbox, joan: User
) -> None:
    setup.change_routing(joan.teams.get(), take_back_after=30)
    ticket = open_for(ada, support, "Given")
    route()
    setup.change_routing(joan.teams.get(), **changed)
    assert (take_back_due(now=timezone.now() + timedelta(hours=1)), owner(ticket)) == (0, joan)


def test_unanswered_work_goes_back_and_on(ada: Customer, support: Inbox, joan: User, mary: User) -> None:
    setup.change_routing(joan.teams.get(), take_back_after=30)
    late, answered = open_for(ada, support, "Late"), open_for(ada, support, "Answered")
    route()
    assert [owner(late), owner(answered)] == [joan, mary]
    services.add_reply(answered, "<p>Here.</p>", actor=Actor.agent(mary))
    soon = timezone.now() + timedelta(minutes=29)
    assert take_back_due(now=soon) == 0
    later = soon + timedelta(minutes=2)
    assert take_back_due(now=later) == 1
    assert take_back_due(now=later) == 0, "once"
    event = TicketEvent.objects.get(ticket=late, kind="ticket.taken_back")
    assert (event.payload["user"], event.payload["minutes"]) == ("Joan", 31)
    assert route_waiting(now=later) == 1 and owner(late) == mary, "not to Joan again"
    assert list(Routed.objects.filter(ticket=late).order_by("pk").values_list("state", flat=True)) == [
        "taken_back",
        "given",
    ]
    assert Routed.objects.get(ticket=answered).state == RoutedState.ANSWERED


def test_taken_back_from_the_only_other_one_it_waits(ada: Customer, support: Inbox, joan: User, grace: User) -> None:
    setup.change_routing(joan.teams.get(), take_back_after=30)
    ticket = open_for(ada, support, "Late")
    route()
    later = timezone.now() + timedelta(minutes=31)
    take_back_due(now=later)
    assert (route_waiting(now=later), waits(ticket)) == (0, WaitReason.AVOIDED), "Grace may come"
    grace.teams.clear()
    assert route_waiting(now=later) == 1, "there is nobody else at all"


def test_switched_on_it_takes_what_waits_and_off_it_leaves_all(
    ada: Customer, support: Inbox, support_team: Team
) -> None:
    joan = online("Joan", support_team)
    ticket = open_for(ada, support, "Before")
    assert waits(ticket) is None
    setup.change_routing(support_team, mode=RoutingMode.ROUND_ROBIN)
    assert (route(), owner(ticket)) == (1, joan)
    after = open_for(ada, support, "After")
    setup.change_routing(support_team, mode=RoutingMode.MANUAL)
    assert (waits(after), route()) == (None, 0)


def test_a_ticket_solved_meanwhile_waits_no_more(ada: Customer, support: Inbox, joan: User, grace: User) -> None:
    ticket = open_for(ada, support, "A question")
    services.change_status(ticket, Status.SOLVED, actor=Actor.agent(grace))
    assert (waits(ticket), route()) == (None, 0)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    services.change_status(ticket, Status.OPEN, actor=Actor.of_customer(ada))
    assert waits(ticket) == "", "its customer opened it again"


def test_away_by_itself_and_back(joan: User) -> None:
    now = timezone.now()
    assert availability.send_silent_away(now=now + timedelta(days=1)) == 0, "no page has ever spoken"
    availability.note_page(joan.pk, now=now)
    assert availability.send_silent_away(now=now + timedelta(minutes=2)) == 0
    assert availability.send_silent_away(now=now + timedelta(minutes=4)) == 1
    joan.refresh_from_db()
    assert joan.availability == Availability.AWAY
    availability.note_page(joan.pk, now=now + timedelta(minutes=5))
    joan.refresh_from_db()
    assert joan.availability == Availability.ONLINE
    availability.set_availability(joan, Availability.OFFLINE)
    availability.note_page(joan.pk, now=now + timedelta(minutes=6))
    joan.refresh_from_db()
    assert joan.availability == Availability.OFFLINE, "what was chosen holds"


def test_what_lets_nobody_take_a_waiting_ticket_asks_for_no_pass(
    ada: Customer, support: Inbox, in_turn: Team, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def exists() -> bool:
        asked.append(1)
        return False

    monkeypatch.setattr("tickets.routing.queue.WaitingTicket.objects.exists", exists)
    waits = open_for(ada, support, "Nobody is there")
    other = open_for(ada, support, "Another")
    actor = Actor.agent(grace)
    assert len(asked) == 2  # both have come to the queue
    services.add_reply(other, "<p>We look.</p>", actor=actor)
    services.change_status(waits, Status.PENDING, actor=actor)
    services.assign(other, grace, actor=actor)
    assert len(asked) == 2
    services.assign(other, None, actor=actor)
    assert len(asked) == 3  # somebody has one less
