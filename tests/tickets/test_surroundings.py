"""What stands beside a conversation is what its reader may see, though it is fetched by hand-written SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.dates import add_date
from customers.models import Customer
from customers.record import change_customer
from helpdesk.accounts.models import Role, Team, User
from tests.cast import staff
from tickets.models import Channel, Inbox, Ticket
from tickets.services import assign_team, open_ticket
from tickets.surroundings import EARLIER_TICKETS, NEAR, surroundings


@pytest.fixture
def board(db: None) -> Team:
    return Team.objects.create(name="Board", is_private=True)


def ask(ada: Customer, support: Inbox, subject: str) -> Ticket:
    return open_ticket(ada, subject, inbox=support, channel=Channel.EMAIL, actor=Actor.of_customer(ada))


def test_earlier_tickets_are_those_the_reader_may_see(
    ada: Customer, support: Inbox, board: Team, grace: User, margaret: User, alan: User
) -> None:
    here, open_to_all, secret = (ask(ada, support, subject) for subject in ("here", "open", "secret"))
    assign_team(secret, board, actor=Actor.agent(margaret))
    alan.teams.add(board)
    for reader in (grace, margaret, alan):
        visible = Ticket.objects.visible_to(reader).exclude(pk=here.pk).order_by("-updated_at", "-pk")
        shown = surroundings(here, reader).earlier
        assert [ticket.pk for ticket in shown] == [ticket.pk for ticket in visible]
    assert secret.pk not in [ticket.pk for ticket in surroundings(here, grace).earlier]
    assert open_to_all.pk in [ticket.pk for ticket in surroundings(here, grace).earlier]


def test_the_newest_earlier_tickets_come_first_and_more_are_announced(
    ada: Customer, support: Inbox, grace: User
) -> None:
    tickets = [ask(ada, support, f"number {n}") for n in range(EARLIER_TICKETS + 2)]
    around = surroundings(tickets[0], grace)
    assert [ticket.pk for ticket in around.earlier] == [ticket.pk for ticket in reversed(tickets[2:])]
    assert around.has_more


def test_who_can_take_tickets(adas_ticket: Ticket, grace: User, linus: User, board: Team, support_team: Team) -> None:
    gone = staff("gone@onethread.test", "Gone", Role.AGENT)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    found = surroundings(adas_ticket, grace).staff
    assert [choice.name for choice in found.users] == ["Grace Hopper"]
    assert [choice.name for choice in found.teams] == ["Board", "Support"]


def test_private_teams_are_hidden_from_those_outside(board: Team, grace: User, alan: User, margaret: User) -> None:
    alan.teams.add(board)
    assert grace.hidden_team_ids == [board.pk]
    assert alan.hidden_team_ids == []
    assert margaret.hidden_team_ids == []


def test_the_owner_and_the_next_day_to_remember_stand_beside_the_ticket(
    ada: Customer, support: Inbox, grace: User
) -> None:
    ticket, actor, today = ask(ada, support, "here"), Actor.agent(grace), timezone.localdate()
    assert (surroundings(ticket, grace).owner, surroundings(ticket, grace).near) == ("", None)
    change_customer(ada, {"owner": grace}, actor=actor)
    add_date(ada, "Founded", today - timedelta(days=1), is_yearly=False, actor=actor)
    add_date(ada, "Contract ends", today + timedelta(days=NEAR + 1), is_yearly=False, actor=actor)
    assert (surroundings(ticket, grace).owner, surroundings(ticket, grace).near) == ("Grace Hopper", None)
    add_date(ada, "Birthday", (today + timedelta(days=NEAR)).replace(year=1972), is_yearly=True, actor=actor)
    assert surroundings(ticket, grace).near == ("Birthday", NEAR)
