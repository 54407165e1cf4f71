"""What other companies call: signature first, then a row, then 200; everything else is a worker's."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.messaging import hearing
from channels_app.models import HookPayload, HookState, ProviderAccount
from channels_app.registry import LISTENERS
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


SECRETS = dict.fromkeys(
    ("key", "token", "auth_token", "app_secret", "secret_token", "consumer_secret", "verify_token"), "secret"
)
FORGED = {
    "X-Twilio-Signature": "é" * 20,
    "X-Hub-Signature-256": "sha256=ü",
    "X-Telegram-Bot-Api-Secret-Token": "ÿ",
    "x-twitter-webhooks-signature": "sha256=\x80",
    "webhook-id": "é",
    "webhook-timestamp": "9" * 400,
    "webhook-signature": "v1,ö v1, v2,x",
}


class TestEveryKind:
    """No stranger gets anything but 403 out of the hook of any channel, whatever they send."""

    @pytest.fixture(params=sorted(LISTENERS))
    def account(self, request: pytest.FixtureRequest, support: Inbox) -> ProviderAccount:
        made = ProviderAccount(kind=request.param, name="Ours", inbox=support, external_id="1")
        made.set_secrets(**SECRETS)
        made.save()
        return made

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b"a=%00&a=%ff&=", b"[" * 5000])
    def test_forged_calls_are_refused_and_counted(self, account: ProviderAccount, method: str, body: bytes) -> None:
        client = Client(raise_request_exception=False)
        for query in ("", "?hub.mode=subscribe&hub.verify_token=%00&hub.challenge=1", "?crc_token", "?bodySHA256=é"):
            url = address(account) + query
            kind = "application/x-www-form-urlencoded" if body.startswith(b"a=") else "application/json"
            answer = client.generic(method, url, body, content_type=kind, headers=FORGED)
            is_crc = account.kind == "x" and method == "GET" and "crc_token" in query
            assert answer.status_code in ((200, 403) if is_crc else (403,))
        assert not HookPayload.objects.exists()
        account.refresh_from_db()
        assert account.refused_count >= 3

    def test_an_account_without_secrets_trusts_nobody(self, account: ProviderAccount) -> None:
        ProviderAccount.objects.update(sealed_secrets="")
        client = Client(raise_request_exception=False)
        assert client.post(address(account), b"{}", content_type="application/json").status_code == 403

    def test_secrets_that_cannot_be_opened_trust_nobody(self, account: ProviderAccount) -> None:
        ProviderAccount.objects.update(sealed_secrets="sealed under another key")
        client = Client(raise_request_exception=False)
        assert client.post(address(account), b"{}", content_type="application/json").status_code == 403
