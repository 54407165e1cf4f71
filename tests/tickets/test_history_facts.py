"""What the services keep about a ticket's past, so that no list has to work it out."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets import services
from tickets.models import Status, Ticket
from tickets.services import Incoming

pytestmark = pytest.mark.django_db


def test_a_ticket_counts_replies_reopens_and_stations(
    adas_ticket: Ticket, ada: Customer, grace: User, alan: User
) -> None:
    agent, refunds = Actor.agent(grace), Team.objects.create(name="Refunds")
    services.add_reply(adas_ticket, "<p>On it.</p>", actor=agent)
    services.assign(adas_ticket, alan, actor=agent)
    services.assign(adas_ticket, grace, actor=agent)
    services.assign_team(adas_ticket, refunds, actor=agent)
    services.change_status(adas_ticket, Status.SOLVED, actor=agent)
    services.receive_message(
        adas_ticket, Incoming("Still broken"), customer=ada, channel="email", actor=Actor.of_customer(ada)
    )
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert (ticket.reply_count, ticket.reopen_count, ticket.assignee_stations) == (1, 1, 2)
    assert ticket.assigned_at and ticket.requester_updated_at and ticket.assignee_updated_at
    assert ticket.status_changed_at == ticket.updated_at


def test_the_migration_tells_older_tickets_the_same(adas_ticket: Ticket, grace: User, alan: User) -> None:
    with services.gesture(adas_ticket, actor=Actor.agent(grace)):
        services.add_reply(adas_ticket, "<p>On it.</p>", actor=Actor.agent(grace))
        services.assign(adas_ticket, alan, actor=Actor.agent(grace))
    services.change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(alan))
    services.change_status(adas_ticket, Status.OPEN, actor=Actor.agent(alan))
    names = (
        "status_changed_at assigned_at requester_updated_at assignee_updated_at reply_count reopen_count"
        " assignee_stations team_stations"
    ).split()
    kept = Ticket.objects.values(*names).get(pk=adas_ticket.pk)
    Ticket.objects.filter(pk=adas_ticket.pk).update(
        assigned_at=None, requester_updated_at=None, assignee_updated_at=None, reply_count=0, reopen_count=0,
        assignee_stations=0, team_stations=0, status_changed_at=timezone.now(),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(import_module("tickets.migrations.0005_tell_history_of_older_tickets").TELL)
    assert Ticket.objects.values(*names).get(pk=adas_ticket.pk) == kept
