"""A chat goes on by mail: what the visitor missed, and later replies with the chat below them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.adapters.email.quoting import quotes_for
from channels_app.chat_mails import OUTBOX, lines_of
from customers.actors import Actor
from customers.models import Identity
from helpdesk.accounts.models import User
from tickets.chat import log
from tickets.chat.continuing import APART, mail_missed
from tickets.chat.settling import settle
from tickets.models import Chat, ChatMail, ChatState, EndedBy, Said
from tickets.services import add_reply, change_status

NOW = timezone.now()


@pytest.fixture
def left_alone(chat: Chat, grace: User) -> Chat:
    """The visitor asked, and was gone when Grace answered."""
    log.say(chat, Said.VISITOR, "Is it <waterproof>?", now=NOW - timedelta(minutes=9))
    log.say(chat, Said.AGENT, "It is.", author=grace, name="Grace", now=NOW - timedelta(minutes=8))
    log.say(chat, Said.AGENT, "Down to 3 m.", author=grace, name="Grace", now=NOW - timedelta(minutes=1))
    settle(chat)
    chat.refresh_from_db()
    return chat


def test_what_was_missed_is_mailed_once(left_alone: Chat, grace: User) -> None:
    assert mail_missed(now=NOW) == 1
    row = ChatMail.objects.get()
    assert (row.kind, row.email, row.chat) == ("missed", "ada@example.org", left_alone)
    assert [line.text for line in lines_of(row)] == ["It is.", "Down to 3 m."]
    assert [line.payload["kind"] for line in log.read(left_alone.pk) if line.said == Said.EVENT] == ["went_to_email"]
    assert mail_missed(now=NOW) == 0 and mail_missed(now=NOW + APART) == 0
    log.say(left_alone, Said.AGENT, "Still there?", author=grace, now=NOW)
    assert mail_missed(now=NOW + timedelta(minutes=5)) == 0, "one mail, not one for each line"
    assert mail_missed(now=NOW + APART) == 1
    assert [line.text for line in lines_of(ChatMail.objects.latest("pk"))] == ["Still there?"]


def test_who_is_there_gets_no_mail(left_alone: Chat) -> None:
    Chat.objects.update(visitor_seen_seq=3)
    assert mail_missed(now=NOW) == 0
    Chat.objects.update(visitor_seen_seq=0)
    log.say(left_alone, Said.VISITOR, "Thanks", now=NOW)
    assert mail_missed(now=NOW + timedelta(minutes=9)) == 0, "they answered, so they have read it"


def test_a_moment_is_waited(chat: Chat, grace: User) -> None:
    log.say(chat, Said.AGENT, "Hello", author=grace, now=NOW - timedelta(minutes=1))
    settle(chat)
    assert mail_missed(now=NOW) == 0


def test_seen_before_it_is_sent_it_need_not_be_sent(left_alone: Chat) -> None:
    mail_missed(now=NOW)
    Chat.objects.update(visitor_seen_seq=3)
    row = OUTBOX.rows().get()
    assert OUTBOX.why_not(row, NOW)


def test_also_when_the_chat_has_ended_and_not_without_an_address(left_alone: Chat) -> None:
    Chat.objects.update(state=ChatState.ENDED, ended_by=EndedBy.AGENT, ended_at=NOW)
    left_alone.visitor.__class__.objects.update(claimed_email="")
    Identity.objects.filter(customer=left_alone.visitor.customer, kind="email").delete()
    assert mail_missed(now=NOW) == 0
    left_alone.visitor.__class__.objects.update(claimed_email="ada@example.org")
    assert mail_missed(now=NOW) == 1


def test_a_later_reply_goes_to_the_visitor_with_the_chat_below_it(left_alone: Chat, grace: User) -> None:
    ticket = left_alone.ticket
    assert ticket is not None
    change_status(ticket, "solved", actor=Actor.agent(grace))
    reply = add_reply(ticket, "<p>One more thing.</p>", actor=Actor.agent(grace))
    assert reply.to == ["ada@example.org"]
    second = add_reply(ticket, "<p>And another.</p>", actor=Actor.agent(grace), now=timezone.now())
    last, chatted = quotes_for(second)
    assert "One more thing" in last.text
    assert chatted.text.startswith("> ") and [line.split(" ", 2)[2] for line in chatted.text.splitlines()] == [
        "Ada: Is it <waterproof>?",
        "Grace Hopper: It is.",
        "Grace Hopper: Down to 3 m.",
    ]
    assert "&lt;waterproof&gt;" in chatted.html and "<waterproof" not in chatted.html
