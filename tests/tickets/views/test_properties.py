"""Changing a ticket: the details come back as they are now; what the rules forbid is said where it was asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tickets.models import CcState, Status, Ticket
from tickets.services import change_status

HTMX = {"HX-Request": "true"}


def change(client: Client, ticket: Ticket, what: str, **fields: Any) -> Any:
    return client.post(f"/agent/tickets/{ticket.pk}/{what}/", fields, headers=HTMX)


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        ("status", "status", "pending"),
        ("priority", "priority", "urgent"),
        ("type", "type", "incident"),
        ("subject", "subject", "It rattles louder"),
    ],
)
def test_a_property_changes_and_the_details_show_it(
    what: str, field: str, value: str, graces_browser: Client, adas_ticket: Ticket
) -> None:
    answer = change(graces_browser, adas_ticket, what, **{field: value})
    assert answer.status_code == 200
    assert getattr(now(adas_ticket), field) == value
    page = answer.content.decode()
    assert 'id="props"' in page and 'id="thead"' in page


def test_put_does_what_post_does(graces_browser: Client, adas_ticket: Ticket) -> None:
    url = f"/agent/tickets/{adas_ticket.pk}/priority/"
    graces_browser.put(url, "priority=high", content_type="application/x-www-form-urlencoded")
    assert now(adas_ticket).priority == "high"


def test_tags_are_cleaned(graces_browser: Client, adas_ticket: Ticket) -> None:
    change(graces_browser, adas_ticket, "tags", tags="Refund, late  parcel,refund,")
    assert now(adas_ticket).tags == ["refund", "late_parcel"]


def test_assign_to_me_to_others_and_to_nobody(
    graces_browser: Client, grace: User, alan: User, adas_ticket: Ticket
) -> None:
    change(graces_browser, adas_ticket, "assignee", assignee="me")
    assert now(adas_ticket).assignee == grace
    change(graces_browser, adas_ticket, "assignee", assignee=alan.pk)
    assert now(adas_ticket).assignee == alan
    change(graces_browser, adas_ticket, "assignee", assignee="")
    assert now(adas_ticket).assignee is None


def test_a_light_agent_cannot_be_given_a_ticket(graces_browser: Client, linus: User, adas_ticket: Ticket) -> None:
    answer = change(graces_browser, adas_ticket, "assignee", assignee=linus.pk)
    assert answer.status_code == 422
    assert "data-error" in answer.content.decode()
    assert now(adas_ticket).assignee is None


@pytest.mark.parametrize("status", ["new", "closed", "nonsense", ""])
def test_a_move_that_the_table_does_not_have_is_refused_in_words(
    status: str, graces_browser: Client, adas_ticket: Ticket, grace: User
) -> None:
    change_status(adas_ticket, Status.OPEN, actor=Actor.agent(grace))
    answer = change(graces_browser, adas_ticket, "status", status=status)
    assert answer.status_code == 422
    assert "data-error" in answer.content.decode()
    assert now(adas_ticket).status == Status.OPEN


def test_without_scripts_the_page_comes_back_with_the_reason(graces_browser: Client, adas_ticket: Ticket) -> None:
    url = f"/agent/tickets/{adas_ticket.pk}/subject/"
    answer = graces_browser.post(url, {"subject": "x" * 301}, follow=True)
    assert "1 to 300 characters" in answer.content.decode()


def test_copies_are_added_taken_out_and_never_the_requester_or_ourselves(
    graces_browser: Client, adas_ticket: Ticket
) -> None:
    change(graces_browser, adas_ticket, "ccs", address="Charles@Example.org")
    assert adas_ticket.ccs.get().address == "charles@example.org"
    assert adas_ticket.ccs.get().state == CcState.CC
    for address in ("ada@example.org", adas_ticket.inbox.address.upper(), "support+spring@onethread.test"):
        assert change(graces_browser, adas_ticket, "ccs", address=address).status_code == 422
    change(graces_browser, adas_ticket, "ccs", address="charles@example.org", remove="1")
    assert not adas_ticket.ccs.exists()


def test_follow_and_stop_following(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    assert "Stop following" in change(graces_browser, adas_ticket, "followers").content.decode()
    assert adas_ticket.followers.get().user == grace
    graces_browser.delete(f"/agent/tickets/{adas_ticket.pk}/followers/", headers=HTMX)
    assert not adas_ticket.followers.exists()


def test_a_light_agent_follows_but_enrols_nobody(client: Client, linus: User, alan: User, adas_ticket: Ticket) -> None:
    client.force_login(linus)
    assert change(client, adas_ticket, "followers").status_code == 200
    answer = change(client, adas_ticket, "followers", user=alan.pk)
    assert answer.status_code == 403
    assert "light agents" in answer.json()["detail"]


def test_who_may_not_see_a_ticket_cannot_be_made_its_follower(
    radias_browser: Client, alan: User, adas_ticket: Ticket
) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    change(radias_browser, adas_ticket, "team", team=legal.pk)
    assert change(radias_browser, adas_ticket, "followers", user=alan.pk).status_code == 422


def test_moving_a_ticket_out_of_ones_own_sight_leads_back_to_the_queue(
    graces_browser: Client, adas_ticket: Ticket
) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    answer = change(graces_browser, adas_ticket, "team", team=legal.pk)
    assert answer["HX-Redirect"] == "/agent/"
    assert graces_browser.get(f"/agent/tickets/{adas_ticket.pk}/").status_code == 404


def test_a_closed_ticket_stays_as_it_is(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(adas_ticket, status, actor=Actor.agent(grace))
    answer = change(graces_browser, adas_ticket, "priority", priority="high")
    assert answer.status_code == 422
    assert "closed" in answer.content.decode()
