"""The page of the tickets behind a number."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from helpdesk.accounts.models import User
from tests.metrics.test_asking import fact, moment, on, tickets
from tickets.models import Ticket

__all__ = ["tickets"]
RANGE = {"from": "2026-03-01", "to": "2026-03-31"}


def page(client: Client, **params: str | list[str]) -> tuple[int, str]:
    answer = client.get("/reports/tickets/?" + urlencode({**RANGE, **params}, doseq=True))
    return answer.status_code, answer.content.decode()


def test_the_tickets_of_one_day(client: Client, margaret: User, tickets: list[Ticket]) -> None:
    client.force_login(margaret)
    for n, ticket in enumerate(tickets):
        fact(ticket, on(1 + n))
    status, html = page(client, measure="opened", by="day,channel", key=["2026-03-02", "email"])
    assert status == 200
    assert "Question 1" in html
    assert "Question 2" not in html
    assert "E-mail" in html


def test_pages_follow_each_other(client: Client, margaret: User, tickets: list[Ticket]) -> None:
    client.force_login(margaret)
    for ticket in tickets:
        fact(ticket, on(1))
    assert all(f"Question {n}" in page(client, measure="opened")[1] for n in range(4))
    assert "after=" not in page(client, measure="opened")[1]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"measure": "luck"}, "There is no measure “luck”."),
        ({"measure": "opened", "by": "moon", "key": "full"}, "Nothing is told by “moon”."),
        ({"measure": "opened", "by": "day"}, "does not say which group"),
        ({"measure": "opened", "by": "day", "key": "moon"}, "There is no such group of tickets."),
        ({"measure": "opened", "by": "team", "key": "moon"}, "There is no such group of tickets."),
        ({"measure": "opened", "from": "moon"}, "“moon” is no date"),
    ],
)
def test_what_can_not_be_read_is_said(client: Client, margaret: User, params: dict[str, str], words: str) -> None:
    client.force_login(margaret)
    status, html = page(client, **params)
    assert (status, words in html) == (422, True)


def test_agents_see_what_their_own_numbers_are_made_of(
    client: Client, grace: User, alan: User, tickets: list[Ticket]
) -> None:
    client.force_login(grace)
    moment(tickets[0], "replied", on(2), user_id=grace.pk)
    status, html = page(client, measure="replies", by="agent", key=str(grace.pk))
    assert (status, "Question 0" in html) == (200, True)
    assert page(client, measure="replies", by="agent", key=str(alan.pk))[0] == 403
    assert page(client, measure="replies")[0] == 403
