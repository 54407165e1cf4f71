"""Mail providers behind anymail: whatever their interface says becomes one of our outcomes.

anymail's own test backend stands for a provider: it takes what a real one takes and answers what a test decides.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
from anymail.backends.test import EmailBackend
from anymail.exceptions import AnymailConfigurationError, AnymailRequestsAPIError
from anymail.message import AnymailRecipientStatus
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import transport
from channels_app.adapters.email.render import render
from channels_app.stored_mail import StoredMail
from customers.models import Purpose
from helpdesk.accounts.models import User
from tests.channels_app.out import reply
from tickets.attachments import upload
from tickets.models import Attachment, Ticket

pytestmark = pytest.mark.django_db
BOTH = ["ada@example.org", "mary@example.org"]


class Provider(EmailBackend):
    """Answers `statuses` (recipient → what became of it) or fails with `error`."""

    statuses: dict[str, str] = {}
    error: Exception | None = None

    def post_to_esp(self, payload: Any, message: Any) -> Any:
        if self.error:
            raise self.error
        return super().post_to_esp(payload, message)

    def parse_recipient_status(self, response: Any, payload: Any, message: Any) -> Any:
        return {
            address.addr_spec: AnymailRecipientStatus("id-1", self.statuses.get(address.addr_spec, "queued"))
            for address in payload.params["to"]
        }


class Unheardof(BaseEmailBackend):
    """A backend of somebody else's that fails without saying how far it came."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionResetError(104, "Connection reset by peer")


@pytest.fixture(autouse=True)
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> type[Provider]:
    settings.EMAIL_BACKEND = f"{__name__}.Provider"
    monkeypatch.setattr(Provider, "statuses", {})
    monkeypatch.setattr(Provider, "error", None)
    return Provider


@pytest.fixture
def mail() -> StoredMail:
    raw = (
        b"From: support@onethread.test\r\nTo: Ada <ada@example.org>,\r\n mary@example.org\r\n"
        b"Reply-To: r@onethread.test\r\nSubject: Hello\r\nMessage-ID: <1@onethread.test>\r\n\r\nHello\r\n"
    )
    return StoredMail(raw, "support@onethread.test", BOTH, purpose=Purpose.SUPPORT)


def test_everybody_is_accepted(mail: StoredMail) -> None:
    assert transport.send(mail) == transport.Result("id-1")


def test_one_address_is_rejected(mail: StoredMail, provider: type[Provider]) -> None:
    provider.statuses = {"mary@example.org": "invalid"}
    refused = transport.send(mail).refused
    assert list(refused) == ["mary@example.org"]
    assert refused["mary@example.org"]["final"]


def test_all_addresses_are_rejected(mail: StoredMail, provider: type[Provider]) -> None:
    provider.statuses = dict.fromkeys(BOTH, "rejected")
    assert list(transport.send(mail).refused) == BOTH


@pytest.mark.parametrize(
    ("status", "is_final", "is_unknown"),
    [(400, True, False), (401, False, False), (429, False, False), (500, False, True), (None, False, True)],
)
def test_errors_of_the_interface(
    mail: StoredMail, provider: type[Provider], status: int | None, is_final: bool, is_unknown: bool
) -> None:
    answer = requests.Response() if status else None
    if answer is not None:
        answer.status_code, answer.reason = status or 0, "No"
    provider.error = AnymailRequestsAPIError("no", response=answer)
    result = transport.send(mail)
    assert [refusal["final"] for refusal in result.refused.values()] == [is_final, is_final]
    assert result.is_unknown == is_unknown


def test_a_wrong_configuration_is_said(mail: StoredMail, provider: type[Provider]) -> None:
    provider.error = AnymailConfigurationError("ANYMAIL_API_KEY is missing")
    result = transport.send(mail)
    assert result.refused["ada@example.org"] == {"answer": "ANYMAIL_API_KEY is missing", "final": False}


@pytest.mark.parametrize("backend", ["anymail.backends.postmark.EmailBackend", "no.such.Backend"])
def test_a_backend_that_does_not_even_start(mail: StoredMail, settings: Settings, backend: str) -> None:
    settings.EMAIL_BACKEND = backend
    result = transport.send(mail)
    assert [(address, refusal["final"]) for address, refusal in result.refused.items()] == [(a, False) for a in BOTH]
    assert not result.is_unknown
    assert transport.lease_seconds() == transport.UNTRIED_LEASE_SECONDS
    assert transport.has_sent("x") is None


def test_a_backend_that_does_not_say_how_far_it_came(mail: StoredMail, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Unheardof"
    assert transport.send(mail).is_unknown


def test_only_those_are_named_who_are_tried_now(mail: StoredMail) -> None:
    mail.to = ["mary@example.org"]
    assert mail.in_parts().to == ["mary@example.org"]


@pytest.mark.django_db
def test_a_reply_in_parts(grace: User, adas_ticket: Ticket) -> None:
    plan, picture = upload(grace, "plän.txt", "öl".encode()), upload(grace, "oil.png", b"\x89PNG")
    delivery = reply(adas_ticket, grace, attachment_ids=[plan.pk, picture.pk])
    Attachment.objects.filter(pk=picture.pk).update(content_id="oil@here", inline=True)
    delivery.message.html = '<p>Oil it. <img src="cid:oil@here"></p>'
    delivery.message.save()
    raw = render(delivery.message_id, delivery.mail_id, now=timezone.now()).raw
    parts = StoredMail(raw, "support@onethread.test", ["ada@example.org"], purpose=Purpose.SUPPORT).in_parts()
    assert parts.to == ["Ada Lovelace <ada@example.org>"]
    assert parts.from_email == '"Grace Hopper (Support)" <support@onethread.test>'
    assert parts.subject == "Re: The engine rattles"
    assert parts.body.startswith("Oil it.")
    assert "cid:oil@here" in str(parts.alternatives[0][0])
    assert parts.extra_headers["Message-ID"] == f"<{delivery.mail_id}>"
    assert parts.extra_headers["References"] == "<first@example.org>"
    inline, attached = parts.attachments
    assert (inline["Content-ID"], inline.get_payload(decode=True)) == ("<oil@here>", b"\x89PNG")
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("plän.txt", "öl".encode())
