"""A chat begins once, whatever browser or network does; whoever comes back goes on with their ticket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.chat import life, log
from tickets.chat.settling import settle
from tickets.chat.starting import start
from tickets.models import (
    Chat,
    ChatEntry,
    ChatState,
    ChatVisitor,
    ChatWidget,
    EndedBy,
    Inbox,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.services import assign_team, change_status, gesture

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def begin(visitor: ChatVisitor, text: str = "Hello?", at: datetime = NOON) -> Chat:
    return start(visitor, text, client_id=uuid4(), now=at)[0]


def test_it_waits_in_the_widgets_team_with_all_that_was_said_of_it(visitor: ChatVisitor) -> None:
    answers = {"order": "1042"}
    chat, line = start(
        visitor, "My basket is empty", client_id=uuid4(), answers=answers, subject="Basket",
        page_url="https://shop.example/", language="de", now=NOON,
    )  # fmt: skip
    chat.refresh_from_db()
    assert (chat.state, chat.team, chat.queued_at, chat.started_at) == (
        ChatState.WAITING, visitor.widget.team, NOON, NOON,
    )  # fmt: skip
    assert (chat.answers, chat.subject, chat.language) == (answers, "Basket", "de")
    assert (line.seq, line.text, line.name) == (1, "My basket is empty", "Ada")
    assert (chat.joined_at_position, chat.told_seconds) == (1, None)


def test_the_same_start_again_is_the_first_even_when_it_is_over(visitor: ChatVisitor) -> None:
    key = uuid4()
    chat, line = start(visitor, "Hello?", client_id=key)
    assert start(visitor, "Hello?", client_id=key)[1].seq == line.seq
    life.end(chat, EndedBy.VISITOR)
    again, same = start(visitor, "Hello?", client_id=key)
    assert (again.pk, same.seq) == (chat.pk, 1) and Chat.objects.count() == 1


def test_another_tab_goes_on_with_the_same_chat(visitor: ChatVisitor) -> None:
    chat, second = begin(visitor), start(visitor, "From another tab", client_id=uuid4())
    assert second[0] == chat and second[1].seq == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_chat(support: Inbox) -> None:
    widget = ChatWidget.objects.create(name="Shop", inbox=support, team=support.team)
    visitor = ChatVisitor.objects.create(widget=widget)
    keys = [uuid4() for _ in range(6)]

    def send(turn: int) -> int:
        try:
            return start(visitor, "Hello?", client_id=keys[turn % 6])[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(12)))) == 1
    assert sorted(ChatEntry.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_nothing_is_begun_by_nothing(visitor: ChatVisitor) -> None:
    with pytest.raises(Exception, match="Write something first"):
        start(visitor, "  ", client_id=uuid4())
    assert not Chat.objects.exists()


@pytest.fixture
def left(visitor: ChatVisitor, grace: User) -> Ticket:
    """Ada's chat is over, an hour after noon; its ticket is open."""
    chat = begin(visitor)
    life.accept(chat, grace, now=after(5))
    life.end(chat, EndedBy.AGENT, user=grace, now=after(3600))
    return Ticket.objects.get()


def solve(ticket: Ticket, at: datetime) -> None:
    with gesture(ticket, actor=SYSTEM, now=at):
        change_status(ticket, Status.SOLVED, actor=SYSTEM)


def test_who_comes_back_goes_on_with_their_ticket(left: Ticket, visitor: ChatVisitor, grace: User) -> None:
    billing = Team.objects.create(name="Billing")
    assign_team(left, billing, actor=Actor.agent(grace))
    Ticket.objects.filter(pk=left.pk).update(skills=["tax"])
    again = begin(visitor, "One more thing", at=after(7200))
    assert (again.ticket, again.team, again.skills) == (left, billing, ["tax"])
    assert TicketEvent.objects.filter(ticket=left, kind="chat.started").count() == 2
    assert settle(again) == left and Ticket.objects.count() == 1


def test_solved_today_is_the_same_matter_and_opens_again(left: Ticket, visitor: ChatVisitor) -> None:
    solve(left, after(3700))
    again = begin(visitor, "It broke again", at=after(3700) + DAY)
    settle(again)
    assert again.ticket == left and Ticket.objects.get().status == Status.OPEN


def test_solved_the_day_before_is_another_matter(left: Ticket, visitor: ChatVisitor) -> None:
    solve(left, after(3700))
    again = begin(visitor, "Something else", at=after(3701) + DAY)
    assert again.ticket is None and settle(again) != left


def test_a_ticket_that_was_given_to_somebody_else_is_not_gone_on_with(left: Ticket, visitor: ChatVisitor) -> None:
    Ticket.objects.filter(pk=left.pk).update(requester=Customer.objects.create(name="Bertrand"))
    assert begin(visitor, at=after(7200)).ticket is None


def test_with_the_assistant_no_ticket_is_touched_until_people_are_asked(left: Ticket, visitor: ChatVisitor) -> None:
    solve(left, after(3700))
    visitor.widget.flows.create(name="Help", is_active=True)
    again = begin(visitor, at=after(7200))
    assert (again.state, again.ticket, settle(again)) == (ChatState.BOT, None, None)
    again = life.hand_over(again, now=after(7300))
    again.refresh_from_db()
    assert (again.ticket, again.state) == (left, ChatState.WAITING)
    assert Ticket.objects.get().status == Status.OPEN
    assert len(log.read(again.pk)) == 1
