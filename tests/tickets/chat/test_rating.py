"""A chat is rated when it is over, for whoever talked in it."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import User
from tickets.chat import log
from tickets.chat.rating import is_rated, rate_chat
from tickets.models import Chat, ChatState, EndedBy, Said, Status, TicketEvent
from tickets.services import Refused


def over(chat: Chat) -> None:
    chat.refresh_from_db()
    chat.state, chat.ended_by, chat.ended_at = ChatState.ENDED, EndedBy.AGENT, chat.started_at
    chat.save()


def test_it_goes_to_whoever_talked_though_the_ticket_is_open(chat: Chat, grace: User) -> None:
    log.say(chat, Said.VISITOR, "Thanks!")
    over(chat)
    assert not is_rated(chat)
    rating = rate_chat(chat, "good", "So quick")
    assert (rating.score, rating.comment, rating.assignee, rating.team) == ("good", "So quick", grace, chat.team)
    chat.refresh_from_db()
    assert rating.ticket == chat.ticket and rating.customer == chat.visitor.customer and is_rated(chat)
    assert rating.ticket.status not in (Status.SOLVED, Status.CLOSED)
    assert TicketEvent.objects.filter(kind="rating.given").count() == 1
    assert rate_chat(chat, "good", "So quick") == rating, "the same once more is the same"


def test_not_while_it_goes_on_and_not_without_people(chat: Chat) -> None:
    log.say(chat, Said.VISITOR, "Thanks!")
    with pytest.raises(Refused):
        rate_chat(chat, "good")
    Chat.objects.update(state=ChatState.ENDED, ended_by=EndedBy.BOT, agent=None)
    with pytest.raises(Refused):
        rate_chat(chat, "excellent")
