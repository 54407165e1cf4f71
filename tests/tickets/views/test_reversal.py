"""One key solves or takes a ticket; one click takes that back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Ticket, TicketEvent
from tickets.services import add_reply, assign, change_status

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def toast(client: Client, ticket: Ticket, what: str, **values: str) -> dict[str, Any]:
    answer = client.post(f"/agent/tickets/{ticket.pk}/{what}/", values, **HTMX)
    said: dict[str, Any] = json.loads(answer.headers.get("HX-Trigger", "{}")).get("ot:toast", {})
    return said


@pytest.mark.parametrize("before", ["new", "open", "pending"])
def test_solving_can_be_taken_back(client: Client, grace: User, adas_ticket: Ticket, before: str) -> None:
    client.force_login(grace)
    if before != "new":
        change_status(adas_ticket, before, actor=Actor.agent(grace))
    said = toast(client, adas_ticket, "status", status="solved")
    assert (said["text"], said["seconds"]) == ("Solved", 8)
    assert client.post(said["undo"], **HTMX).status_code == 204
    adas_ticket.refresh_from_db()
    assert adas_ticket.status == ("open" if before == "new" else before)
    last = TicketEvent.objects.filter(ticket=adas_ticket).latest("pk")
    assert (last.kind, last.payload["old"]) == ("status.changed", "solved")


def test_taking_a_ticket_can_be_taken_back(client: Client, grace: User, alan: User, adas_ticket: Ticket) -> None:
    client.force_login(grace)
    assign(adas_ticket, alan, actor=Actor.agent(alan))
    said = toast(client, adas_ticket, "assignee", assignee="me")
    assert said["text"] == "Assigned to Grace Hopper"
    client.post(said["undo"], **HTMX)
    adas_ticket.refresh_from_db()
    assert adas_ticket.assignee == alan


def test_what_changed_nothing_or_is_no_single_key_offers_nothing(
    client: Client, grace: User, adas_ticket: Ticket
) -> None:
    client.force_login(grace)
    assert toast(client, adas_ticket, "priority", priority="high") == {}
    toast(client, adas_ticket, "assignee", assignee="me")
    assert toast(client, adas_ticket, "assignee", assignee="me") == {}


def test_it_is_too_late_once_somebody_wanted_it_otherwise(
    client: Client, grace: User, alan: User, adas_ticket: Ticket
) -> None:
    client.force_login(grace)
    said = toast(client, adas_ticket, "status", status="solved")
    change_status(adas_ticket, "pending", actor=Actor.agent(alan))
    answer = client.post(said["undo"], **HTMX)
    assert (answer.status_code, "changed again" in answer.json()["detail"]) == (409, True)
    adas_ticket.refresh_from_db()
    assert adas_ticket.status == "pending"


def test_nobody_takes_back_what_others_did(client: Client, grace: User, alan: User, adas_ticket: Ticket) -> None:
    client.force_login(grace)
    add_reply(adas_ticket, "<p>Hello</p>", actor=Actor.agent(alan))
    theirs = TicketEvent.objects.filter(ticket=adas_ticket, actor_user=alan).latest("pk")
    for event in (str(theirs.pk), "0", "x", "9" * 30, ""):
        assert client.post(f"/agent/tickets/{adas_ticket.pk}/reversal/?event={event}", **HTMX).status_code == 404
