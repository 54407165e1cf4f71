"""General routing leaves live chats alone, and takes the ticket when nobody has taken the chat."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from helpdesk.accounts.models import Availability, Team, User
from tickets.chat import life, log, passing
from tickets.chat.settling import settle
from tickets.chat.starting import start
from tickets.models import (
    Chat,
    ChatVisitor,
    EndedBy,
    Notification,
    NotificationKind,
    RoutingMode,
    Said,
    Ticket,
    WaitingTicket,
)
from tickets.notifications.centre import with_words
from tickets.routing import setup
from tickets.routing.handing_out import route_waiting


@pytest.fixture
def routed(support_team: Team, grace: User) -> User:
    """Grace is online, and her team's tickets are given in turn."""
    setup.change_routing(support_team, mode=RoutingMode.ROUND_ROBIN)
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    return grace


@pytest.fixture
def begun(routed: User, visitor: ChatVisitor) -> Chat:
    chat, _line = start(visitor, "My basket is empty", client_id=uuid4())
    settle(chat)
    return chat


def test_a_live_chat_is_not_given_to_anybody(begun: Chat) -> None:
    assert Ticket.objects.exists() and not WaitingTicket.objects.exists()
    setup.change_routing(Team.objects.get(), mode=RoutingMode.MANUAL)
    setup.change_routing(Team.objects.get(), mode=RoutingMode.ROUND_ROBIN)  # fills its queue with what is there
    assert not WaitingTicket.objects.exists()


def test_what_nobody_took_is_a_ticket_like_others(begun: Chat, routed: User) -> None:
    life.end(begun, EndedBy.NOBODY)
    assert WaitingTicket.objects.count() == 1
    assert route_waiting(now=timezone.now()) == 1 and Ticket.objects.get().assignee == routed


def test_what_is_over_stays_with_its_agent(begun: Chat, routed: User) -> None:
    life.accept(begun, routed)
    life.end(begun, EndedBy.AGENT, user=routed)
    assert not WaitingTicket.objects.exists() and Ticket.objects.get().assignee == routed


def test_back_in_the_queue_it_is_still_a_chat(begun: Chat, routed: User) -> None:
    life.accept(begun, routed)
    assert passing.back_to_queue(begun, now=timezone.now())
    assert Ticket.objects.get().assignee is None and not WaitingTicket.objects.exists()
    life.end(begun, EndedBy.VISITOR)
    assert WaitingTicket.objects.count() == 1


def test_who_comes_back_while_the_ticket_waits_takes_it_out_again(begun: Chat, visitor: ChatVisitor) -> None:
    life.end(begun, EndedBy.NOBODY)
    chat, _line = start(visitor, "Anybody now?", client_id=uuid4())
    assert chat.ticket == Ticket.objects.get() and not WaitingTicket.objects.exists()


def test_no_bell_rings_for_the_lines_of_a_chat(begun: Chat, routed: User) -> None:
    life.accept(begun, routed)
    log.say(begun, Said.VISITOR, "Still there?")
    settle(begun)
    assert not Notification.objects.exists()


def test_whose_ticket_it_is_hears_of_a_chat_that_nobody_took(begun: Chat, routed: User, visitor: ChatVisitor) -> None:
    life.accept(begun, routed)
    life.end(begun, EndedBy.AGENT, user=routed)
    chat, _line = start(visitor, "One more thing", client_id=uuid4(), now=timezone.now() + timedelta(hours=2))
    life.end(chat, EndedBy.NOBODY)
    (told,) = with_words(Notification.objects.filter(kind=NotificationKind.CUSTOMER_REPLIED), routed)
    assert told.sentence == "Ada came to the chat and nobody accepted it"
