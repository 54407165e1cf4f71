"""Whose chats staff may see: as with tickets, by the chat's team and by its ticket's."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import Role, Team, User
from tickets.chat.queue import visible_to
from tickets.chat.settling import settle
from tickets.models import Chat, Ticket


@pytest.fixture
def private(db: None) -> Team:
    return Team.objects.create(name="Board", is_private=True)


def sees(user: User) -> bool:
    return visible_to(User.objects.get(pk=user.pk)).exists()


def test_everybody_who_works_with_tickets(waiting: Chat, grace: User, alan: User, linus: User) -> None:
    assert sees(grace) and sees(alan) and sees(linus)
    User.objects.filter(pk=linus.pk).update(role=Role.COMPANY)
    User.objects.filter(pk=alan.pk).update(is_active=False)
    assert not sees(linus) and not sees(alan)


def test_a_private_teams_chat_is_theirs(waiting: Chat, private: Team, grace: User, margaret: User) -> None:
    Chat.objects.update(team=private)
    assert not sees(grace) and sees(margaret), "leads see all teams"
    private.members.add(grace)
    assert sees(grace)
    Chat.objects.update(team=None)
    assert sees(grace)


def test_a_chat_whose_ticket_is_private_is_as_well(chat: Chat, private: Team, grace: User) -> None:
    chat.entries.create(seq=1, said="visitor", text="Hello?")
    ticket = settle(chat)
    assert ticket and sees(grace)
    Ticket.objects.filter(pk=ticket.pk).update(team=private)
    assert not sees(grace)
