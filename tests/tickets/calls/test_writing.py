"""Calls written down by agents: in a form, by keyboard, on a ticket that is there or a new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.identify import identify
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models import (
    Call,
    CallbackReason,
    CallbackRequest,
    CallScript,
    Channel,
    Inbox,
    MessageKind,
    Outcome,
    Status,
    Ticket,
    TicketEvent,
)

pytestmark = pytest.mark.django_db

NUMBER = "+493012345678"


@pytest.fixture
def browser(grace: User, client: Client) -> Client:
    client.force_login(grace)
    return client


def form(**more: object) -> dict[str, object]:
    return {"key": uuid4(), "direction": "in", "duration": "4:30", "outcome": "resolved", "notes": "All good.", **more}


def events(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def test_what_was_ticked_is_not_lost_with_a_mistake_elsewhere(browser: Client, support: Inbox) -> None:
    script = CallScript.objects.create(topic="Returns", steps=["Ask the number", "Say goodbye"])
    said = form(who="Ada", duration="abc", script=script.pk, steps=["Ask the number"])
    answer = browser.post("/agent/calls/new/", said)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = " ".join(answer.content.decode().split())
    assert 'value="Ask the number" checked>' in page and 'value="Say goodbye" checked' not in page


def test_whoever_knows_who_it_is_begins_with_the_notes(browser: Client) -> None:
    ada = identify("phone", NUMBER, name="Ada Lovelace").customer
    page = browser.get(f"/agent/calls/new/?customer={ada.pk}").content.decode()
    assert page.count("autofocus") == 1
    assert "autofocus" in page.partition('name="notes"')[2].partition(">")[0]


def test_a_call_of_somebody_new_opens_a_ticket(browser: Client, support: Inbox, grace: User) -> None:
    answer = browser.post("/agent/calls/new/", form(who="Ada Lovelace", number="030 12345678", tags="engine, steam"))
    call = Call.objects.get()
    assert answer["Location"] == f"/agent/tickets/{call.ticket_id}/"
    ticket = Ticket.objects.get(pk=call.ticket_id)
    assert (ticket.subject, ticket.channel, ticket.assignee) == ("Call from Ada Lovelace", Channel.PHONE, grace)
    assert set(ticket.tags) == {"engine", "steam"}
    assert (call.seconds_talked, call.outcome, call.agent, call.is_logged) == (270, Outcome.RESOLVED, grace, True)
    assert ticket.requester.name == "Ada Lovelace"
    message = ticket.messages.get()
    assert (message.kind, message.channel, message.text.strip()) == (MessageKind.NOTE, Channel.PHONE, "All good.")
    assert {"ticket.opened", "call.written_up", "note.added", "tags.changed"} <= set(events(ticket))


def test_on_a_ticket_that_is_there(browser: Client, adas_ticket: Ticket) -> None:
    assert adas_ticket.waiting_since
    browser.post("/agent/calls/new/", form(about=adas_ticket.pk, direction="out", status="solved", notes=""))
    call = Call.objects.get()
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert (call.ticket_id, call.customer, ticket.status) == (ticket.pk, ticket.requester, Status.SOLVED)
    assert ticket.waiting_since is None  # they were spoken with
    page = browser.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert "Outgoing call" in page and "4 min talked" in page


def test_nobody_was_reached_so_they_still_wait(browser: Client, adas_ticket: Ticket) -> None:
    browser.post("/agent/calls/new/", form(about=adas_ticket.pk, direction="out", outcome="no_answer", duration="0:00"))
    assert Ticket.objects.get(pk=adas_ticket.pk).waiting_since is not None


def test_the_same_form_twice_is_one_call(browser: Client, support: Inbox) -> None:
    data = form(who="Ada", number=NUMBER)
    browser.post("/agent/calls/new/", data)
    browser.post("/agent/calls/new/", data)
    assert Call.objects.count() == Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_is_one_call(grace: User, support: Inbox) -> None:
    """Ctrl Enter pressed twice: neither browser sees an error, and there is one ticket."""
    data = form(who="Ada", number=NUMBER)

    def send(_turn: int) -> int:
        try:
            client = Client()
            client.force_login(grace)
            return client.post("/agent/calls/new/", data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as browsers:
        assert set(browsers.map(send, range(4))) == {HTTPStatus.FOUND}
    assert Call.objects.count() == Ticket.objects.count() == 1


def test_who_is_known_by_a_browser_alone_is_shown_by_name(browser: Client) -> None:
    identify("chat", "c7e26acb-ef4c-4926-bb28-6a04958d2cc1", name="Ada from the shop")
    page = browser.get("/agent/calls/people/?who=Ada").content.decode()
    assert "Ada from the shop" in page and "c7e26acb" not in page


def test_a_known_customer_is_given_the_number(browser: Client, ada: Customer, support: Inbox) -> None:
    browser.post("/agent/calls/new/", form(who="Ada Lovelace", customer=ada.pk, number=NUMBER))
    assert ada.identities.filter(kind="phone", value=NUMBER).exists()
    assert Call.objects.get().customer == ada


def test_the_number_alone_finds_its_owner(browser: Client, support: Inbox) -> None:
    ada = identify("phone", NUMBER, name="Ada").customer
    browser.post("/agent/calls/new/", form(who=NUMBER))
    assert Call.objects.get().customer == ada


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"who": ""}, "Say who it was"),
        ({"who": "Ada", "duration": "a while"}, "minutes and seconds"),
        ({"who": "Ada", "duration": "99:00:00"}, "at most a day"),
        ({"who": "Ada", "outcome": ""}, "Say what came of the call"),
        ({"who": "Ada", "follow_up_on": "2001-01-01", "number": NUMBER}, "still to come"),
        ({"who": "Ada", "follow_up_on": "2101-01-01"}, "no number to call back"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_half_done(
    browser: Client, support: Inbox, wrong: dict[str, object], words: str
) -> None:
    answer = browser.post("/agent/calls/new/", form(**wrong))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Call.objects.exists() and not Ticket.objects.exists() and not Customer.objects.exists()


def test_a_day_to_call_again_is_a_call_that_we_owe(browser: Client, support: Inbox) -> None:
    day = (timezone.now() + timedelta(days=3)).date()
    browser.post("/agent/calls/new/", form(who="Ada", number=NUMBER, follow_up_on=day.isoformat()))
    owed = CallbackRequest.objects.get()
    assert (owed.reason, owed.due_at.date(), owed.number) == (CallbackReason.FOLLOW_UP, day, NUMBER)


def test_steps_of_the_script_are_kept(browser: Client, support: Inbox) -> None:
    script = CallScript.objects.create(topic="Broken", steps=["Ask for the order", "Offer a new one"])
    steps = ["Offer a new one", "made up"]
    browser.post("/agent/calls/new/", form(who="Ada", number=NUMBER, script=script.pk, steps=steps))
    call = Call.objects.get()
    assert (call.script, call.steps_done) == (script, ["Offer a new one"])


def test_the_form_knows_where_one_came_from(browser: Client, adas_ticket: Ticket) -> None:
    come = browser.get("/agent/calls/new/", headers={"Referer": f"https://desk.test/agent/tickets/{adas_ticket.pk}/"})
    page = come.content.decode()
    assert f'value="{adas_ticket.pk}" checked' in " ".join(page.split())
    other = browser.get("/agent/calls/new/", headers={"Referer": "https://desk.test/agent/"}).content.decode()
    assert f'value="{adas_ticket.pk}"' not in other


def test_people_are_found_by_name_and_number(browser: Client, ada: Customer) -> None:
    identify("phone", NUMBER, name="Babbage")
    assert f'data-customer="{ada.pk}"' in browser.get("/agent/calls/people/?who=lovel").content.decode()
    assert f'data-number="{NUMBER}"' in browser.get("/agent/calls/people/?who=030 1234 5678").content.decode()


def test_a_strangers_name_is_text(browser: Client, support: Inbox) -> None:
    browser.post("/agent/calls/new/", form(who="<b>Ada</b>", number=NUMBER, notes="<script>alert(1)</script>"))
    ticket = Ticket.objects.get()
    page = browser.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert "<script>alert(1)" not in page and "<b>Ada</b>" not in page
    assert "<b>Ada</b>" not in browser.get("/agent/calls/").content.decode()
