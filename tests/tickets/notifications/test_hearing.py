"""Who hears of which event, and who does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.models import DeliveryState, Inbox, Mention, Notification, NotificationSettings, Status, Ticket
from tickets.notifications import notify, tell
from tickets.services import (
    Incoming,
    add_follower,
    add_note,
    add_reply,
    assign,
    assign_team,
    change_priority,
    change_status,
    gesture,
    note_delivery,
    receive_message,
)

Heard = Callable[[], set[tuple[str, str]]]


@pytest.fixture
def heard() -> Heard:
    """(first name, kind) of all that anybody heard of so far; forgotten afterwards."""

    def read() -> set[tuple[str, str]]:
        rows = list(Notification.objects.select_related("user"))
        Notification.objects.all().delete()
        found = [(row.user.first_name, row.kind) for row in rows]
        assert len(found) == len(set(found))
        return set(found)

    return read


def write_in(ticket: Ticket, customer: Customer, *, is_auto_reply: bool = False) -> None:
    incoming = Incoming(text="Any news?", from_address="ada@example.org", is_auto_reply=is_auto_reply)
    receive_message(ticket, incoming, customer=customer, channel="email", actor=Actor.of_customer(customer))


def test_an_assignee_hears_of_it_unless_it_was_their_own_doing(
    adas_ticket: Ticket, grace: User, alan: User, heard: Heard
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    row = Notification.objects.get()
    assert (row.user, row.kind, row.actor_name) == (grace, "assigned", "Alan Turing")
    assert row.event and row.event.kind == "assignee.changed"
    assert heard() == {("Grace", "assigned")}
    assign(adas_ticket, alan, actor=Actor.agent(alan))
    assert heard() == set()


def test_the_customer_answers(
    adas_ticket: Ticket, ada: Customer, grace: User, alan: User, linus: User, heard: Heard
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    add_follower(adas_ticket, linus, actor=Actor.agent(linus))
    change_status(adas_ticket, Status.PENDING, actor=Actor.agent(grace))
    heard()
    write_in(adas_ticket, ada)  # reopens too: told once
    assert heard() == {("Grace", "customer_replied"), ("Linus", "customer_replied")}


def test_machines_ring_no_bell(adas_ticket: Ticket, ada: Customer, grace: User, heard: Heard) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    write_in(adas_ticket, ada, is_auto_reply=True)
    assert heard() == set()


def test_followers_hear_of_words_and_of_the_status_but_not_of_their_own(
    adas_ticket: Ticket, grace: User, alan: User, heard: Heard
) -> None:
    add_follower(adas_ticket, grace, actor=Actor.agent(grace))
    add_note(adas_ticket, "<p>Hm.</p>", actor=Actor.agent(alan))
    assert heard() == {("Grace", "followed")}
    with gesture(adas_ticket, actor=Actor.agent(alan)):
        add_reply(adas_ticket, "<p>Done.</p>", actor=Actor.agent(alan))
        change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(alan))
    assert Notification.objects.get(event__kind="reply.added")
    assert heard() == {("Grace", "followed")}
    change_priority(adas_ticket, "high", actor=Actor.agent(alan))
    assert heard() == set()
    add_note(adas_ticket, "<p>Mine.</p>", actor=Actor.agent(grace))
    assert heard() == {("Alan", "followed")}  # his reply made the ticket his


def test_an_assignee_hears_of_a_colleagues_words_but_not_of_a_status(
    adas_ticket: Ticket, grace: User, alan: User, heard: Heard
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    change_status(adas_ticket, Status.PENDING, actor=Actor.agent(alan))
    assert heard() == set()
    add_note(adas_ticket, "<p>Look at the cogs.</p>", actor=Actor.agent(alan))
    assert heard() == {("Grace", "followed")}


def test_an_author_hears_that_a_reply_could_not_be_sent(adas_ticket: Ticket, grace: User, heard: Heard) -> None:
    message = add_reply(adas_ticket, "<p>Hello.</p>", actor=Actor.agent(grace))
    for state in (DeliveryState.SENDING, DeliveryState.DEFERRED):
        note_delivery(message, state, actor=SYSTEM)
    assert heard() == set()
    note_delivery(message, DeliveryState.FAILED, detail="550 no such user", actor=SYSTEM)
    assert heard() == {("Grace", "not_sent")}


def test_nobody_hears_of_a_private_teams_ticket_who_may_not_see_it(
    adas_ticket: Ticket, grace: User, alan: User, margaret: User, linus: User, heard: Heard
) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    linus.teams.add(legal)
    for user in (grace, margaret, linus):
        add_follower(adas_ticket, user, actor=Actor.agent(user))
    assign_team(adas_ticket, legal, actor=Actor.agent(alan))
    add_note(adas_ticket, "<p>Confidential.</p>", actor=Actor.agent(alan))
    assert heard() == {("Margaret", "followed"), ("Linus", "followed")}


def test_whoever_left_hears_nothing(adas_ticket: Ticket, grace: User, alan: User, heard: Heard) -> None:
    add_follower(adas_ticket, grace, actor=Actor.agent(grace))
    grace.is_active = False
    grace.save()
    add_note(adas_ticket, "<p>Hm.</p>", actor=Actor.agent(alan))
    assert heard() == set()


def test_a_team_that_is_named_hears_of_it_as_a_mention(
    adas_ticket: Ticket, grace: User, alan: User, support_team: Team, heard: Heard
) -> None:
    alan.teams.add(support_team)
    with gesture(adas_ticket, actor=Actor.agent(alan)):
        message = add_note(adas_ticket, "<p>Anybody?</p>", actor=Actor.agent(alan))
        Mention.objects.get_or_create(ticket=adas_ticket, message=message, team=support_team)
    assert heard() == {("Grace", "mention")}


def test_everybody_is_told_in_their_own_ways(adas_ticket: Ticket, grace: User, alan: User) -> None:
    NotificationSettings.objects.create(user=grace, ways={"assigned": ["email"]}, email_each_minutes=0)
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    row = Notification.objects.get()
    assert not row.rings
    assert row.email_due_at == row.created_at
    assert row.push_due_at is None


def test_who_wants_to_hear_nothing_gets_no_row(adas_ticket: Ticket, grace: User, alan: User) -> None:
    NotificationSettings.objects.create(user=grace, ways={"assigned": []})
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    assert tell(grace, "assigned", ticket=adas_ticket) is None
    assert not Notification.objects.exists()


def test_an_imports_past_rings_no_bell(adas_ticket: Ticket, grace: User, alan: User, heard: Heard) -> None:
    add_follower(adas_ticket, grace, actor=Actor.agent(grace))
    add_note(adas_ticket, "<p>Long ago.</p>", actor=Actor.agent(alan), now=timezone.now() - timedelta(days=2))
    assert heard() == set()


def test_an_event_that_comes_twice_is_told_once(adas_ticket: Ticket, grace: User, alan: User) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(alan))
    event = Notification.objects.get().event
    assert event
    adas_ticket.refresh_from_db()
    notify(adas_ticket, [event])
    assert Notification.objects.count() == 1


def test_new_mail_that_concerns_nobody_costs_no_statement(
    ada: Customer, support: Inbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = open_for(ada, support, "Steam")
    events = list(ticket.events.all())
    with django_assert_num_queries(0):
        notify(ticket, events)


def test_telling_costs_two_statements(
    adas_ticket: Ticket, ada: Customer, grace: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    write_in(adas_ticket, ada)
    Notification.objects.all().delete()
    ticket = Ticket.objects.with_people().get(pk=adas_ticket.pk)
    events = list(ticket.events.filter(kind="message.received").order_by("-pk")[:1])
    with django_assert_num_queries(2):
        notify(ticket, events)


def test_tell_is_for_what_no_event_brings_about(grace: User) -> None:
    row = tell(grace, "bulk_done", detail="20 tickets changed")
    assert row
    assert (row.user_id, row.detail, row.email_due_at) == (grace.pk, "20 tickets changed", None)
