"""What other companies call: signature first, then a row, then 200; everything else is a worker's."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.messaging import hearing
from channels_app.models import HookPayload, HookState, ProviderAccount
from helpdesk.lib import standard_webhooks
from tickets.models import Inbox, Message, Ticket

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WRITTEN = {
    "type": "message.created",
    "id": "m1",
    "conversation_id": "t1",
    "sender": {"id": "u1", "name": "Ada Lovelace"},
    "text": "It rattles.",
}


@pytest.fixture
def network(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind="generic", name="Mastodon", inbox=support)
    account.set_secrets(key=KEY)
    account.save()
    return account


def address(account: ProviderAccount, path: str = "") -> str:
    return f"/hooks/{account.kind}/{account.hook_token}/{path}"


def call(account: ProviderAccount, body: bytes | Mapping[str, object], *, key: str = KEY, path: str = "") -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = standard_webhooks.headers([key], "msg_1", int(timezone.now().timestamp()), raw)
    client = Client(raise_request_exception=False)
    url = address(account, path)
    return client.post(url, raw, content_type="application/json", headers=signed).status_code


class TestGate:
    def test_what_is_rightly_signed_is_stored_and_nothing_else_done(self, network: ProviderAccount) -> None:
        assert call(network, WRITTEN) == 200
        payload = HookPayload.objects.get()
        assert (payload.state, json.loads(bytes(payload.raw))) == (HookState.RECEIVED, WRITTEN)
        assert not Message.objects.exists()
        network.refresh_from_db()
        assert network.first_event_at == network.last_event_at is not None

    def test_a_wrong_signature_is_refused_and_counted(self, network: ProviderAccount) -> None:
        assert call(network, WRITTEN, key=standard_webhooks.new_secret()) == 403
        network.refresh_from_db()
        assert (network.refused_count, HookPayload.objects.count()) == (1, 0)

    def test_an_account_without_a_key_refuses_everything(self, network: ProviderAccount) -> None:
        network.set_secrets(key="")
        network.save()
        assert call(network, WRITTEN) == 403

    @pytest.mark.parametrize("token", ["made-up", "%00", "ü", "a" * 65])
    def test_an_unknown_token_is_refused(self, network: ProviderAccount, token: str) -> None:
        assert Client().post(f"/hooks/generic/{token}/", b"{}", content_type="application/json").status_code == 403

    @pytest.mark.parametrize("kind", ["fax", "%00", "whatsapp", "twilio-voice"])
    def test_a_token_opens_its_own_kind_only(self, network: ProviderAccount, kind: str) -> None:
        url = f"/hooks/{kind}/{network.hook_token}/"
        assert Client().post(url, b"{}", content_type="application/json").status_code == 403


def read() -> None:
    hearing.drain(now=timezone.now())


def test_a_message_becomes_a_ticket_and_the_next_joins_it(network: ProviderAccount) -> None:
    call(network, WRITTEN)
    call(network, WRITTEN | {"id": "m2", "text": "Still."})
    read()
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.channel, str(ticket.requester)) == ("It rattles.", "generic", "Ada Lovelace")
    assert [message.text for message in ticket.messages.order_by("pk")] == ["It rattles.", "Still."]
    assert {payload.state for payload in HookPayload.objects.all()} == {HookState.APPLIED}


def test_the_same_message_twice_is_one(network: ProviderAccount) -> None:
    call(network, WRITTEN)
    call(network, WRITTEN)
    read()
    assert Message.objects.count() == 1
