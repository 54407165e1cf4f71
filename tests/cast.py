"""The people of the tests: Grace the agent, Ada the customer, and the house they meet in."""

from __future__ import annotations

import pytest

from channels_app.models import ChannelAccount
from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import Role, Team, User
from tickets.models import Channel, Inbox, Ticket
from tickets.services import Incoming, open_ticket, receive_message


def staff(email: str, name: str, role: Role) -> User:
    return User.objects.create_user(email, "demo", name=name, role=role)


@pytest.fixture
def support_team(db: None) -> Team:
    return Team.objects.create(name="Support")


@pytest.fixture
def grace(support_team: Team) -> User:
    """An agent of the support team."""
    user = staff("grace@onethread.test", "Grace Hopper", Role.AGENT)
    user.teams.add(support_team)
    return user


@pytest.fixture
def alan(db: None) -> User:
    """Another agent."""
    return staff("alan@onethread.test", "Alan Turing", Role.AGENT)


@pytest.fixture
def margaret(db: None) -> User:
    return staff("margaret@onethread.test", "Margaret Hamilton", Role.LEAD)


@pytest.fixture
def radia(db: None) -> User:
    return staff("radia@onethread.test", "Radia Perlman", Role.ADMIN)


@pytest.fixture
def linus(db: None) -> User:
    """A light agent: reads, and writes internal notes only."""
    return staff("linus@onethread.test", "Linus Light", Role.LIGHT)


@pytest.fixture
def support(support_team: Team) -> Inbox:
    inbox = Inbox.objects.create(name="Support", address="support@onethread.test", team=support_team)
    ChannelAccount.objects.create(inbox=inbox)
    return inbox


@pytest.fixture
def billing(db: None) -> Inbox:
    inbox = Inbox.objects.create(name="Billing", address="billing@onethread.test")
    ChannelAccount.objects.create(inbox=inbox)
    return inbox


@pytest.fixture
def ada(db: None) -> Customer:
    return identify("email", "ada@example.org", name="Ada Lovelace").customer


def open_for(customer: Customer, inbox: Inbox, subject: str) -> Ticket:
    """A ticket with the customer's first mail on it."""
    actor = Actor.of_customer(customer)
    ticket = open_ticket(customer, subject, inbox=inbox, channel=Channel.EMAIL, actor=actor)
    address = customer.identities.values_list("value", flat=True)[0]
    incoming = Incoming(text=f"{subject}?", subject=subject, from_address=address, to=[inbox.address])
    receive_message(ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor)
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def adas_ticket(ada: Customer, support: Inbox) -> Ticket:
    """Ada wrote a mail, nobody answered yet."""
    actor = Actor.of_customer(ada)
    ticket = open_ticket(ada, "The engine rattles", inbox=support, channel=Channel.EMAIL, actor=actor)
    incoming = Incoming(
        text="It rattles when it multiplies.\n\nAda",
        subject="The engine rattles",
        from_address="ada@example.org",
        to=["support@onethread.test"],
        message_id="first@example.org",
    )
    receive_message(ticket, incoming, customer=ada, channel=Channel.EMAIL, actor=actor)
    return Ticket.objects.get(pk=ticket.pk)
