"""The timeline over HTTP: a page of its own, a part of the customer's page, its further pages, its filters."""

from __future__ import annotations

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models import Status, Ticket
from tickets.services import add_note, add_reply, change_status

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def told(adas_ticket: Ticket, grace: User) -> Ticket:
    actor = Actor.agent(grace)
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=actor)
    add_note(adas_ticket, "<p>She knows engines.</p>", actor=actor)
    change_status(Ticket.objects.get(pk=adas_ticket.pk), Status.SOLVED, actor=actor)
    return adas_ticket


def url(customer: Customer, query: str = "") -> str:
    return f"/agent/of-customer/{customer.pk}/timeline/{query}"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_a_page_without_scripts(told: Ticket, ada: Customer, grace: User) -> None:
    html = as_(grace).get(url(ada)).content.decode()
    assert "<!DOCTYPE html>" in html
    for said in ("It rattles when it multiplies.", "Oil it.", "She knows engines.", "The engine rattles"):
        assert said in html
    assert html.index("She knows engines.") < html.index("Oil it.") < html.index("It rattles when it")
    assert f'data-live="customer:{ada.pk}"' in html


def test_a_part_of_the_page_brings_no_page(told: Ticket, ada: Customer, grace: User) -> None:
    html = as_(grace).get(url(ada), headers=FRAGMENT).content.decode()
    assert "<!DOCTYPE html>" not in html and html.count('id="timeline"') == 1
