"""First replies in chats are promised in seconds, and measured by when something was said, not when it was settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from customers.actors import SYSTEM
from helpdesk.accounts.models import User
from tests.tickets.sla.conftest import Make, policy
from tickets.chat import life, log
from tickets.chat.settling import settle
from tickets.chat.starting import start
from tickets.models import Chat, ChatVisitor, Said, SlaTarget, TicketEvent
from tickets.services import change_priority, gesture
from tickets.sla.sweep import sweep

__all__ = ["policy"]

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def promised(visitor: ChatVisitor, policy: Make) -> Chat:
    """Ada asks something at noon; a quarter of a minute is promised."""
    policy(first_reply_time=15, next_reply_time=20)
    chat, _line = start(visitor, "Hello?", client_id=uuid4(), now=NOON)
    ticket = settle(chat)
    assert ticket
    with gesture(ticket, actor=SYSTEM, now=after(1)):
        change_priority(ticket, "normal", actor=SYSTEM)
    return chat


def clocks() -> list[tuple[str, str, float, datetime | None]]:
    found = SlaTarget.objects.order_by("pk")
    return [(each.metric, each.state, each.elapsed, each.breached_at) for each in found]


def test_an_answer_in_time_is_in_time_though_its_ticket_hears_of_it_later(promised: Chat, grace: User) -> None:
    life.accept(promised, grace, now=after(5))
    log.say(promised, Said.AGENT, "Hello Ada.", author=grace, now=after(14))
    sweep(now=after(16))  # nothing has settled it yet, and the promise ended a second ago
    assert clocks() == [("first_reply_time", "fulfilled", 14.0, None)]
    assert not TicketEvent.objects.filter(kind="sla.breached").exists()


def test_an_answer_that_comes_late_is_a_breach_at_the_moment_it_was_due(promised: Chat, grace: User) -> None:
    life.accept(promised, grace, now=after(5))
    sweep(now=after(16))
    log.say(promised, Said.AGENT, "Hello Ada.", author=grace, now=after(18))
    settle(promised)
    assert clocks() == [("first_reply_time", "fulfilled", 18.0, after(15))]


def test_the_next_reply_counts_from_the_customers_words(promised: Chat, grace: User) -> None:
    life.accept(promised, grace, now=after(5))
    for seconds, said in ((10, Said.AGENT), (100, Said.VISITOR), (103, Said.VISITOR), (112, Said.AGENT)):
        log.say(promised, said, "Words", author=grace if said == Said.AGENT else None, now=after(seconds))
    settle(promised)
    assert clocks() == [("first_reply_time", "fulfilled", 10.0, None), ("next_reply_time", "fulfilled", 12.0, None)]


def test_the_assistant_and_accepting_are_no_replies(promised: Chat, grace: User) -> None:
    log.say(promised, Said.BOT, "I am getting somebody.", name="Assistant", now=after(3))
    life.accept(promised, grace, now=after(5))
    settle(promised)
    assert [clock[:2] for clock in clocks()] == [("first_reply_time", "active")]
