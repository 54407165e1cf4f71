"""Shared tickets: who sees whose requests, whatever becomes of the people."""

from __future__ import annotations

import pytest
from django.test import Client

from customers.actors import Actor
from customers.identify import identify
from customers.merging import merge
from customers.models import Customer, Organisation
from customers.record import change_organisation
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.customers.sharing import shared_with
from tickets.models import Channel, Inbox, Ticket
from tickets.services import open_ticket


@pytest.fixture
def charles(db: None) -> Customer:
    return identify("email", "charles@example.org", name="Charles Babbage").customer


@pytest.fixture
def engines(ada: Customer, charles: Customer) -> Organisation:
    house = Organisation.objects.create(name="Analytical Engines", shares_tickets=True)
    Customer.objects.filter(pk__in=[ada.pk, charles.pk]).update(organisation=house)
    ada.refresh_from_db()
    charles.refresh_from_db()
    return house


def test_members_see_each_others_requests_and_nobody_elses(
    engines: Organisation, ada: Customer, charles: Customer, adas_ticket: Ticket, support: Inbox
) -> None:
    stranger = identify("email", "mallory@example.com").customer
    open_for(stranger, support, "Not theirs")
    assert list(shared_with(charles)) == [adas_ticket]
    assert not shared_with(ada).exists(), "one's own are no others' requests"
    assert not shared_with(stranger).exists()


def test_nothing_is_shared_before_it_is_switched_on(
    engines: Organisation, charles: Customer, adas_ticket: Ticket, grace: User
) -> None:
    change_organisation(engines, {"shares_tickets": False}, actor=Actor.agent(grace))
    assert not shared_with(charles).exists()


def test_a_ticket_without_public_words_is_nobodys_to_see(
    engines: Organisation, ada: Customer, charles: Customer, support: Inbox, grace: User
) -> None:
    open_ticket(ada, "Between us", inbox=support, channel=Channel.WEB, actor=Actor.agent(grace))
    assert not shared_with(charles).exists()


def test_a_merge_leaves_what_is_shared_as_the_survivors_organisation_has_it(
    engines: Organisation, ada: Customer, charles: Customer, adas_ticket: Ticket, grace: User
) -> None:
    double = identify("email", "charles@home.test", name="Charles").customer
    merge(charles, double, actor=Actor.agent(grace), confirmed=True)
    double.refresh_from_db()
    assert list(shared_with(double)) == [adas_ticket]


def test_the_ticket_says_with_whom_it_is_shared(
    engines: Organisation, adas_ticket: Ticket, grace: User, client: Client
) -> None:
    client.force_login(grace)
    assert "Shared with Analytical Engines" in client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    Organisation.objects.update(shares_tickets=False)
    assert "Shared with" not in client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
