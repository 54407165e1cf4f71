"""Mails about chats: made when they are sent, sent once, answered to the chat's ticket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.adapters.email.tokens import claim_in_address
from channels_app.chat_mails import OUTBOX
from customers.models import Identity
from helpdesk.accounts.models import User
from tickets.chat import log
from tickets.chat.addresses import address_of
from tickets.chat.mails import AN_HOUR, forget_old_mails, queue_mail
from tickets.chat.offline import leave_message
from tickets.chat.settling import settle
from tickets.chat.transcript import send_transcript
from tickets.models import Chat, ChatMail, ChatMailKind, ChatVisitor, Said
from tickets.services import Refused

NEW = "byron@example.net"


@pytest.fixture(autouse=True)
def posted(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


@pytest.fixture
def talked(chat: Chat, grace: User) -> Chat:
    log.say(chat, Said.VISITOR, "Is <b>this</b> on?")
    log.say(chat, Said.AGENT, "It is, Ada.", author=grace, name="Grace")
    log.happened(chat, "ended")
    settle(chat)
    chat.refresh_from_db()
    return chat


def rendered(row: ChatMail) -> EmailMessage:
    parsed = message_from_bytes(OUTBOX.render(row, now=timezone.now()), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_who_waits_no_longer_goes_on_by_mail_and_both_sides_read_it(waiting: Chat) -> None:
    log.say(waiting, Said.VISITOR, "Is anybody there?")
    row = send_transcript(waiting, NEW)
    assert send_transcript(waiting, NEW) == row, "pressed twice it is one mail"
    assert [(line.said, line.payload.get("kind")) for line in log.read(waiting.pk)] == [
        ("visitor", None), ("event", "went_to_email"),
    ]  # fmt: skip


def test_a_transcript_holds_what_was_said_and_is_answered_to_the_ticket(talked: Chat) -> None:
    row = send_transcript(talked, " Byron@example.net ")
    assert row.email == NEW and talked.ticket is not None
    parsed = rendered(row)
    assert parsed["To"] == NEW and parsed["Auto-Submitted"] == "auto-generated"
    claim = claim_in_address(parsed["Reply-To"].addresses[0].addr_spec)
    assert claim is not None and claim.number == talked.ticket.number and claim.is_valid(talked.ticket.inbox_id)
    assert "You: Is <b>this</b> on?" in body(parsed, "plain") and "Grace: It is, Ada." in body(parsed, "plain")
    assert "&lt;b&gt;this" in body(parsed, "html") and "<b>this" not in body(parsed, "html")
    talked.visitor.refresh_from_db()
    assert talked.visitor.claimed_email == NEW
    assert Identity.objects.get(value=NEW).customer == talked.visitor.customer


def test_it_is_sent_once(talked: Chat) -> None:
    row = send_transcript(talked, NEW)
    assert send_transcript(talked, NEW) == row
    assert (OUTBOX.send_due(), OUTBOX.send_due(), len(mail.outbox)) == (1, 0, 1)
    row.refresh_from_db()
    assert (row.due_at, row.attempt, row.last_error) == (None, 1, "")


def test_what_was_redacted_meanwhile_is_not_sent(talked: Chat) -> None:
    row = send_transcript(talked, NEW)
    message = talked.entries.get(seq=1).message
    assert message is not None
    message.text = ""
    message.save()
    assert "this" not in body(rendered(row), "plain").replace("this is what", "").replace("answer this", "")


def test_nobodys_mailbox_is_filled(talked: Chat) -> None:
    for n in range(3):
        send_transcript(talked, f"someone{n}@example.net")
    with pytest.raises(Refused):
        send_transcript(talked, "someone4@example.net")
    for address in ("", "nonsense", "support@onethread.test"):
        with pytest.raises(Refused):
            send_transcript(talked, address)
    assert ChatMail.objects.count() == 3


def test_where_one_mail_would_be_too_many_answers_go_all_the_same(talked: Chat) -> None:
    for _ in range(AN_HOUR):
        queue_mail(ChatMailKind.RECEIVED, NEW, ticket=talked.ticket, now=timezone.now())
    with pytest.raises(Refused):
        send_transcript(talked, NEW)
    talked.visitor.refresh_from_db()
    assert address_of(talked.visitor) == NEW


def test_nothing_said_nothing_sent(chat: Chat) -> None:
    with pytest.raises(Refused):
        send_transcript(chat, NEW)


def test_words_left_are_confirmed_in_our_words_alone(visitor: ChatVisitor) -> None:
    ticket = leave_message(visitor, "BUY CHEAP PILLS", client_id=uuid4(), email=NEW, name="http://spam.example")
    row = ChatMail.objects.get()
    ChatMail.objects.update(answer_by=datetime(2026, 3, 3, 9, 30, tzinfo=UTC))
    row.refresh_from_db()
    parsed = rendered(row)
    assert "3 March, 09:30" in body(parsed, "plain")
    for kind in ("plain", "html"):
        assert "PILLS" not in body(parsed, kind) and "spam" not in body(parsed, kind)
    assert "spam" not in str(parsed["To"])
    claim = claim_in_address(parsed["Reply-To"].addresses[0].addr_spec)
    assert claim is not None and claim.number == ticket.number


def test_old_mails_are_forgotten(talked: Chat) -> None:
    send_transcript(talked, NEW, now=timezone.now() - timedelta(days=31))
    assert forget_old_mails(now=timezone.now()) == 1 and not ChatMail.objects.exists()
