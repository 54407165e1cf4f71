"""A customer at a glance: what is counted, for whom, and that a hint stays a hint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from customers.orders import write_order
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.customers.health import health_of
from tickets.customers.segments import create_segment
from tickets.customers.sentiment import Sentiment, sentiment_of
from tickets.models import Inbox, Message, Status, Ticket
from tickets.services import add_note, add_reply, assign_team, change_status, open_ticket

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def order(customer: Customer, number: str, total: str, currency: str = "EUR", status: str = "paid") -> None:
    values = {
        "number": number, "status": status, "items": [], "total": Decimal(total), "currency": currency,
        "placed_at": NOW,
    }  # fmt: skip
    write_order(customer, values, source="shop", external_id=number, actor=Actor.of_customer(customer))


def test_what_is_open_and_who_spoke_last(adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User) -> None:
    done = open_for(ada, support, "Done")
    change_status(done, Status.SOLVED, actor=Actor.agent(grace))
    health = health_of(ada, grace, now=NOW)
    assert (health.tickets, health.open_tickets) == (2, 1)
    assert health.last_contact and health.last_contact.number == done.pk and not health.last_contact.is_ours
    add_note(adas_ticket, "<p>A note is no contact.</p>", actor=Actor.agent(grace))
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
    contact = health_of(ada, grace, now=NOW).last_contact
    assert contact and contact.is_ours and (contact.who, contact.number) == ("Grace Hopper", adas_ticket.pk)


def test_a_private_teams_tickets_count_for_nobody_outside(
    adas_ticket: Ticket, ada: Customer, grace: User, margaret: User
) -> None:
    assign_team(adas_ticket, Team.objects.create(name="Board", is_private=True), actor=Actor.agent(margaret))
    outside, inside = health_of(ada, grace, now=NOW), health_of(ada, margaret, now=NOW)
    assert (outside.tickets, outside.last_contact, outside.hint) == (0, None, None)
    assert inside.tickets == 1 and inside.last_contact


def test_how_long_first_replies_took(ada: Customer, support: Inbox, grace: User) -> None:
    for hours in (1, 3, 30):
        ticket = open_for(ada, support, "Engine")
        reply = add_reply(ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
        Message.objects.filter(pk=reply.pk).update(created_at=ticket.created_at + timedelta(hours=hours))
    open_for(ada, support, "Nobody has answered this one")
    health = health_of(ada, grace, now=NOW)
    assert [reply.total_seconds() / 3600 for reply in health.replies] == [30, 3, 1]
    assert health.usual_reply == timedelta(hours=3)


def test_whom_we_wrote_to_first_did_not_wait(ada: Customer, support: Inbox, grace: User) -> None:
    ticket = open_ticket(ada, "Your engine", inbox=support, channel="email", actor=Actor.agent(grace))
    add_reply(ticket, "<p>It is ready.</p>", actor=Actor.agent(grace))
    assert health_of(ada, grace, now=NOW).replies == []


def test_what_orders_are_worth_by_currency(ada: Customer, grace: User) -> None:
    for number, total, currency, status in (
        ("1", "10.50", "EUR", "paid"),
        ("2", "20", "EUR", "shipped"),
        ("3", "99", "EUR", "cancelled"),
        ("4", "7", "USD", "paid"),
    ):
        order(ada, number, total, currency, status)
    worth = health_of(ada, grace, now=NOW).worth
    assert [(one.currency, one.total, one.orders) for one in worth] == [("EUR", Decimal("30.5"), 2), ("USD", 7, 1)]


def test_badges_are_plain_rules(adas_ticket: Ticket, ada: Customer, grace: User, margaret: User) -> None:
    gold = {"all": [{"field": "tier", "operator": "is", "value": "Gold"}]}
    create_segment(margaret, "VIP", mine=False, is_badge=True, colour="violet", conditions=gold)
    assert health_of(ada, grace, now=NOW).badges == []
    Customer.objects.filter(pk=ada.pk).update(tier="Gold")
    ada.refresh_from_db()
    assert [badge.name for badge in health_of(ada, grace, now=NOW).badges] == ["VIP"]


def test_it_is_four_statements(adas_ticket: Ticket, ada: Customer, grace: User, margaret: User) -> None:
    gold = {"all": [{"field": "tier", "operator": "is", "value": "Gold"}]}
    for name in ("VIP", "New", "At risk"):
        create_segment(margaret, name, mine=False, is_badge=True, conditions=gold)
    assert grace.hidden_team_ids == []
    with CaptureQueriesContext(connection) as statements:
        health_of(ada, grace, now=timezone.now())
    assert len(statements) <= 4


@pytest.mark.parametrize(
    ("said", "sentiment"),
    [
        (["Thank you so much, that was great!"], Sentiment.FRIENDLY),
        (["Vielen Dank, das ist super und hilfreich."], Sentiment.FRIENDLY),
        (["This is unacceptable, I am very disappointed."], Sentiment.UNHAPPY),
        (["Ich bin enttäuscht und verärgert."], Sentiment.UNHAPPY),
        (["I am not happy. This is not helpful."], Sentiment.UNHAPPY),
        (["That is great.", "I was annoyed."], Sentiment.MIXED),
        (["The pump is broken, please refund it."], None),
        (["Thanks a million", "Vielen Dank", "Many thanks"], None),
        (["> awful, terrible, unacceptable"], None),
        ([], None),
    ],
)
def test_how_the_last_messages_sound(said: list[str], sentiment: Sentiment | None) -> None:
    hint = sentiment_of([(text, "") for text in said])
    assert (hint and hint.sentiment) == sentiment


def test_of_a_language_it_does_not_know_it_says_nothing() -> None:
    assert sentiment_of([("super super perfekt great happy", "fr")]) is None


def test_the_card_says_that_a_hint_is_a_hint(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    Message.objects.filter(ticket=adas_ticket).update(text="I am disappointed, this is unacceptable.")
    client = Client()
    client.force_login(grace)
    html = client.get(f"/agent/of-customer/{ada.pk}/health/").content.decode()
    assert "sounds unhappy" in html and "a hint, from words alone" in html
    assert "Lifetime value" not in html and "CSAT" not in html  # nothing is said of what is not known
    beside = client.get(f"/agent/of-customer/{ada.pk}/health/?beside=ticket").content.decode()
    assert "At a glance</h2>" not in beside and f'data-live="customer:{ada.pk}"' in beside


def test_the_ticket_page_leaves_a_hole_for_it(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    client = Client()
    client.force_login(grace)
    html = client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    assert f'hx-get="/agent/of-customer/{ada.pk}/health/?beside=ticket"' in html
    assert "Everything about Ada Lovelace" in html
