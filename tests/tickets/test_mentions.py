"""A note that names colleagues: rows, event, followers, and who is left out."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tickets.models import Follower, Mention, Message, Notification, Ticket
from tickets.services import add_note, add_reply, assign_team


def note(ticket: Ticket, author: User, html: str) -> Message:
    return add_note(ticket, html, actor=Actor.agent(author))


def test_alan_names_grace(adas_ticket: Ticket, grace: User, alan: User) -> None:
    message = note(adas_ticket, alan, f'<p><span data-mention="user:{grace.pk}">@G</span> can you?</p>')
    assert message.html == f'<p><span data-mention="user:{grace.pk}">@Grace Hopper</span> can you?</p>'
    assert message.text == "@Grace Hopper can you?"
    mention = Mention.objects.get()
    assert (mention.user, mention.team, mention.message) == (grace, None, message)
    event = adas_ticket.events.get(kind="note.added")
    assert event.payload["mentioned"] == ["Grace Hopper"]
    told = Notification.objects.get()
    assert (told.user, told.kind, told.event) == (grace, "mention", event)


def test_a_typed_name_means_the_same(adas_ticket: Ticket, grace: User, alan: User) -> None:
    note(adas_ticket, alan, "<p>@grace and @support?</p>")
    assert {(row.user_id, row.team and row.team.name) for row in Mention.objects.all()} == {
        (grace.pk, None),
        (None, "Support"),
    }
    assert Notification.objects.get().user == grace  # once, though twice meant


def test_whom_a_note_names_follows_the_ticket(adas_ticket: Ticket, grace: User, alan: User) -> None:
    note(adas_ticket, alan, "<p>@grace and @alan</p>")
    assert [row.user for row in Follower.objects.all()] == [grace]
    assert adas_ticket.events.filter(kind="follower.added").count() == 1


def test_following_can_be_switched_off(adas_ticket: Ticket, grace: User, alan: User, settings: Settings) -> None:
    settings.MENTIONED_PEOPLE_FOLLOW = False
    note(adas_ticket, alan, "<p>@grace</p>")
    assert not Follower.objects.exists()
    assert Mention.objects.exists()


def test_a_light_agent_may_name_people(adas_ticket: Ticket, grace: User, linus: User) -> None:
    note(adas_ticket, linus, "<p>@grace</p>")
    assert Notification.objects.get().user == grace


def test_an_at_sign_in_a_reply_is_text(adas_ticket: Ticket, grace: User, alan: User) -> None:
    html = f'<p><span data-mention="user:{grace.pk}">@Grace Hopper</span></p>'
    message = add_reply(adas_ticket, html, actor=Actor.agent(alan))
    assert message.html == "<p>@Grace Hopper</p>"
    assert not Mention.objects.exists()
    assert not Notification.objects.exists()


@pytest.fixture
def legal(adas_ticket: Ticket, alan: User, linus: User) -> Team:
    """A private team that has Ada's ticket; Alan and Linus are in it, Grace is not."""
    team = Team.objects.create(name="Legal", is_private=True)
    team.members.set([alan, linus])
    assign_team(adas_ticket, team, actor=Actor.agent(alan))
    return team


def test_who_may_not_see_the_ticket_is_not_told(
    adas_ticket: Ticket, legal: Team, grace: User, alan: User, linus: User, support_team: Team
) -> None:
    note(adas_ticket, alan, "<p>@grace, @linus, @support, @legal</p>")
    assert {row.user or row.team for row in Mention.objects.all()} == {linus, legal}
    assert adas_ticket.events.get(kind="note.added").payload["unseen"] == ["Grace Hopper", "Support"]
    assert {row.user for row in Notification.objects.all()} == {linus}
    assert not Follower.objects.filter(user=grace).exists()


def test_its_writer_is_warned(adas_ticket: Ticket, legal: Team, grace: User, alan: User, client: Client) -> None:
    client.force_login(alan)
    url, data = f"/agent/tickets/{adas_ticket.pk}/messages/", {"mode": "note", "body": "@grace?"}
    toast = client.post(url, data, headers={"HX-Request": "true"})["HX-Trigger"]
    assert "Not told, because they may not see this ticket: Grace Hopper." in toast
    assert "Grace Hopper." in client.post(url, data, follow=True).content.decode()


def test_a_note_without_names_asks_for_nobody(adas_ticket: Ticket, alan: User) -> None:
    message = note(adas_ticket, alan, "<p>Hm.</p>")
    assert message.html == "<p>Hm.</p>"
    assert adas_ticket.events.get(kind="note.added").payload["mentioned"] == []


def test_the_same_submit_twice_names_once(adas_ticket: Ticket, grace: User, alan: User, client: Client) -> None:
    client.force_login(alan)
    data = {"mode": "note", "body": "@grace?", "submit_key": "0b2f7c1e-9c1d-4f0c-8f3e-000000000001"}
    for _ in range(2):
        client.post(f"/agent/tickets/{adas_ticket.pk}/messages/", data)
    assert Mention.objects.count() == 1
    assert Notification.objects.filter(user=grace).count() == 1
