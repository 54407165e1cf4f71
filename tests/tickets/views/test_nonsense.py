"""Addresses and bodies that no page of ours makes: answered, never an error of ours, and nothing is stored."""

from __future__ import annotations

import pytest
from django.test import Client

from tickets.models import Draft, Ticket

ENDLESS = "9" * 4400  # more digits than Python reads as a number


@pytest.mark.parametrize(
    "address",
    [
        f"/agent/?current={ENDLESS}",
        f"/agent/list/?current={ENDLESS}",
        f"/agent/tickets/{{number}}/thread/?before={ENDLESS}",
        f"/agent/tickets/{{number}}/earlier/?before={ENDLESS}",
        f"/agent/search/?q=engine&after={ENDLESS}",
        f"/agent/notifications/?after={ENDLESS}",
    ],
)
def test_a_number_without_end_counts_as_none(graces_browser: Client, adas_ticket: Ticket, address: str) -> None:
    assert graces_browser.get(address.format(number=adas_ticket.pk)).status_code == 200


def test_a_choice_without_end_is_refused(graces_browser: Client, adas_ticket: Ticket) -> None:
    sent = {"assignee": ENDLESS, "seen": "1"}
    assert (
        graces_browser.post(
            f"/agent/tickets/{adas_ticket.pk}/assignee/", sent, headers={"HX-Request": "true"}
        ).status_code
        == 409
    )


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"mode": "reply", "html": "x", "version": 1e400}',
        f'{{"mode": "reply", "html": "x", "version": {ENDLESS}}}',
        f'{{"mode": "reply", "html": "x", "version": 0, "attachments": [{",".join("1" * 500)}]}}',
    ],
)
def test_a_draft_that_is_none(graces_browser: Client, adas_ticket: Ticket, body: str) -> None:
    answer = graces_browser.put(f"/agent/tickets/{adas_ticket.pk}/draft/", body, content_type="application/json")
    assert answer.status_code == 400
    assert not Draft.objects.exists()


def test_recipients_hold_what_the_database_takes(graces_browser: Client, adas_ticket: Ticket) -> None:
    body = '{"mode": "reply", "html": "x", "version": 0, "recipients": {"to": ["a\\u0000da\\ud800@example.org"]}}'
    answer = graces_browser.put(f"/agent/tickets/{adas_ticket.pk}/draft/", body, content_type="application/json")
    assert answer.status_code == 200
    assert Draft.objects.get().recipients == {"to": ["ada?@example.org"], "cc": [], "bcc": [], "cc_seen": []}


def test_a_bulk_edit_to_a_number_without_end(graces_browser: Client, adas_ticket: Ticket) -> None:
    sent = {"ids": adas_ticket.pk, "actions": f'[{{"field": "priority", "value": {ENDLESS}}}]'}
    assert graces_browser.post("/agent/bulk/", sent).status_code == 422


def test_preferences_nested_without_end(graces_browser: Client) -> None:
    answer = graces_browser.post("/agent/preferences/", "[" * 100_000, content_type="application/json")
    assert answer.status_code == 400
