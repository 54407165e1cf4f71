"""Which requests a customer may open, and which words on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.models import Channel, DeliveryState, Inbox, Message, Status, Ticket
from tickets.portal.requests import conversation, own_requests, page_of, requests_of, shared_requests
from tickets.services import (
    Incoming,
    add_note,
    add_reply,
    assign_team,
    change_status,
    open_ticket,
    receive_message,
)
from tickets.services.sending import retract_reply

pytestmark = pytest.mark.django_db


def numbers(tickets: object) -> list[int]:
    return sorted(ticket.pk for ticket in tickets)  # type: ignore[attr-defined]


def texts(ticket: Ticket, customer: Customer) -> list[str]:
    return [message.text for message in conversation(ticket, customer).messages]


def test_own_ones_and_nobody_elses(adas_ticket: Ticket, ada: Customer, eve: Customer) -> None:
    assert numbers(requests_of(ada)) == [adas_ticket.pk]
    assert not requests_of(eve).exists()


def test_colleagues_see_each_others_while_their_organisation_shares(
    adas_ticket: Ticket, tims_ticket: Ticket, ada: Customer, tim: Customer, eve: Customer, company: Organisation
) -> None:
    assert numbers(requests_of(tim)) == numbers([adas_ticket, tims_ticket])
    assert (numbers(own_requests(tim)), numbers(shared_requests(tim))) == ([tims_ticket.pk], [adas_ticket.pk])
    assert not requests_of(eve).exists()
    Organisation.objects.update(shares_tickets=False)
    assert numbers(requests_of(tim)) == [tims_ticket.pk]


def test_who_leaves_the_organisation_sees_no_more_of_it(adas_ticket: Ticket, tim: Customer) -> None:
    Customer.objects.filter(pk=tim.pk).update(organisation=None)
    tim.refresh_from_db()
    assert not requests_of(tim).exists()


def test_a_ticket_of_notes_alone_does_not_exist(ada: Customer, support: Inbox, grace: User) -> None:
    agent = Actor.agent(grace)
    ticket = open_ticket(ada, "Is she a crook?", inbox=support, channel=Channel.WEB, actor=agent)
    add_note(ticket, "<p>Look at her orders.</p>", actor=agent)
    assert not requests_of(ada).exists()


def test_the_ticket_of_a_private_team_is_still_its_requesters(
    adas_ticket: Ticket, ada: Customer, margaret: User
) -> None:
    assign_team(adas_ticket, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(margaret))
    assert requests_of(ada).exists()


def test_no_note_is_ever_said(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    add_note(adas_ticket, "<p>She is a nuisance.</p>", actor=Actor.agent(grace))
    assert texts(adas_ticket, ada) == ["It rattles when it multiplies.\n\nAda"]


def test_a_reply_is_said_once_nobody_can_take_it_back(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    reply = add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    assert len(texts(adas_ticket, ada)) == 1
    for state in (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN):
        Message.objects.filter(pk=reply.pk).update(delivery_state=state)
        assert texts(adas_ticket, ada)[1:] == ["Oil it."], state


def test_what_was_taken_back_or_waits_for_its_hour_is_not_said(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    agent = Actor.agent(grace)
    retract_reply(add_reply(adas_ticket, "<p>No.</p>", actor=agent), actor=agent)
    add_reply(adas_ticket, "<p>Tomorrow.</p>", actor=agent, send_at=timezone.now() + timedelta(days=1))
    assert len(texts(adas_ticket, ada)) == 1


def test_strangers_and_machines_are_left_out(adas_ticket: Ticket, ada: Customer, eve: Customer) -> None:
    for more in ({"is_unverified": True}, {"is_auto_reply": True}):
        incoming = Incoming(text="I am her husband.", from_address="eve@elsewhere.example", **more)  # type: ignore[arg-type]
        receive_message(adas_ticket, incoming, customer=eve, channel=Channel.EMAIL, actor=Actor.of_customer(eve))
    assert len(texts(adas_ticket, ada)) == 1
    assert not requests_of(eve).exists()


def test_the_list_is_in_the_order_of_what_was_said_not_of_what_we_do(
    adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User
) -> None:
    newer = open_for(ada, support, "Another engine")
    add_note(adas_ticket, "<p>A note.</p>", actor=Actor.agent(grace))
    assert [row.ticket.pk for row in page_of(own_requests(ada), ada, now=timezone.now()).rows] == [
        newer.pk, adas_ticket.pk,
    ]  # fmt: skip


def test_pages_follow_each_other_without_gaps(ada: Customer, support: Inbox) -> None:
    made = [open_for(ada, support, f"Engine {number}").pk for number in range(25)]
    Message.objects.update(created_at=timezone.now())  # all at the same moment
    first = page_of(own_requests(ada), ada, now=timezone.now())
    second = page_of(own_requests(ada), ada, before=first.older, now=timezone.now())
    assert [row.ticket.pk for row in [*first.rows, *second.rows]] == made[::-1]
    assert (len(first.rows), second.older) == (20, "")


@pytest.mark.parametrize("place", ["", "x", "_", "2026-13-45T00:00_1", "2026-11-22T10:00:00_1", "2026-11-22_é", "0_²"])
def test_a_place_that_is_none_is_the_top(place: str, adas_ticket: Ticket, ada: Customer) -> None:
    assert len(page_of(own_requests(ada), ada, before=place, now=timezone.now()).rows) == 1


def test_lists_are_sifted(adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User) -> None:
    done = open_for(ada, support, "Done 100%")
    change_status(done, Status.SOLVED, actor=Actor.agent(grace))

    def found(**asked: str) -> list[int]:
        return [row.ticket.pk for row in page_of(own_requests(ada), ada, now=timezone.now(), **asked).rows]

    assert (found(only="open"), found(only="solved")) == ([adas_ticket.pk], [done.pk])
    assert found(words="RATTLES") == found(words=f"#{adas_ticket.pk}") == [adas_ticket.pk]
    assert (found(words="100%"), found(words="1%2"), found(words="9" * 30)) == ([done.pk], [], [])


def test_a_list_costs_the_same_statements_however_long(ada: Customer, support: Inbox) -> None:
    for number in range(5):
        open_for(ada, support, f"Engine {number}")
    with CaptureQueriesContext(connection) as few:
        page_of(own_requests(ada), ada, now=timezone.now())
    assert len(few) == 3


def test_long_conversations_come_in_pieces(adas_ticket: Ticket, ada: Customer) -> None:
    for number in range(70):
        incoming = Incoming(text=f"Again {number}", from_address="ada@example.org")
        receive_message(adas_ticket, incoming, customer=ada, channel=Channel.EMAIL, actor=Actor.of_customer(ada))
    newest = conversation(adas_ticket, ada)
    assert (len(newest.messages), newest.messages[-1].text) == (60, "Again 69")
    older = conversation(adas_ticket, ada, before=newest.earlier)
    assert (len(older.messages), older.earlier) == (11, 0)
    assert older.messages[-1].pk < newest.messages[0].pk
