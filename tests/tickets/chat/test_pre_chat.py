"""What is asked before a chat is checked here, and stands on the ticket: as words, tags and fields of the customer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from customers.models import CustomField
from tickets.chat.pre_chat import WrongAnswers, check_answers, check_person
from tickets.chat.settling import settle
from tickets.chat.starting import start
from tickets.models import Asked, Chat, ChatState, ChatVisitor, ChatWidget, EndedBy


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "texts": {"en": {"label": key.title()}, "de": {"label": f"{key} auf Deutsch"}},
        **more,
    }


@pytest.fixture
def asking(widget: ChatWidget) -> ChatWidget:
    CustomField.objects.create(of="customer", key="seats", title="Seats", kind="integer")
    sizes = [{"value": "s", "texts": {"en": {"label": "Small"}}}, {"value": "l", "texts": {"en": {"label": "Large"}}}]
    widget.fields = [
        question("topic", "choice", options=sizes, goes_to="tags", is_required=True),
        question("extras", "several", options=sizes),
        question("seats", "number", goes_to="custom_fields.seats"),
        question("vip", "tick", goes_to="tags"),
        question("why", "long", shown_when={"field": "topic", "is": ["l"]}, is_required=True),
    ]
    widget.save()
    return widget


def test_answers_are_typed_and_what_was_not_asked_is_dropped(asking: ChatWidget) -> None:
    given = {"topic": "s", "extras": ["l", "l", 3], "seats": 12, "vip": True, "why": "hidden", "evil": "x"}
    assert check_answers(asking, given) == {"topic": "s", "extras": ["l"], "seats": "12", "vip": True}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, "topic"),
        (None, "topic"),
        ({"topic": "xl"}, "topic"),
        ({"topic": {"a": 1}}, "topic"),
        ({"topic": "l"}, "why"),
        ({"topic": "s", "seats": "many"}, "seats"),
        ({"topic": "s", "extras": ["xl"]}, "extras"),
    ],
)
def test_wrong_answers_are_refused_at_their_question(asking: ChatWidget, given: Any, wrong: str) -> None:
    with pytest.raises(WrongAnswers) as refusal:
        check_answers(asking, given)
    assert list(refusal.value.by_field) == [wrong]


def test_name_and_address_as_the_widget_asks(widget: ChatWidget) -> None:
    assert check_person(widget, " Ada \n L. ", "Ada@Example.org") == ("Ada L.", "ada@example.org")
    assert check_person(widget, None, 7) == ("", "")
    widget.asks_name = widget.asks_email = Asked.REQUIRED
    with pytest.raises(WrongAnswers) as refusal:
        check_person(widget, "", "")
    assert list(refusal.value.by_field) == ["name", "email"]
    assert check_person(widget, "", "", is_verified=True) == ("", "")


def test_they_stand_on_the_ticket_once(asking: ChatWidget, visitor: ChatVisitor) -> None:
    answers = check_answers(asking, {"topic": "l", "seats": "12", "vip": True, "why": "Two rooms"})
    chat, _line = start(visitor, "Hello", client_id=uuid4(), answers=answers, language="de")
    ticket = settle(chat)
    settle(chat)
    assert ticket is not None
    first, second = ticket.messages.order_by("pk")
    assert [line.partition(": ")[::2] for line in first.text.splitlines()] == [
        ("topic auf Deutsch", "Large"), ("seats auf Deutsch", "12"), ("vip auf Deutsch", "ja"),
        ("why auf Deutsch", "Two rooms"),
    ]  # fmt: skip
    assert second.text == "Hello"
    ticket.refresh_from_db()
    assert sorted(ticket.tags) == ["l", "vip"]
    ticket.requester.refresh_from_db()
    assert ticket.requester.custom_fields == {"seats": 12}


def test_an_answer_that_does_not_fit_the_field_stays_in_words(asking: ChatWidget, visitor: ChatVisitor) -> None:
    chat, _line = start(visitor, "Hello", client_id=uuid4(), answers={"topic": "s", "seats": "1.5"})
    ticket = settle(chat)
    assert ticket is not None and "Seats: 1.5" in ticket.messages.order_by("pk")[0].text
    ticket.requester.refresh_from_db()
    assert ticket.requester.custom_fields == {}


def test_whoever_comes_back_answers_again_on_the_same_ticket(asking: ChatWidget, visitor: ChatVisitor) -> None:
    first, _line = start(visitor, "Hello", client_id=uuid4(), answers={"topic": "s"})
    ticket = settle(first)
    Chat.objects.update(state=ChatState.ENDED, ended_by=EndedBy.VISITOR)
    second, _line = start(visitor, "Me again", client_id=uuid4(), answers={"topic": "s", "seats": "3"})
    assert settle(second) == ticket
    assert ticket is not None and [m.text for m in ticket.messages.order_by("pk")] == [
        "Topic: Small", "Hello", "Topic: Small\nSeats: 3", "Me again",
    ]  # fmt: skip
