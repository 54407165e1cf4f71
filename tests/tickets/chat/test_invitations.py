"""Invitations come as often as they may, to whom they may, and are counted against those who were held back."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tickets.chat import invitations
from tickets.chat.invitation_check import HELD_BACK, problems
from tickets.chat.starting import start
from tickets.models import Chat, ChatInvitation, ChatVisitor, ChatWidget, Invited

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HELP = {"key": "a", "weight": 1, "texts": {"en": {"text": "Need a hand?"}, "de": {"text": "Hilfe?"}}}


@pytest.fixture
def checkout(widget: ChatWidget) -> ChatInvitation:
    return ChatInvitation.objects.create(
        widget=widget, name="Checkout", conditions={"page": "/checkout", "basket": 50}, variants=[HELP], goal="purchase"
    )


def asked(widget: ChatWidget, visitor: UUID, **more: Any) -> list[invitations.Candidate]:
    facts = {"customer": None, "language": "en", "is_online": True, "now": NOON, **more}
    return invitations.candidates(widget, visitor, **facts)


def test_the_widget_is_told_what_to_say_and_when(widget: ChatWidget, checkout: ChatInvitation) -> None:
    (one,) = asked(widget, uuid4())
    assert one.as_dict() == {
        "id": checkout.pk,
        "variant": "a",
        "text": "Need a hand?",
        "conditions": {"page": "/checkout", "basket": 50},
    }
    assert asked(widget, uuid4(), language="de")[0].text == "Hilfe?"


def test_nobody_is_invited_while_nobody_can_answer(widget: ChatWidget, checkout: ChatInvitation) -> None:
    assert asked(widget, uuid4(), is_online=False) == []
    ChatInvitation.objects.update(needs_agents=False)
    assert len(asked(widget, uuid4(), is_online=False)) == 1


def test_the_same_visitor_is_left_alone_for_a_while(widget: ChatWidget, checkout: ChatInvitation) -> None:
    ada = uuid4()
    assert invitations.shown(checkout.pk, ada, "a", page_url="https://shop.example/checkout", now=NOON)
    assert invitations.shown(checkout.pk, ada, "a", page_url="", now=NOON) is None, "said twice"
    assert asked(widget, ada, now=NOON + timedelta(days=6)) == []
    assert len(asked(widget, ada, now=NOON + timedelta(days=8))) == 1
    assert len(asked(widget, uuid4())) == 1


def test_a_version_that_there_is_not_is_not_counted(checkout: ChatInvitation) -> None:
    assert invitations.shown(checkout.pk, uuid4(), "z", page_url="", now=NOON) is None
    assert not Invited.objects.exists()


def test_versions_are_given_by_weight_and_stay() -> None:
    variants = [{**HELP, "weight": 3}, {"key": HELD_BACK, "weight": 1}]
    chosen = {who: invitations.variant_for(variants, who)["key"] for who in map(str, range(2000))}
    assert 1400 < Counter(chosen.values())["a"] < 1600
    assert all(invitations.variant_for(variants, who)["key"] == key for who, key in chosen.items())


def test_what_came_of_it_is_counted_by_version(widget: ChatWidget, checkout: ChatInvitation) -> None:
    ChatInvitation.objects.update(variants=[HELP, {"key": HELD_BACK, "weight": 1}])
    ada = ChatVisitor.objects.create(widget=widget)
    invitations.shown(checkout.pk, ada.pk, "a", page_url="", now=NOON)
    invitations.shown(checkout.pk, uuid4(), HELD_BACK, page_url="", now=NOON)
    invitations.answered(checkout.pk, ada.pk, accepted=True, now=NOON)
    invitations.answered(checkout.pk, ada.pk, accepted=False, now=NOON)  # the first counts
    chat = Chat.objects.create(widget=widget, visitor=ada)
    invitations.led_to(chat, ada, now=NOON + timedelta(minutes=5))
    assert invitations.reached_goal(widget, ada.pk, "purchase", "79.90", now=NOON + timedelta(hours=1)) == 1
    assert invitations.reached_goal(widget, ada.pk, "purchase", "79.90", now=NOON + timedelta(hours=2)) == 0
    shown, held = invitations.figures(ChatInvitation.objects.get())
    assert (shown.seen, shown.accepted, shown.chats, shown.goals, shown.value) == (1, 1, 1, 1, Decimal("79.90"))
    assert (held.variant, held.seen, held.chats, held.goal_share) == (HELD_BACK, 1, 0, 0.0)
    assert Invited.objects.get(visitor=ada.pk).dismissed_at is None


@pytest.mark.parametrize("value", ["NaN", "inf", "1e99", None, {}, "ten"])
def test_a_strange_value_is_no_value(widget: ChatWidget, checkout: ChatInvitation, value: Any) -> None:
    ada = uuid4()
    invitations.shown(checkout.pk, ada, "a", page_url="", now=NOON)
    assert invitations.reached_goal(widget, ada, "purchase", value, now=NOON) == 1
    assert Invited.objects.get().goal_value is None


def test_a_chat_that_begins_soon_after_it_is_counted_with_it(widget: ChatWidget, checkout: ChatInvitation) -> None:
    ada = ChatVisitor.objects.create(widget=widget)
    invitations.shown(checkout.pk, ada.pk, "a", page_url="", now=NOON)
    chat, _line = start(ada, "Yes, please", client_id=uuid4(), now=NOON + timedelta(minutes=5))
    assert Invited.objects.get().chat == chat
    assert invitations.figures(checkout)[0].chats == 1


def test_a_chat_much_later_has_another_reason(widget: ChatWidget, checkout: ChatInvitation) -> None:
    ada = ChatVisitor.objects.create(widget=widget)
    invitations.shown(checkout.pk, ada.pk, "a", page_url="", now=NOON)
    invitations.led_to(Chat.objects.create(widget=widget, visitor=ada), ada, now=NOON + timedelta(hours=1))
    assert Invited.objects.get().chat is None


@pytest.mark.parametrize(
    ("conditions", "variants", "field"),
    [
        ({"page": 7}, [HELP], "conditions"),
        ({"basket": -1}, [HELP], "conditions"),
        ({"basket": True}, [HELP], "conditions"),
        ({"moon": "full"}, [HELP], "conditions"),
        ([], [HELP], "conditions"),
        ({}, [], "variants"),
        ({}, [HELP, HELP], "variants"),
        ({}, [{**HELP, "weight": 0}], "variants"),
        ({}, [{"key": HELD_BACK, "weight": 1}], "variants"),
        ({}, [HELP, {"key": "b", "weight": 1}], "variants"),
        ({}, [{**HELP, "texts": {"en": "Hi"}}], "variants"),
    ],
)
def test_what_is_wrong_is_named(conditions: Any, variants: Any, field: str) -> None:
    assert set(problems(conditions, variants, language="en")) == {field}


def test_one_may_be_held_back() -> None:
    assert problems({"seconds": 30}, [HELP, {"key": HELD_BACK, "weight": 1}], language="en") == {}
