"""Fifty arrivals at the same moment, each with its own connection: fair, within what people can take, and once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import Team
from tests.cast import open_for
from tests.tickets.routing.conftest import online
from tickets.models import Inbox, Routed, RoutingMode, Ticket, TicketEvent, WaitingTicket
from tickets.routing import setup
from tickets.routing.handing_out import route_waiting
from tickets.services import assign

ARRIVALS = 50
pytestmark = pytest.mark.django_db(transaction=True)


def in_parallel(work: list[object], do: object) -> None:
    barrier = Barrier(10)

    def one(item: object) -> None:
        try:
            barrier.wait(timeout=30)
            do(item)  # type: ignore[operator]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(one, work))


def arrive(ada: Customer, support: Inbox, number: int) -> None:
    open_for(ada, support, f"Question {number}")
    route_waiting(now=timezone.now())


@pytest.mark.parametrize("mode", [RoutingMode.ROUND_ROBIN, RoutingMode.LEAST_LOADED])
def test_fifty_arrivals_are_shared_fairly(mode: str) -> None:
    team = Team.objects.create(name="Support")
    support = Inbox.objects.create(name="Support", address="support@onethread.test", team=team)
    ada = identify("email", "ada@example.org", name="Ada").customer
    people = [online(name, team) for name in ("Joan", "Mary", "Jean", "Betty", "Kay")]
    setup.change_person(people[0], per_channel={"email": 4}, skills=[])
    setup.change_routing(team, mode=mode)
    in_parallel(list(range(ARRIVALS)), lambda number: arrive(ada, support, number))
    had = Counter(Ticket.objects.values_list("assignee__name", flat=True))
    assert had.pop("Joan") == 4, "as many as she takes"
    assert sum(had.values()) == ARRIVALS - 4
    assert max(had.values()) - min(had.values()) <= 1, had
    assert not WaitingTicket.objects.exists()
    assert Routed.objects.count() == TicketEvent.objects.filter(kind="ticket.routed").count() == ARRIVALS, "each once"


def test_a_hand_is_never_overruled_by_a_pass_at_the_same_moment() -> None:
    team = Team.objects.create(name="Support")
    support = Inbox.objects.create(name="Support", address="support@onethread.test", team=team)
    ada = identify("email", "ada@example.org", name="Ada").customer
    joan, boss = online("Joan", team), online("Boss", Team.objects.create(name="Other"))
    setup.change_person(joan, per_channel={"email": 100}, skills=[])
    setup.change_routing(team, mode=RoutingMode.ROUND_ROBIN)
    tickets = [open_for(ada, support, f"Question {n}") for n in range(20)]

    def act(item: object) -> None:
        if isinstance(item, Ticket):
            assign(item, boss, actor=Actor.agent(boss))
        else:
            route_waiting(now=timezone.now())

    in_parallel([it for ticket in tickets[:10] for it in (ticket, None)], act)
    in_parallel([None] * 10, act)
    hands = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets[:10]])
    assert {ticket.assignee for ticket in hands} == {boss}
    assert Ticket.objects.filter(assignee=joan).count() == 10
    assert not WaitingTicket.objects.exists()
