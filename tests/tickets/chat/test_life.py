"""What becomes of a chat: who takes it, who gets it next, and how it ends; each leaves its event on the ticket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers.actors import SYSTEM
from helpdesk.accounts.models import Availability, Team, User
from tickets.chat import life, log, passing
from tickets.chat.errors import ChatOver, NotYours, Taken
from tickets.chat.starting import start
from tickets.models import (
    Chat,
    ChatOffer,
    ChatState,
    ChatVisitor,
    EndedBy,
    MessageKind,
    OfferState,
    Said,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.services import Refused, change_status

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def started(visitor: ChatVisitor) -> Chat:
    """Ada has asked something at noon, and waits."""
    chat, _line = start(visitor, "My basket is empty", client_id=uuid4(), page_url="https://shop.example/", now=NOON)
    return chat


def told(chat: Chat) -> list[dict[str, Any]]:
    return [line.payload for line in log.read(chat.pk) if line.said == Said.EVENT]


def event(kind: str) -> TicketEvent:
    return TicketEvent.objects.get(kind=kind)


def test_accepted_it_is_theirs_with_its_ticket(started: Chat, grace: User) -> None:
    chat = life.accept(started, grace, now=after(25))
    chat.refresh_from_db()
    assert (chat.state, chat.agent, chat.accepted_at) == (ChatState.ACTIVE, grace, after(25))
    ticket = Ticket.objects.get()
    assert (ticket.assignee, ticket.status, ticket.created_at) == (grace, Status.OPEN, NOON)
    assert event("chat.accepted").payload == {
        "chat_id": chat.pk, "agent_id": grace.pk, "agent": "Grace Hopper", "waited": 25,
    }  # fmt: skip
    assert told(chat) == [{"kind": "joined"}]
    assert log.read(chat.pk)[-1].name == "Grace Hopper"


def test_the_second_who_accepts_is_told_who_was_quicker(started: Chat, grace: User, alan: User) -> None:
    life.accept(started, grace, now=after(5))
    assert life.accept(started, grace, now=after(6)).accepted_at == after(5)  # pressed twice
    with pytest.raises(Taken, match="Grace Hopper"):
        life.accept(started, alan, now=after(6))
    assert TicketEvent.objects.filter(kind="chat.accepted").count() == 1


def test_a_light_agent_takes_no_chats(started: Chat, linus: User) -> None:
    with pytest.raises(Refused):
        life.accept(started, linus)
    started.refresh_from_db()
    assert started.state == ChatState.WAITING and not TicketEvent.objects.filter(kind="chat.accepted").exists()


def test_it_ends_once_and_the_ticket_stays(started: Chat, grace: User) -> None:
    life.accept(started, grace, now=after(5))
    chat = life.end(started, EndedBy.AGENT, user=grace, now=after(90))
    assert life.end(started, EndedBy.VISITOR, now=after(95)).ended_by == EndedBy.AGENT
    assert (chat.state, chat.ended_at, chat.agent) == (ChatState.ENDED, after(90), grace)
    ended = event("chat.ended")
    assert ended.payload == {"chat_id": chat.pk, "by": "agent", "seconds": 90, "was_missed": False}
    assert ended.actor_user == grace
    assert Ticket.objects.get().status == Status.OPEN
    assert told(chat)[-1] == {"kind": "ended", "by": "agent"}
    with pytest.raises(ChatOver):
        life.accept(chat, grace)


def test_whoever_leaves_while_waiting_was_missed(started: Chat) -> None:
    life.end(started, EndedBy.VISITOR, now=after(200))
    ended = event("chat.ended")
    assert ended.payload["was_missed"] and ended.actor_customer == Ticket.objects.get().requester


@pytest.fixture
def billing(alan: User) -> Team:
    """Alan is there for it."""
    team = Team.objects.create(name="Billing")
    team.members.add(alan)
    User.objects.filter(pk=alan.pk).update(availability=Availability.ONLINE)
    return team


def test_passed_to_a_team_it_is_first_in_its_queue(started: Chat, grace: User, billing: Team) -> None:
    life.accept(started, grace, now=after(5))
    chat = passing.transfer(started, billing, by=grace, note="Wants an *invoice*", now=after(60))
    chat.refresh_from_db()
    assert (chat.state, chat.agent, chat.team, chat.goes_first) == (ChatState.WAITING, None, billing, True)
    ticket = Ticket.objects.get()
    assert (ticket.team, ticket.assignee) == (billing, None)
    assert ticket.messages.get(kind=MessageKind.NOTE).text == "Wants an *invoice*"
    assert event("chat.transferred").payload == {
        "chat_id": chat.pk, "old": "Grace Hopper", "team": "Billing", "agent": "",
    }  # fmt: skip
    assert told(chat)[-1] == {"kind": "transferred"} and "invoice" not in str(log.read(chat.pk))


def test_it_is_not_passed_to_a_team_of_which_nobody_is_there(started: Chat, grace: User) -> None:
    life.accept(started, grace, now=after(5))
    with pytest.raises(Refused, match="Nobody of Night shift is online"):
        passing.transfer(started, Team.objects.create(name="Night shift"), by=grace)
    started.refresh_from_db()
    assert started.agent == grace and not TicketEvent.objects.filter(kind="chat.transferred").exists()


def test_passed_to_a_person_it_is_put_before_them(started: Chat, grace: User, alan: User) -> None:
    life.accept(started, grace, now=after(5))
    with pytest.raises(Refused, match="not online"):
        passing.transfer(started, alan, by=grace)
    alan.availability = Availability.ONLINE
    alan.save()
    passing.transfer(started, alan, by=grace, now=after(60))
    offer = ChatOffer.objects.get(state=OfferState.OPEN)
    assert (offer.user, offer.expires_at) == (alan, after(90))
    life.accept(started, alan, now=after(70))
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED and Ticket.objects.get().assignee == alan


def test_taken_over_it_is_somebody_elses_at_once(started: Chat, grace: User, margaret: User) -> None:
    life.accept(started, grace, now=after(5))
    chat = life.take_over(started, margaret, now=after(30))
    assert (chat.agent, chat.accepted_at) == (margaret, after(5))
    assert TicketEvent.objects.filter(kind="chat.accepted").last().payload["waited"] == -1  # type: ignore[union-attr]
    with pytest.raises(NotYours):
        log.say(chat, Said.AGENT, "Still here", author=grace)


def test_from_the_queue_taking_over_is_accepting(started: Chat, margaret: User) -> None:
    assert life.take_over(started, margaret, now=after(30)).accepted_at == after(30)


def test_held_the_visitor_knows_for_how_long(started: Chat, grace: User, alan: User) -> None:
    life.accept(started, grace, now=after(5))
    with pytest.raises(NotYours):
        life.hold(started, alan, 5)
    with pytest.raises(Refused):
        life.hold(started, grace, 61)
    chat = life.hold(started, grace, 5, now=after(10))
    assert chat.hold_until == after(310)
    assert told(chat)[-1] == {"kind": "held", "until": after(310).isoformat()}
    log.say(chat, Said.AGENT, "Back", author=grace)
    chat.refresh_from_db()
    assert chat.hold_until is None


def test_from_the_assistant_to_people(visitor: ChatVisitor) -> None:
    visitor.widget.flows.create(name="Help", is_active=True)
    chat, _line = start(visitor, "Where is my order?", client_id=uuid4(), now=NOON)
    assert chat.state == ChatState.BOT and not Ticket.objects.exists()
    chat = life.hand_over(chat, now=after(20))
    assert (chat.state, chat.queued_at, chat.joined_at_position) == (ChatState.WAITING, after(20), 1)
    assert life.hand_over(chat, now=after(30)).queued_at == after(20)
    assert Ticket.objects.get().subject == "Where is my order?"


def test_what_the_assistant_solved_leaves_no_ticket(visitor: ChatVisitor) -> None:
    visitor.widget.flows.create(name="Help", is_active=True)
    chat, _line = start(visitor, "Where is my order?", client_id=uuid4(), now=NOON)
    chat = life.solved_by_assistant(chat, now=after(20))
    assert (chat.state, chat.ended_by) == (ChatState.ENDED, EndedBy.BOT) and not Ticket.objects.exists()


def test_a_ticket_that_was_closed_meanwhile_stops_nobody(started: Chat, grace: User, billing: Team) -> None:
    life.accept(started, grace, now=after(5))
    ticket = Ticket.objects.get()
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(ticket, status, actor=SYSTEM)
    passing.transfer(started, billing, by=grace)
    life.accept(started, grace)
    life.end(started, EndedBy.AGENT, user=grace)
    assert Ticket.objects.get().status == Status.CLOSED
