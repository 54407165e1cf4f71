"""Rules see chats as they see every message, but no rule answers by mail what was said in a chat."""

from __future__ import annotations

from uuid import uuid4

from helpdesk.accounts.models import User
from tickets.automation.actions import check_actions
from tickets.automation.rules import create_rule
from tickets.chat import log
from tickets.chat.offline import leave_message
from tickets.chat.settling import settle
from tickets.conditions import check
from tickets.models import Chat, ChatMail, ChatVisitor, Message, RuleKind, Said, TicketEvent


def acknowledging(admin: User) -> None:
    create_rule(
        RuleKind.TRIGGER,
        admin,
        "Acknowledge",
        conditions=check({"all": [{"field": "update_type", "operator": "is", "value": "Create"}]}, RuleKind.TRIGGER),
        actions=check_actions(
            [{"field": "notification_user", "value": ["requester_id", "We have it", "Thank you"]}],
            scope=RuleKind.TRIGGER,
        ),
    )


def test_nobody_gets_a_mail_for_each_word(chat: Chat, radia: User) -> None:
    acknowledging(radia)
    log.say(chat, Said.VISITOR, "Hello?")
    ticket = settle(chat)
    assert ticket is not None
    assert ticket.requester.identities.filter(value="ada@example.org").exists()
    assert not Message.objects.filter(is_automatic=True).exists()
    held = TicketEvent.objects.get(kind="rule.mail_held")
    assert held.payload["reason"] == "chat"


def test_words_left_are_acknowledged_once(visitor: ChatVisitor, radia: User) -> None:
    acknowledging(radia)
    leave_message(visitor, "Hello?", client_id=uuid4())
    assert ChatMail.objects.count() == 1 and not Message.objects.filter(is_automatic=True).exists()
