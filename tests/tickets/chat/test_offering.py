"""Who is asked to take a chat: one at a time, by room and skill, the next after a no; and never two at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from helpdesk.accounts.models import Availability, Role, Team, User
from tests.cast import staff
from tickets.chat import life
from tickets.chat.errors import Taken
from tickets.chat.offering import expire_due, offer_waiting
from tickets.chat.starting import start
from tickets.models import (
    Capacity,
    Chat,
    ChatOffer,
    ChatState,
    ChatVisitor,
    ChatWidget,
    EndedBy,
    Inbox,
    OfferState,
    Skill,
)
from tickets.routing.words import in_words

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def online(name: str, team: Team, *, skills: tuple[str, ...] = (), chats: int = 3) -> User:
    user = staff(f"{name.lower()}@onethread.test", name, Role.AGENT)
    user.teams.add(team)
    User.objects.filter(pk=user.pk).update(availability=Availability.ONLINE)
    Capacity.objects.create(user=user, per_channel={"chat": chats})
    for skill in skills:
        Skill.objects.get_or_create(name=skill)[0].people.add(user)
    return User.objects.get(pk=user.pk)


def chat_of(widget: ChatWidget, seconds: int = 0, **fields: Any) -> Chat:
    """Somebody new asks something, so many seconds after noon."""
    visitor = ChatVisitor.objects.create(widget=widget)
    return start(visitor, "Hello?", client_id=uuid4(), now=after(seconds), **fields)[0]


def offers(chat: Chat) -> list[tuple[str, str]]:
    return [(offer.user.name, offer.state) for offer in chat.offers.select_related("user")]


def test_offered_to_who_has_least_and_says_why(widget: ChatWidget, support_team: Team) -> None:
    joan, mary = online("Joan", support_team), online("Mary", support_team)
    life.accept(chat_of(widget), joan, now=NOON)
    chat = chat_of(widget, 5)
    assert offer_waiting(now=after(6)) == 1
    another = chat_of(widget, 6)
    offer_waiting(now=after(6))
    assert offers(another) == [("Joan", "open")], "the other one, who is not being asked"
    offer = ChatOffer.objects.get(chat=chat)
    assert (offer.chat, offer.user, offer.expires_at) == (chat, mary, after(36))
    reasons = in_words(json.loads(reason) for reason in offer.reasons)
    assert reasons == "the least to do of 2 with room · had 0 of at most 3 chats"
    assert offer_waiting(now=after(7)) == 0, "once"


def test_the_next_after_a_no_and_after_silence(widget: ChatWidget, support_team: Team) -> None:
    joan, _mary = online("Joan", support_team), online("Mary", support_team)
    chat = chat_of(widget)
    offer_waiting(now=NOON)
    life.decline(chat, joan, now=after(3))
    life.decline(chat, joan, now=after(4))  # pressed twice
    assert offer_waiting(now=after(4)) == 1
    assert expire_due(now=after(33)) == 0
    assert expire_due(now=after(34)) == 1
    assert offers(chat) == [("Joan", "declined"), ("Mary", "expired")]
    assert offer_waiting(now=after(40)) == 0, "both have just not taken it"
    assert offer_waiting(now=after(124)) == 1, "who said no first is asked again, if it still waits"
    assert offers(chat)[-1] == ("Joan", "open")


def test_nobody_gets_more_than_they_take(widget: ChatWidget, support_team: Team) -> None:
    joan = online("Joan", support_team, chats=2)
    chats = [chat_of(widget, n) for n in range(4)]
    assert offer_waiting(now=after(5)) == 1, "one at a time"
    life.accept(chats[0], joan, now=after(6))
    assert offer_waiting(now=after(6)) == 1
    life.decline(chats[1], joan, now=after(6))
    assert offer_waiting(now=after(7)) == 1
    assert offers(chats[2]) == [("Joan", "open")]
    life.accept(chats[2], joan, now=after(8))
    assert offer_waiting(now=after(8)) == 0, "two is what she takes"
    life.end(chats[0], EndedBy.AGENT, user=joan, now=after(9))
    assert offer_waiting(now=after(10)) == 1 and offers(chats[3]) == [("Joan", "open")]


def test_the_first_in_the_queue_is_offered_first(widget: ChatWidget, support_team: Team) -> None:
    first, second = chat_of(widget), chat_of(widget, 5)
    third = chat_of(widget, 9)
    Chat.objects.filter(pk=third.pk).update(goes_first=True)  # it was passed on
    joan = online("Joan", support_team, chats=1)
    for chat in (third, first, second):
        assert offer_waiting(now=after(10)) == 1 and offers(chat) == [("Joan", "open")]
        life.accept(chat, joan, now=after(10))
        life.end(chat, EndedBy.AGENT, user=joan, now=after(10))


def test_a_skill_is_required_and_a_language_preferred(widget: ChatWidget, support_team: Team) -> None:
    joan = online("Joan", support_team, skills=("returns",))
    german = online("Mary", support_team, skills=("lang:de",), chats=1)
    asked = chat_of(widget)
    Chat.objects.filter(pk=asked.pk).update(skills=["returns"])
    nobody = chat_of(widget, 1)
    Chat.objects.filter(pk=nobody.pk).update(skills=["tax"])
    speaks, also = chat_of(widget, 2, language="de-AT"), chat_of(widget, 3, language="de")
    french = chat_of(widget, 4, language="fr")
    offer_waiting(now=after(5))
    assert offers(asked) == [("Joan", "open")] and offers(nobody) == []
    assert offers(speaks) == [("Mary", "open")]
    assert "lang:de" in ChatOffer.objects.get(user=german).reasons[-1]
    life.accept(asked, joan, now=after(6))
    offer_waiting(now=after(6))
    assert offers(also) == [], "they wait a little for somebody who speaks it"
    assert offers(french) == [("Joan", "open")], "there is no such skill"
    life.accept(french, joan, now=after(7))
    offer_waiting(now=after(64))
    assert offers(also) == [("Joan", "open")], "and not for ever"


def test_who_had_the_ticket_before_is_asked_first(widget: ChatWidget, support_team: Team) -> None:
    _joan, mary = online("Joan", support_team), online("Mary", support_team)
    chat = chat_of(widget)
    life.accept(chat, mary, now=NOON)
    life.end(chat, EndedBy.VISITOR, now=after(60))
    again, _line = start(chat.visitor, "One more thing", client_id=uuid4(), now=after(600))
    assert again.ticket == Chat.objects.get(pk=chat.pk).ticket
    offer_waiting(now=after(601))
    assert offers(again) == [("Mary", "open")]
    assert in_words(map(json.loads, again.offers.get().reasons)).startswith("has had this ticket before")


def test_who_is_away_or_of_another_team_is_not_asked(widget: ChatWidget, support_team: Team) -> None:
    online("Joan", Team.objects.create(name="Billing"))
    User.objects.filter(pk=online("Mary", support_team).pk).update(availability=Availability.AWAY)
    light = online("Lin", support_team)
    User.objects.filter(pk=light.pk).update(role=Role.LIGHT)
    chat_of(widget)
    assert offer_waiting(now=after(1)) == 0


def test_accepting_from_the_list_withdraws_the_offer(widget: ChatWidget, support_team: Team, alan: User) -> None:
    joan = online("Joan", support_team)
    chat = chat_of(widget)
    offer_waiting(now=NOON)
    life.accept(chat, alan, now=after(2))
    assert offers(chat) == [("Joan", "withdrawn")]
    with pytest.raises(Taken):
        life.accept(chat, joan, now=after(3))


def test_who_lets_three_run_out_is_away(widget: ChatWidget, support_team: Team) -> None:
    joan = online("Joan", support_team)
    for minute in range(3):
        assert User.objects.get(pk=joan.pk).availability == Availability.ONLINE
        chat_of(widget, 60 * minute)
        assert offer_waiting(now=after(60 * minute)) == 1
        expire_due(now=after(60 * minute + 30))
    assert User.objects.get(pk=joan.pk).availability == Availability.AWAY


@pytest.mark.django_db(transaction=True)
def test_many_at_once_give_one_chat_to_one_person(support: Inbox) -> None:
    """Everybody offers, accepts and declines at the same moment; each chat ends up with exactly one agent."""
    assert support.team
    widget = ChatWidget.objects.create(name="Shop", inbox=support, team=support.team)
    people = [online(name, support.team) for name in ("Joan", "Mary", "Jean")]
    chats = [chat_of(widget, n) for n in range(6)]

    def act(turn: int) -> str:
        chat, user = chats[turn % 6], people[turn % 3]
        try:
            offer_waiting(now=after(10))
            return str(life.accept(chat, user, now=after(10)).agent_id == user.pk)
        except Taken:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(act, [turn * 7 % 18 for turn in range(18)]))
    assert said.count("True") >= 6 and "False" not in said
    assert set(Chat.objects.values_list("state", flat=True)) == {ChatState.ACTIVE}
    assert not ChatOffer.objects.filter(state=OfferState.OPEN).exists()
