"""One person on several channels, as pages show it: where to write, where the conversation went on, what failed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from channels_app.base import Rejected, StatusTold
from channels_app.messaging import sending
from channels_app.messaging.applying import apply
from channels_app.models import Conversation, MessageTemplate, PartState, ProviderAccount, ProviderMessage
from customers.actors import SYSTEM, Actor
from customers.identities import add_identity
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.channels_app.messaging import paper
from tickets.models import DeliveryState, Message, Notification, Ticket
from tickets.routes import BY_EMAIL, routes_of
from tickets.services import add_reply, assign

BODY = [{"type": "BODY", "text": "Hello from the bell shop"}]


def answer(ticket: Ticket, by: User, *, by_mail: bool = False) -> Message:
    route = None if by_mail else routes_of(ticket)[0]
    return add_reply(ticket, "<p>Oil it.</p>", actor=Actor.agent(by), route=route)


def sent(message: Message) -> ProviderMessage:
    part = ProviderMessage.objects.get(message=message)
    sending.deliver(part.pk)
    part.refresh_from_db()
    return part


def test_the_conversation_says_where_it_went_on(
    client: Client, talk: Conversation, ticket: Ticket, grace: User
) -> None:
    by_whatsapp = answer(ticket, grace)
    by_mail = add_reply(ticket, "<p>By mail.</p>", actor=Actor.agent(grace), route=BY_EMAIL)
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    crossings = re.findall(r'id="x(\d+)">.*?</svg>([^<]*)', page, re.DOTALL)
    channels = [each.channel for each in (by_whatsapp, by_mail)]
    assert channels == ["whatsapp", "email"]
    assert [(int(pk), words) for pk, words in crossings] == [(by_mail.pk, "Continued by E-mail")]


class TestWhereToWrite:
    def test_on_the_ticket_where_they_talk(
        self, client: Client, talk: Conversation, ticket: Ticket, ada: Customer, grace: User
    ) -> None:
        client.force_login(grace)
        page = client.get(f"/customers/{ada.pk}/").content.decode()
        assert f"/agent/tickets/{ticket.pk}/?route=c{talk.pk}#composer" in page

    def test_where_they_never_wrote_we_begin(
        self, client: Client, account: ProviderAccount, ada: Customer, grace: User
    ) -> None:
        add_identity(ada, "whatsapp", "+4915199999999", actor=SYSTEM)
        MessageTemplate.objects.create(account=account, name="hello", language="en", state="approved", components=BODY)
        client.force_login(grace)
        page = client.get(f"/customers/{ada.pk}/").content.decode()
        found = re.search(r'href="(/agent/new/message/[^"]*)"', page)
        assert found
        form = client.get(found[1].replace("&amp;", "&")).content.decode()
        assert "number=%2B4915199999999" in form  # behind each template: WhatsApp begins with no other words

    def test_a_house_without_messengers_offers_none(self, client: Client, ada: Customer, grace: User) -> None:
        add_identity(ada, "whatsapp", "+4915199999999", actor=SYSTEM)
        client.force_login(grace)
        assert "/agent/new/message/" not in client.get(f"/customers/{ada.pk}/").content.decode()


class TestWhatFails:
    def test_later_its_author_hears_of_it(
        self, talk: Conversation, ticket: Ticket, grace: User, post: paper.Paper
    ) -> None:
        assign(ticket, grace, actor=Actor.agent(grace))
        part = sent(answer(ticket, grace))
        assert part.state == PartState.SENT
        now = timezone.now() + timedelta(minutes=5)
        told = StatusTold(now, part.external_id, PartState.FAILED, code="131026", error="Write by another channel.")
        apply(talk.account, told, now=now)
        assert part.message_id
        message = Message.objects.get(pk=part.message_id)
        assert (message.delivery_state, message.delivery_detail) == (DeliveryState.FAILED, "Write by another channel.")
        assert list(Notification.objects.filter(user=grace).values_list("kind", flat=True)) == ["not_sent"]

    def test_it_stands_in_the_outbox(
        self, client: Client, talk: Conversation, ticket: Ticket, grace: User, margaret: User, post: paper.Paper
    ) -> None:
        post.answers.append(Rejected("They have blocked us: use another channel."))
        part = sent(answer(ticket, grace))
        assert part.state == PartState.FAILED
        client.force_login(margaret)
        for query, is_there in (("", True), ("?state=failed", True), ("?state=sent", False), ("?before=1", False)):
            page = client.get(f"/agent/outbox/messages/{query}").content.decode()
            assert ("They have blocked us" in page, "Oil it." in page) == (is_there, is_there)
        assert "/agent/outbox/messages/" in client.get("/agent/outbox/").content.decode()
        client.force_login(grace)
        assert client.get("/agent/outbox/messages/").status_code == 403

    def test_the_doctor_names_accounts_that_are_broken(
        self, account: ProviderAccount, capsys: pytest.CaptureFixture[str]
    ) -> None:
        account.set_secrets(access_token="EAAG-of-nobody")
        account.problem = "Meta refuses our access token."
        account.save()
        blank = ProviderAccount.objects.create(kind="telegram", name="Bot", inbox=account.inbox)
        ProviderAccount.objects.create(kind="x", name="Profile", inbox=account.inbox, sealed_secrets="of another key")
        with pytest.raises(CommandError):
            call_command("doctor")
        said = capsys.readouterr().out
        assert "WhatsApp “Our number”: Meta refuses our access token." in said
        assert f"Telegram “{blank}” has no secrets" in said
        assert "the secrets of X “Profile” can't be opened" in said
        assert "EAAG" not in said
