"""Grace answers Ada, and the answer goes out through a real SMTP server that behaves, or does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import outbox, resending, sending
from channels_app.models import Delivery, OutboxState
from helpdesk.accounts.models import User
from tests.channels_app.smtp_server import Mailbox, smtp_server
from tickets.actors import Actor
from tickets.models import CcState, DeliveryState, Inbox, Message, Ticket
from tickets.services import Refused, TooLate, add_cc, add_reply, retract_reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Settings) -> Iterator[Mailbox]:
    with smtp_server() as mailbox:
        settings.EMAIL_BACKEND = "channels_app.mail_backend.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = mailbox.host, mailbox.port, 5
        settings.UNDO_SEND_SECONDS = 0
        yield mailbox


def reply(ticket: Ticket, author: User, words: str = "<p>Oil it.</p>") -> Delivery:
    return add_reply(ticket, words, actor=Actor.agent(author)).delivery


def state_of(delivery: Delivery) -> tuple[str, str, str]:
    """The outbox row, and what the ticket shows of it."""
    row = Delivery.objects.select_related("message").get(pk=delivery.pk)
    return row.state, row.message.delivery_state, row.message.delivery_detail


def test_a_reply_reaches_the_customer(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    delivery = reply(adas_ticket, grace)
    assert sending.deliver(delivery.pk)
    assert state_of(delivery) == ("accepted", "sent", "")
    [envelope] = server.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("support@onethread.test", ["ada@example.org"])
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert mail["In-Reply-To"] == "<first@example.org>"
    assert mail["Message-ID"] == f"<{delivery.mail_id}>"
    print(envelope.content.decode())
