"""What tickets do when their customers become one, or two again."""

from __future__ import annotations

from time import perf_counter

import pytest
from django.db import connection
from django.utils import timezone

from channels_app.models import Delivery
from customers import merging
from customers.actors import Actor
from customers.identify import identify
from customers.models import Customer, CustomerMerge
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.models import CcState, Inbox, Message, StaleSearchEntry, Ticket, TicketCC, TicketEvent
from tickets.search import upkeep
from tickets.search.results import search
from tickets.services import Incoming, add_cc, add_reply, open_ticket, receive_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(grace: User) -> Actor:
    return Actor.agent(grace)


@pytest.fixture
def countess(db: None) -> Customer:
    """Ada's other address, which nobody knows to be hers."""
    return identify("email", "countess@example.com", name="A. Byron").customer


def merge(survivor: Customer, other: Customer, me: Actor) -> CustomerMerge:
    return merging.merge(survivor, other, actor=me, confirmed=True)


def test_tickets_and_what_was_written_on_them_follow(
    ada: Customer, countess: Customer, support: Inbox, me: Actor
) -> None:
    theirs = open_for(countess, support, "A poem")
    done = merge(ada, countess, me)
    theirs.refresh_from_db()
    assert theirs.requester == ada
    assert Message.objects.get(ticket=theirs).author_customer == ada
    assert set(TicketEvent.objects.filter(ticket=theirs).values_list("actor_customer", flat=True)) == {ada.pk}
    merging.undo(done, actor=me)
    theirs.refresh_from_db()
    assert theirs.requester == countess
    assert Message.objects.get(ticket=theirs).author_customer == countess
    assert set(TicketEvent.objects.filter(ticket=theirs).values_list("actor_customer", flat=True)) == {countess.pk}


def test_new_mail_to_the_merged_address_reaches_the_survivor(ada: Customer, countess: Customer, me: Actor) -> None:
    merge(ada, countess, me)
    assert identify("email", "countess@example.com", name="A. Byron").customer == ada


def test_what_came_after_the_merge_goes_to_whose_address_wrote_it(
    ada: Customer, countess: Customer, support: Inbox, me: Actor
) -> None:
    old = open_for(ada, support, "Old")
    done = merge(ada, countess, me)
    hers, theirs = (_write(address, support) for address in ("ada@example.org", "Countess@example.com"))
    by_agent = open_ticket(ada, "We call", inbox=support, channel="email", actor=me)
    add_reply(by_agent, "<p>When?</p>", actor=me)
    receive_message(old, Incoming(text="Me again", from_address="countess@example.com"), customer=ada, channel="email",
                    actor=Actor.of_customer(ada))  # fmt: skip
    merging.undo(done, actor=me)
    requesters = dict(Ticket.objects.values_list("pk", "requester"))
    assert requesters == {old.pk: ada.pk, hers.pk: ada.pk, theirs.pk: countess.pk, by_agent.pk: ada.pk}
    again = Message.objects.get(text="Me again")
    assert again.author_customer == countess
    assert set(TicketEvent.objects.filter(ticket=theirs).values_list("actor_customer", flat=True)) == {countess.pk}


def _write(address: str, inbox: Inbox) -> Ticket:
    customer = identify("email", address).customer
    actor = Actor.of_customer(customer)
    ticket = open_ticket(customer, f"From {address}", inbox=inbox, channel="email", actor=actor)
    receive_message(
        ticket, Incoming(text="Hello", from_address=address), customer=customer, channel="email", actor=actor
    )
    return ticket


def test_nobody_is_in_copy_of_their_own_ticket(ada: Customer, countess: Customer, support: Inbox, me: Actor) -> None:
    third = identify("email", "third@example.org", name="Third").customer
    hers, theirs, thirds = (open_for(each, support, "Copies") for each in (ada, countess, third))
    add_cc(hers, countess, "countess@example.com", actor=me)
    add_cc(theirs, ada, "ada@example.org", actor=me)
    add_cc(thirds, ada, "ada@example.org", actor=me)
    add_cc(thirds, countess, "countess@example.com", actor=me)
    before = list(TicketCC.objects.order_by("pk").values())
    done = merge(ada, countess, me)
    assert list(TicketCC.objects.values_list("ticket", "customer", "state")) == [(thirds.pk, ada.pk, CcState.CC)]
    merging.undo(done, actor=me)
    assert list(TicketCC.objects.order_by("pk").values()) == before


def test_a_reply_that_waits_keeps_its_address(ada: Customer, countess: Customer, support: Inbox, me: Actor) -> None:
    theirs = open_for(countess, support, "A poem")
    reply = add_reply(theirs, "<p>Thank you</p>", actor=me)
    before = list(Delivery.objects.values("message", "state", "raw"))
    merge(ada, countess, me)
    reply.refresh_from_db()
    assert reply.to == ["countess@example.com"]
    assert list(Delivery.objects.values("message", "state", "raw")) == before
    assert add_reply(Ticket.objects.get(pk=theirs.pk), "<p>Again</p>", actor=me).to == ["countess@example.com"]


def test_the_search_finds_tickets_by_the_new_name(ada: Customer, countess: Customer, support: Inbox, me: Actor) -> None:
    theirs = open_for(countess, support, "A poem")
    merge(ada, countess, me)
    assert me.user
    assert [ticket.pk for ticket in search("lovelace", me.user).tickets] == [theirs.pk]


def test_a_ticket_that_was_given_to_somebody_else_since_stays_there(
    ada: Customer, countess: Customer, support: Inbox, me: Actor
) -> None:
    third = identify("email", "third@example.org").customer
    theirs = open_for(countess, support, "A poem")
    done = merge(ada, countess, me)
    Ticket.objects.filter(pk=theirs.pk).update(requester=third)
    merging.undo(done, actor=me)
    theirs.refresh_from_db()
    assert theirs.requester == third


def test_history_is_as_long_as_it_was(ada: Customer, countess: Customer, support: Inbox, me: Actor) -> None:
    theirs = open_for(countess, support, "A poem")
    before = list(TicketEvent.objects.order_by("pk").values("pk", "kind", "payload", "actor_name"))
    updated_at = theirs.updated_at
    merge(ada, countess, me)
    theirs.refresh_from_db()
    assert list(TicketEvent.objects.order_by("pk").values("pk", "kind", "payload", "actor_name")) == before
    assert theirs.updated_at == updated_at


MANY = 2_000


def test_two_thousand_tickets_move_in_seconds(ada: Customer, countess: Customer, support: Inbox, me: Actor) -> None:
    now = timezone.now()
    facts = {"requester": countess, "inbox": support, "channel": "email", "created_at": now}
    made = (Ticket(subject=f"No. {number}", **facts) for number in range(MANY))
    tickets = Ticket.objects.bulk_create(made, batch_size=500)
    wrote = {"author_customer": countess, "author_name": "A", "from_address": "countess@example.com", "text": "Hello"}
    letters = (Message(ticket=each, kind="public", channel="email", **wrote) for each in tickets)
    Message.objects.bulk_create(letters, batch_size=500)
    upkeep.index_above(0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket; ANALYZE tickets_message")
    started = perf_counter()
    done = merge(ada, countess, me)
    merged = perf_counter()
    assert Ticket.objects.filter(requester=ada).count() == MANY
    assert StaleSearchEntry.objects.count() == MANY
    undoing = perf_counter()
    merging.undo(done, actor=me)
    undone = perf_counter()
    assert Ticket.objects.filter(requester=countess).count() == MANY
    print(f"merge {merged - started:.2f} s, undo {undone - undoing:.2f} s")  # noqa: T201
    assert merged - started < 5 and undone - undoing < 5
