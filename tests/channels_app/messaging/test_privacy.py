"""A person who wrote by a messenger: given all that is kept of them, and forgotten when they ask."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from channels_app.base import Person
from channels_app.messaging import privacy
from channels_app.models import Conversation, HookPayload, ProviderAccount, ProviderMessage
from customers.actors import Actor
from customers.models import Customer, PrivacyJob
from customers.person import person_of
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.network import KEY, Network
from tests.channels_app.hooked import hear
from tests.channels_app.messaging.telling import after, reacted, tell
from tickets.models import Inbox, Message, Ticket
from tickets.services import add_reply, redact_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind="generic", name="Mastodon", inbox=support)
    account.set_secrets(key=KEY)
    account.save()
    other_side = Network()
    zelda = {"id": "zelda@social.example", "name": "Zelda Quindle"}
    hear(
        account,
        other_side.text("My xqfirstzv rattles.", named="m1", sender=zelda, conversation_id="t1"),
        other_side.edit("m1", "My xqsecondzv rattles."),
        other_side.text("Hello.", named="m2", sender={"id": "bob", "name": "Bob"}, conversation_id="t2"),
    )
    return account


@pytest.fixture
def zelda(network: ProviderAccount) -> Customer:
    return Customer.objects.get(name="Zelda Quindle")


def everything() -> str:
    """What the tables of messengers hold."""
    rows: list[Any] = [*Conversation.objects.values(), *ProviderMessage.objects.values()]
    rows += [{**row, "raw": bytes(row["raw"]).decode()} for row in HookPayload.objects.values()]
    return json.dumps(rows, default=str)


def job_of(customer: Customer) -> PrivacyJob:
    return PrivacyJob(kind="erasure", customer=customer, sealed=person_of(customer).seal(), plan={"barriers": {}})


def test_who_is_erased_leaves_no_word_and_no_key(network: ProviderAccount, zelda: Customer, grace: User) -> None:
    ticket = Ticket.objects.get(requester=zelda)
    add_reply(ticket, "<p>xqreplyzv</p>", actor=Actor.agent(grace))
    tell(network, reacted("m2", 5, "👍", Person("zelda@social.example", name="Zelda Quindle")))
    assert privacy.count(person_of(zelda))[0][1] == 1
    privacy.erase(job_of(zelda))
    left = everything()
    for word in ("xqfirstzv", "xqsecondzv", "xqreplyzv", "zelda", "Zelda"):
        assert word not in left
    assert "Hello." in left and "bob" in left
    assert ProviderMessage.objects.get(message__author_role="agent").state == "cancelled"
    assert Message.objects.get(text="Hello.").facts["reactions"] == []


def test_whoever_writes_again_from_the_same_key_is_somebody_new(network: ProviderAccount, zelda: Customer) -> None:
    privacy.erase(job_of(zelda))
    zelda.identities.all().delete()
    again = {"id": "zelda@social.example", "name": "Zelda"}
    hear(network, Network(count=50).text("It is me.", sender=again, conversation_id="t1"))
    assert Ticket.objects.order_by("pk").last().requester != zelda  # type: ignore[union-attr]


def test_redacted_words_are_gone_from_former_versions_and_calls(network: ProviderAccount, grace: User) -> None:
    message = Message.objects.get(text="My xqsecondzv rattles.")
    redact_message(message, ["xqsecondzv"], actor=Actor.agent(grace))
    assert "xqsecondzv" not in everything()
    hear(network, Network(count=60).edit("m1", "My engine rattles.", updated_at="2040-01-01T00:00:00Z"))
    message.refresh_from_db()
    assert message.text == "My engine rattles."
    assert "xqsecondzv" not in json.dumps(message.facts)


def test_calls_are_forgotten_in_time_and_so_is_what_never_came(network: ProviderAccount) -> None:
    tell(network, reacted("never", 1, "👍"))
    now = timezone.now()
    assert privacy.forget_old(now=now + timedelta(days=29)) == 0
    ProviderMessage.objects.filter(message=None).update(created_at=after(0))
    assert privacy.forget_old(now=now + timedelta(days=31)) == HookPayload.objects.count() + 4
    assert Message.objects.count() == 2
    assert ProviderMessage.objects.count() == 2
