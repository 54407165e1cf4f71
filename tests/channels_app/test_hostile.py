"""Strangers and broken providers at our hooks: whatever they send is refused or kept, and no secret gets out."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import logging

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from channels_app import calling, hooks
from channels_app.base import NotThere, SendError
from channels_app.models import Conversation, HookPayload, HookState, ProviderAccount, ProviderMessage
from channels_app.registry import ADAPTERS, adapter_of
from channels_app.setup.setups import setup_of
from customers.models import Customer
from helpdesk.demo.stand_ins.base import Answered, Asked, StandIn
from tests.channels_app.hooking import read_all
from tests.channels_app.serving import serving
from tickets.attachments import File
from tickets.models import Inbox, Message, Ticket
from tickets.services import add_fetched_file

KEY = "app-secret-of-ours-3f9a"
SECRETS = {
    "token": "7000000001:token-of-ours-b8d1", "auth_token": "auth-token-of-ours-c2e5", "app_secret": KEY,
    "access_token": "access-token-of-ours-d4f7", "secret_token": "secret-token-of-ours-e6a8",
    "consumer_secret": "consumer-secret-of-ours-f1b2", "verify_token": "verify-token-of-ours-a3c4",
    "refresh_token": "refresh-token-of-ours-a9d0", "client_secret": "client-secret-of-ours-b0e1",
    "key": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}  # fmt: skip
SAID = b"""{"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
  "metadata": {"phone_number_id": "100"},
  "contacts": [{"profile": {"name": "WORDS"}, "wa_id": "4915112345678"}],
  "messages": [{"id": "m1", "from": "4915112345678", "timestamp": "STAMP", "type": "text",
    "text": {"body": "Hello WORDS"}}]
}}]}]}"""


@pytest.fixture
def number(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind="whatsapp", name="Ours", inbox=support, external_id="100")
    account.set_secrets(**SECRETS)
    account.save()
    return account


def signed(body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()}


def address(account: ProviderAccount) -> str:
    return f"/hooks/{account.kind}/{account.hook_token}/"


class TestTheDoor:
    @pytest.mark.parametrize("told", ["", "abc", "-1", "9" * 5000, "é", "1e3"])
    def test_a_length_that_is_no_number_is_no_error_of_ours(self, number: ProviderAccount, told: str) -> None:
        request = RequestFactory().post(address(number), b"{}", content_type="application/json")
        request.META["CONTENT_LENGTH"] = told
        answer = hooks.hook(request, hook_kind="whatsapp", hook_token=number.hook_token)
        assert answer.status_code in (400, 403, 413)

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "BREW"])
    def test_other_methods_do_nothing_and_tell_nothing(self, number: ProviderAccount, method: str) -> None:
        client = Client(raise_request_exception=False)
        known, unknown = (client.generic(method, url, b"") for url in (address(number), "/hooks/whatsapp/made-up/"))
        assert known.status_code == unknown.status_code == 405

    def test_a_known_token_looks_like_an_unknown_one(self, number: ProviderAccount) -> None:
        answers = [
            Client().post(url, b"{}", content_type="application/json")
            for url in (address(number), "/hooks/whatsapp/made-up/", "/hooks/fax/made-up/")
        ]
        assert len({(answer.status_code, answer.content) for answer in answers}) == 1

    @pytest.mark.parametrize("size", [100, 60_000])
    def test_headers_of_any_size_are_not_kept(self, number: ProviderAccount, size: int) -> None:
        body = b"{}"
        more = {f"X-Made-Up-{n}": "x" * size for n in range(20)} | {"Cookie": "a=" + "b" * size}
        answer = Client().post(address(number), body, content_type="application/json", headers={**signed(body), **more})
        assert answer.status_code == 200
        assert len(str(HookPayload.objects.get().headers)) < 500


class TestSignedNonsense:
    """Nobody but the provider signs; still, nothing that is signed is an error page or stops a worker."""

    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 100_000,
            b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
            gzip.compress(b"{}"),
            b'{"object": NaN',
            b"[]",
            b"null",
        ],
        ids=["deep list", "deep object", "packed", "cut off", "list", "null"],
    )
    @pytest.mark.parametrize("content_type", ["application/json", "text/html", "multipart/form-data; boundary=x", ""])
    def test_what_cannot_be_read_is_said(self, number: ProviderAccount, body: bytes, content_type: str) -> None:
        client = Client(raise_request_exception=False)
        answer = client.generic("POST", address(number), body, content_type=content_type, headers=signed(body))
        assert answer.status_code == 400
        assert not HookPayload.objects.exists()

    @pytest.mark.parametrize(
        "text",
        [
            r"\u0000", r"\ud83d", r"\ud83d\u0000\udc00", "<img src=x onerror=alert(1)>", "{{ settings.SECRET_KEY }}",
            "{% load static %}", r"‮\u202e\u2066", "x" * 200_000,
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("stamp", ["1795000000", "9" * 400, "-5", "NaN", ""])
    def test_words_are_words(self, number: ProviderAccount, text: str, stamp: str) -> None:
        body = SAID.replace(b"STAMP", stamp.encode()).replace(b"WORDS", text.encode())
        client = Client(raise_request_exception=False)
        answer = client.post(address(number), body, content_type="application/json", headers=signed(body))
        assert answer.status_code == 200
        read_all()
        assert HookPayload.objects.get().state == HookState.APPLIED
        message = Message.objects.get()
        assert message.text.startswith("Hello ")
        assert "<img" not in message.html


class Chatty(StandIn):
    """A provider that says back all that it was told, as their error pages do."""

    def behave(self, asked: Asked) -> Answered:
        said = f"{asked.path} {dict(asked.headers)} {asked.body!r}"
        return Answered.of({"error": {"message": said, "code": 100}, "description": said, "detail": said}, 400)


class TestSecrets:
    @pytest.mark.parametrize("kind", sorted(ADAPTERS))
    def test_stay_out_of_errors_and_logs(
        self, kind: str, support: Inbox, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        account = ProviderAccount(kind=kind, name="Ours", inbox=support, external_id="100")
        account.set_secrets(**SECRETS)
        caplog.set_level(logging.DEBUG)
        said = io.StringIO()
        with serving(Chatty()) as there:
            names = (*settings.PROVIDER_URLS, "network")
            settings.PROVIDER_URLS = dict.fromkeys(names, there)
            account.options = {"send_url": f"{there}/in", "account_sid": "AC1", "number": "+15005550006", "app_id": "1"}
            account.save()
            talk = Conversation.objects.create(account=account, thread_key="4915112345678")
            for part in ({"text": "Hello"}, {}):
                row = ProviderMessage(account=account, conversation=talk, body=part)
                try:
                    adapter_of(kind).send(account, talk, row)
                except SendError as error:
                    said.write(f"{error} {error!r} {error.words} {error.code}")
                except (KeyError, NotImplementedError) as error:  # a body of no adapter's own
                    said.write(repr(error))
            try:
                said.write(str(adapter_of(kind).probe(account)))
            except SendError as error:
                said.write(f"{error} {error!r} {error.words} {error.code}")
        shown = said.getvalue() + caplog.text + repr(account) + str(account)
        for name, secret in SECRETS.items():
            assert secret not in shown, name
            assert secret not in account.sealed_secrets

    def test_pages_never_show_what_was_entered(self, number: ProviderAccount, radia: object, client: Client) -> None:
        client.force_login(radia)  # type: ignore[arg-type]
        for path in (f"/settings/channels/{number.pk}/", "/settings/channels/"):
            page = client.get(path)
            assert page.status_code == 200
            shown_once = {each.name for each in setup_of(number.kind).fields if each.is_made_by_us}
            for name, secret in SECRETS.items():
                assert name in shown_once or secret not in page.content.decode(), (path, name)


class TestFiles:
    """Where a provider says that a file lies, nobody but the provider is asked."""

    @pytest.mark.parametrize(
        "target",
        [
            "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "http://[::1]/", "file:///etc/passwd",
            "//10.0.0.1/x", "https://example.com/x", "http://127.0.0.1.nip.io/", "gopher://127.0.0.1/",
            "http://[", "\x00",
        ],
    )  # fmt: skip
    def test_a_way_that_leads_elsewhere_is_not_gone(self, target: str, settings: Settings) -> None:
        provider = Chatty()
        with serving(provider) as there:
            settings.PROVIDER_URLS = {"graph": there}
            provider.misbehave("/file", Answered(302, b"", headers={"Location": target.replace("\x00", "%00")}))
            with pytest.raises(NotThere):
                calling.download(f"{there}/file", hosts=["graph.example"], largest=1000, headers={"Authorization": KEY})
        assert len(provider.calls) <= 2
        assert all("authorization" not in asked.headers for asked in provider.calls[1:])

    def test_a_host_of_the_list_at_a_private_address_is_not_asked(self, settings: Settings) -> None:
        provider = Chatty()
        with serving(provider) as there:
            settings.PROVIDER_URLS = {}
            with pytest.raises(NotThere):
                calling.download(f"{there}/file", hosts=["127.0.0.1"], largest=1000)
        assert not provider.calls

    def test_what_is_larger_than_it_may_be_is_not_kept(self, settings: Settings) -> None:
        provider = Chatty()
        with serving(provider) as there:
            settings.PROVIDER_URLS = {"graph": there}
            provider.misbehave(
                "/file", Answered(200, b"x" * 1001, "image/png"), Answered(200, b"x" * 1000, "image/png")
            )
            with pytest.raises(NotThere):
                calling.download(f"{there}/file", hosts=[], largest=1000)
            assert len(calling.download(f"{there}/file", hosts=[], largest=1000).content) == 1000

    def test_a_page_that_says_it_is_a_picture_is_shown_as_none(self, number: ProviderAccount, ada: Customer) -> None:
        page = b"<html><script>alert(1)</script></html>"
        ticket = Ticket.objects.create(requester=ada, subject="A picture", inbox=number.inbox, channel="whatsapp")
        message = Message.objects.create(ticket=ticket, kind="public", channel="whatsapp", author_customer=ada)
        file = add_fetched_file(message, File(filename="bell.jpg", content_type="image/jpeg", content=page))
        assert not file.content_type.startswith("image/")
