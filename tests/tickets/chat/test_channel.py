"""“Channel is Live chat” means the same in rules, views, search and imports; rules decide who gets a chat."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import Team, User
from tests.tickets.chat.test_offering import offers, online
from tickets.automation.rules import create_rule
from tickets.chat import life, log
from tickets.chat.offering import offer_waiting
from tickets.chat.settling import settle
from tickets.chat.starting import start
from tickets.models import Chat, ChatVisitor, RuleKind, Said, Skill, Ticket
from tickets.routing_forms import PersonForm
from tickets.search.finding import find
from tickets.search.parsing import parse
from tickets.services import assign_team

IS_CHAT = {"field": "via_id", "operator": "is", "value": "chat"}


def when_chat(admin: User, title: str, field: str, value: Any, *more: dict[str, Any]) -> None:
    conditions = {"all": [IS_CHAT, {"field": "update_type", "operator": "is", "value": "Create"}, *more]}
    create_rule(RuleKind.TRIGGER, admin, title, conditions=conditions, actions=[{"field": field, "value": value}])


def begin(visitor: ChatVisitor, text: str = "My basket is empty") -> Chat:
    return start(visitor, text, client_id=uuid4())[0]


def test_rules_hear_of_chats_and_of_each_turn(visitor: ChatVisitor, radia: User, grace: User) -> None:
    when_chat(radia, "Chats", "current_tags", "chat")
    said_basket = [
        {"field": "current_via_id", "operator": "is", "value": "chat"},
        {"field": "comment_includes_word", "operator": "includes", "value": "refund"},
    ]
    tag = [{"field": "current_tags", "value": "refund"}]
    create_rule(RuleKind.TRIGGER, radia, "Refunds", conditions={"all": said_basket}, actions=tag)
    chat = begin(visitor)
    ticket = settle(chat)
    assert ticket and ticket.tags == ["chat"]
    log.say(chat, Said.VISITOR, "I want a refund")
    settle(chat)
    assert sorted(Ticket.objects.get().tags) == ["chat", "refund"]


def test_search_finds_a_chat_by_its_channel_and_words(visitor: ChatVisitor, grace: User) -> None:
    chat = begin(visitor)
    life.accept(chat, grace)
    log.say(chat, Said.AGENT, "The lanterns are in stock", author=grace)
    settle(chat)
    for asked in ("via:chat basket", "channel:chat lanterns"):
        assert find(parse(asked, grace), grace).count == 1
    assert find(parse("via:email basket", grace), grace).count == 0


def test_a_rule_sends_a_chat_to_another_team_before_anybody_is_asked(
    visitor: ChatVisitor, radia: User, support_team: Team
) -> None:
    billing = Team.objects.create(name="Billing")
    online("Joan", support_team)
    online("Mary", billing)
    when_chat(radia, "To billing", "group_id", billing.pk)
    chat = begin(visitor)
    offer_waiting(now=timezone.now())
    chat.refresh_from_db()
    assert chat.team == billing and offers(chat) == [("Mary", "open")]


def test_a_rule_asks_for_a_skill(visitor: ChatVisitor, radia: User, support_team: Team) -> None:
    Skill.objects.create(name="returns")
    when_chat(radia, "Skilled", "add_skills", ["returns"])
    online("Joan", support_team)
    chat = begin(visitor)
    assert offer_waiting(now=timezone.now()) == 0
    online("Mary", support_team, skills=("returns",))
    offer_waiting(now=timezone.now())
    assert offers(chat) == [("Mary", "open")]


def test_moved_on_the_tickets_page_it_waits_in_the_other_team(
    visitor: ChatVisitor, support_team: Team, grace: User
) -> None:
    online("Joan", support_team)
    chat = begin(visitor)
    offer_waiting(now=timezone.now())
    queued_at = Chat.objects.get().queued_at
    billing = Team.objects.create(name="Billing")
    assign_team(Ticket.objects.get(), billing, actor=Actor.agent(grace))
    chat.refresh_from_db()
    assert (chat.team, chat.queued_at) == (billing, queued_at) and offers(chat) == [("Joan", "withdrawn")]
    assign_team(Ticket.objects.get(), None, actor=SYSTEM)
    chat.refresh_from_db()
    assert chat.team is None


def test_capacity_names_chats_as_what_they_are(grace: User) -> None:
    assert str(PersonForm(person=grace).fields["room_chat"].label) == "Chats at a time at most"
