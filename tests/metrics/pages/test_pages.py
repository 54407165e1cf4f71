"""The report pages over a small house: each draws, counts right, asks few statements and lets nobody in who may not."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from metrics.facts.rebuilding import tell_range
from metrics.views.reports import REPORTS
from tests.cast import open_for
from tickets.models import Inbox, Status, Ticket
from tickets.services import add_reply, assign, change_status

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 75  # of a page with its frame; none may grow with tickets, teams or agents


@pytest.fixture
def house(ada: Customer, support: Inbox, grace: User, support_team: Team) -> list[Ticket]:
    """Five tickets: two answered and solved by Grace, the others waiting."""
    tickets = [open_for(ada, support, f"Question {n}") for n in range(5)]
    for ticket in tickets[:2]:
        assign(ticket, grace, actor=Actor.agent(grace))
        add_reply(ticket, "<p>Done.</p>", actor=Actor.agent(grace))
        change_status(ticket, Status.SOLVED, actor=Actor.agent(grace))
    tell_range(0)
    return tickets


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return answer.content.decode()


def value_of(html: str, label: str) -> str:
    """What a tile says."""
    tile = re.search(rf'class="label"><span>{label}</span>.*?class="value[^"]*">\s*(?:<a [^>]*>)?([^<]*)', html, re.S)
    assert tile, label
    return tile[1].strip()


@pytest.mark.parametrize("name", REPORTS)
def test_every_page_draws_for_a_full_and_an_empty_house(
    client: Client, margaret: User, house: list[Ticket], name: str
) -> None:
    client.force_login(margaret)
    path = "/reports/" if name == "overview" else f"/reports/{name}/"
    assert str(REPORTS[name].title) in page(client, path)
    long_ago = page(client, f"{path}?from=2001-01-01&to=2001-01-31&clock=working&compare=year")
    assert 'data-kind="line"' not in long_ago or name == "backlog"


def test_numbers_are_right_and_lead_to_their_tickets(client: Client, margaret: User, house: list[Ticket]) -> None:
    client.force_login(margaret)
    html = page(client, "/reports/?preset=today")
    assert (value_of(html, "Opened"), value_of(html, "Solved"), value_of(html, "Backlog")) == ("5", "2", "3")
    link = re.search(r'class="value">\s*<a href="([^"]*measure=solved[^"]*)"', html)
    assert link
    behind = page(client, link[1].replace("&amp;", "&"))
    assert all(f"Question {n}" in behind for n in (0, 1))
    assert "Question 3" not in behind


def test_conditions_narrow_all_of_it(client: Client, margaret: User, house: list[Ticket]) -> None:
    client.force_login(margaret)
    solved = quote(json.dumps({"all": [{"field": "status", "operator": "is", "value": "solved"}]}))
    html = page(client, f"/reports/?preset=today&filter={solved}")
    assert value_of(html, "Opened") == "2"
    assert "Remove Status" in html


def test_the_address_can_be_wrong(client: Client, margaret: User, house: list[Ticket]) -> None:
    client.force_login(margaret)
    for query, words in (
        ("from=yesterday", "is no date like 2026-11-22"),
        ("from=2026-02-01&to=2026-01-01", "The range ends before it begins."),
        ("filter=nonsense", "can’t be read"),
    ):
        answer = client.get(f"/reports/?{query}")
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client.get("/reports/no-such/").status_code == 404


def test_agents_have_pages_of_their_own(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert client.get("/reports/").status_code == 403
    assert client.get("/reports/teams/").status_code == 403


def test_a_new_installation_is_told_what_will_be_here(client: Client, margaret: User) -> None:
    client.force_login(margaret)
    assert "No numbers yet" in page(client, "/reports/")


@pytest.mark.parametrize("name", REPORTS)
def test_statements_do_not_grow_with_the_house(
    client: Client, margaret: User, house: list[Ticket], ada: Customer, support: Inbox, name: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    client.force_login(margaret)
    path = "/reports/" if name == "overview" else f"/reports/{name}/"
    client.get(path)
    with django_assert_max_num_queries(MOST_STATEMENTS) as few:
        client.get(path)
    for n in range(5):
        team = Team.objects.create(name=f"Team {n}")
        ticket = open_for(ada, support, f"More {n}")
        Ticket.objects.filter(pk=ticket.pk).update(team=team)
    tell_range(0)
    with django_assert_max_num_queries(MOST_STATEMENTS) as many:
        client.get(path)
    assert len(many) <= len(few) + 2
