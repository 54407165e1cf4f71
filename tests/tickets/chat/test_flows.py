"""The assistant: it says what it is, answers what it knows, and gets people for the rest."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from helpdesk.accounts.models import Availability, User
from tickets.chat import flows, log
from tickets.chat.flow_steps import HELPED, NOT_HELPED, PEOPLE
from tickets.chat.log import Line
from tickets.chat.settling import settle_due
from tickets.chat.starting import start
from tickets.models import (
    Chat,
    ChatFlow,
    ChatState,
    ChatVisitor,
    ChatWidget,
    EndedBy,
    FlowOutcome,
    FlowRun,
    Status,
    Ticket,
)

STEPS: list[dict[str, Any]] = [
    {
        "id": "start",
        "texts": {"en": {"text": "What is it about?"}, "de": {"text": "Worum geht es?"}},
        "options": [
            {"id": "o", "texts": {"en": {"label": "My order"}, "de": {"label": "Meine Bestellung"}}, "next": "order"}
        ],
    },
    {"id": "order", "texts": {"en": {"text": "See your account page."}}, "asks_if_helped": True},
]


@pytest.fixture
def flow(widget: ChatWidget) -> ChatFlow:
    return ChatFlow.objects.create(widget=widget, name="First help", is_active=True, steps=STEPS)


@pytest.fixture
def talk(flow: ChatFlow, visitor: ChatVisitor, grace: User) -> Chat:
    """The visitor has pressed the first button; Grace is there."""
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    chat, line = start(visitor, "My order", client_id=uuid4(), language="en")
    flows.answer(chat, line.text)
    return chat


def said(chat: Chat) -> list[Line]:
    return [line for line in log.read(chat.pk) if line.said == "bot"]


def offered(line: Line) -> list[str]:
    return [option["id"] for option in line.payload.get("options", [])]


def test_the_greeting_is_there_before_anything_is_written_down(flow: ChatFlow, widget: ChatWidget) -> None:
    told = flows.greeting(widget, "de")
    assert told is not None and told["text"] == "Worum geht es?"
    assert [option["id"] for option in told["options"]] == ["o", PEOPLE]
    assert told["options"][0]["label"] == "Meine Bestellung"
    assert not Chat.objects.exists()


def test_without_a_flow_there_is_no_assistant(widget: ChatWidget, visitor: ChatVisitor) -> None:
    assert flows.greeting(widget, "en") is None
    chat, _line = start(visitor, "Hello", client_id=uuid4())
    assert chat.state == ChatState.WAITING


def test_a_button_leads_to_its_step_and_people_are_one_tap_away(talk: Chat) -> None:
    (line,) = said(talk)
    assert (line.name, line.text) == ("Assistant", "See your account page.")
    assert offered(line) == [HELPED, NOT_HELPED, PEOPLE]
    assert FlowRun.objects.get().path == ["order"]


def test_what_helped_makes_no_ticket(talk: Chat) -> None:
    flows.answer(talk, HELPED)
    talk.refresh_from_db()
    assert (talk.state, talk.ended_by) == (ChatState.ENDED, EndedBy.BOT)
    assert FlowRun.objects.get().outcome == FlowOutcome.SOLVED
    settle_due()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("choice", [PEOPLE, NOT_HELPED, "How high is Fuji?"])
def test_people_get_all_that_was_said(talk: Chat, choice: str) -> None:
    flows.answer(talk, choice)
    talk.refresh_from_db()
    assert talk.state == ChatState.WAITING and talk.queued_at
    assert FlowRun.objects.get().outcome == FlowOutcome.HANDED_OVER
    settle_due()
    texts = list(Ticket.objects.get().messages.order_by("created_at", "pk").values_list("text", flat=True))
    assert texts[:2] == ["My order", "See your account page."]


def test_where_nobody_is_there_it_says_so_and_the_ticket_waits(talk: Chat) -> None:
    User.objects.update(availability=Availability.AWAY)
    flows.answer(talk, PEOPLE)
    talk.refresh_from_db()
    assert (talk.state, talk.ended_by) == (ChatState.ENDED, EndedBy.NOBODY)
    assert said(talk)[-1].text.startswith("Nobody of us is here right now.")
    assert log.read(talk.pk)[-1].payload["kind"] == "missed"
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.assignee, ticket.messages.count()) == (Status.NEW, None, 3)
    assert FlowRun.objects.get().outcome == FlowOutcome.HANDED_OVER


def test_once_people_have_it_the_assistant_is_silent(talk: Chat) -> None:
    flows.answer(talk, PEOPLE)
    before = len(said(talk))
    flows.answer(talk, HELPED)
    talk.refresh_from_db()
    assert len(said(talk)) == before and talk.state == ChatState.WAITING


def test_a_flow_deleted_in_mid_talk_hands_over(talk: Chat, flow: ChatFlow) -> None:
    flow.delete()
    flows.answer(talk, "o")
    talk.refresh_from_db()
    assert talk.state == ChatState.WAITING


def test_an_option_is_worded_as_it_was_offered(talk: Chat) -> None:
    assert flows.label_of(talk, HELPED) == "Yes, this helped"
    assert flows.label_of(talk, "o") == ""  # not offered last
