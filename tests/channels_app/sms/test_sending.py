"""Texts and pictures that go out: what Twilio is told, what it answers, and how files come and go."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from channels_app import shared_files
from channels_app.adapters.sms.adapter import LONGEST, adapter
from channels_app.base import LockedOut, NotThere, Rejected, StatusTold, TryLater, Uncertain
from channels_app.models import Conversation, ProviderAccount, ProviderMedia, ProviderMessage
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.twilio import Twilio, refused
from tests.cast import open_for
from tests.channels_app.sms.conftest import ADA, hook_of
from tickets.attachments import upload
from tickets.models import Attachment, Inbox, Message, ScanState
from tickets.services import add_reply

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
def reply(ada: Customer, grace: User, support: Inbox) -> Message:
    """Grace's answer with a picture; which way it goes does not matter to the adapter."""
    ticket = open_for(ada, support, "The pump")
    picture = upload(grace, "pump.png", PNG)
    return add_reply(ticket, "<p>Open the valve €.</p>", actor=Actor.agent(grace), attachment_ids=[picture.pk])


def part(conversation: Conversation, **body: object) -> ProviderMessage:
    made = ProviderMessage(account=conversation.account, conversation=conversation, direction="out", body=body)
    made.client_key = "0d2bbd74-6bd8-4a2b-8d2c-b7a2f0a49f35"
    return made


def test_a_text_with_a_picture_is_one_message(
    with_ada: Conversation, reply: Message, twilio: Twilio, client: Client
) -> None:
    (body,) = adapter.split(with_ada.account, with_ada, reply)
    sent = adapter.send(with_ada.account, with_ada, part(with_ada, **body))
    (text,) = twilio.texts
    assert (sent.external_id, text["to"], text["body"]) == (text["sid"], ADA, "Open the valve €.")
    (url,) = text["media"]
    assert url.startswith("https://desk.example.org/shared/")
    assert url.endswith("/pump.png")
    answer = client.get(urlsplit(url).path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert b"".join(answer) == PNG


def test_a_status_comes_back_with_our_own_key(with_ada: Conversation, twilio: Twilio) -> None:
    adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))
    (text,) = twilio.texts
    hook = hook_of(twilio, twilio.status_of(text, "delivered"))
    assert adapter.is_signed(with_ada.account, hook)
    (told,) = adapter.read(with_ada.account, hook, now=timezone.now())
    assert isinstance(told, StatusTold)
    assert told.client_key == "0d2bbd74-6bd8-4a2b-8d2c-b7a2f0a49f35"


def test_segments_are_told_also_where_twilio_does_not_know_yet(with_ada: Conversation, twilio: Twilio) -> None:
    assert adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello")).facts == {"segments": 1}
    with_ada.account.options["messaging_service_sid"] = "MG1"
    assert adapter.send(with_ada.account, with_ada, part(with_ada, text="😀" * 40)).facts == {"segments": 2}
    assert twilio.calls[-1].form["MessagingServiceSid"] == ["MG1"]
    assert "From" not in twilio.calls[-1].form


def test_what_is_too_long_is_cut_between_words(with_ada: Conversation, reply: Message) -> None:
    reply.html = f"<p>{'word ' * 500}<br>{'x' * 2000}</p>"
    bodies = adapter.split(with_ada.account, with_ada, reply)
    assert all(len(body["text"] or "") <= LONGEST for body in bodies)
    words = " ".join(body["text"] for body in bodies if body["text"])
    assert words.count("word") == 500
    assert words.count("x") == 2000
    assert [bool(body["files"]) for body in bodies] == [True] + [False] * (len(bodies) - 1)


def test_what_is_too_heavy_together_goes_in_several(with_ada: Conversation, reply: Message) -> None:
    first = reply.attachments.get()
    for _number in range(2):
        Attachment.objects.create(
            message=reply,
            file=first.file.name,
            filename="more.png",
            content_type="image/png",
            size=3_000_000,
            sha256="x",
        )
    bodies = adapter.split(with_ada.account, with_ada, reply)
    assert [len(body["files"]) for body in bodies] == [2, 1]
    assert [body["text"] for body in bodies] == ["Open the valve €.", None]


def test_a_removed_file_is_not_sent(with_ada: Conversation, reply: Message) -> None:
    (body,) = adapter.split(with_ada.account, with_ada, reply)
    reply.attachments.update(removed_at=timezone.now())
    with pytest.raises(Rejected):
        adapter.send(with_ada.account, with_ada, part(with_ada, **body))


def test_an_address_of_a_file_ends(reply: Message, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    file = reply.attachments.get()
    path = urlsplit(shared_files.address_of(file)).path
    assert client.get(path).status_code == 200
    with monkeypatch.context() as later:
        later.setattr(shared_files, "GOOD_FOR", timedelta(seconds=-1))
        assert client.get(path).status_code == 404
    assert client.get(path.replace(str(file.pk), str(file.pk + 1), 1)).status_code == 404
    file.scan_state = ScanState.INFECTED
    file.save()
    assert client.get(path).status_code == 404
    Attachment.objects.update(scan_state="", removed_at=timezone.now())
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("answered", "raised"),
    [
        (refused(21610, "unsubscribed"), Rejected),
        (refused(20429, "Too Many Requests", 429), TryLater),
        (refused(20003, "Authenticate", 401), LockedOut),
        (Answered(500, b""), Uncertain),
        (Answered(hangs_up=True), Uncertain),
        (Answered(201, b"<html>", "text/html"), Uncertain),
        (Answered.of({"sid": "SM9", "status": "failed", "error_code": 30007}, 201), Rejected),
    ],
)
def test_refusals(with_ada: Conversation, twilio: Twilio, answered: Answered, raised: type[Exception]) -> None:
    twilio.misbehave("Messages.json", answered)
    with pytest.raises(raised):
        adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))
    assert len(twilio.calls) == 1


def test_nobody_there_is_tried_again(with_ada: Conversation, settings: object) -> None:
    settings.PROVIDER_URLS = {"twilio": "http://127.0.0.1:9"}  # type: ignore[attr-defined]
    with pytest.raises(TryLater):
        adapter.send(with_ada.account, with_ada, part(with_ada, text="Hello"))


def test_a_picture_is_fetched_and_our_password_stays_at_home(number: ProviderAccount, twilio: Twilio) -> None:
    twilio.media["ME1"] = ("image/png", PNG)
    url = f"{twilio.api}/Messages/MM1/Media/ME1"
    fetched = adapter.fetch(number, ProviderMedia(ref={"url": url}))
    assert (fetched.content, fetched.content_type) == (PNG, "image/png")
    asked, stored = twilio.calls
    assert asked.headers["authorization"].startswith("Basic ")
    assert "authorization" not in stored.headers


@pytest.mark.parametrize(
    "url", ["https://evil.example/x.png", "http://127.0.0.1:1/x", "http://[::1", "", "file:///etc"]
)
def test_pictures_come_from_twilio_only(number: ProviderAccount, url: str) -> None:
    with pytest.raises(NotThere) as caught:
        adapter.fetch(number, ProviderMedia(ref={"url": url}))
    assert not caught.value.may_come_back


def test_the_connection_can_be_tried(number: ProviderAccount, twilio: Twilio) -> None:
    assert adapter.probe(number) == {"can_text": True, "can_send_pictures": True, "comes_to_us": True}
    number.external_id = "+15005550009"
    with pytest.raises(Rejected):
        adapter.probe(number)
    number.set_secrets(auth_token="f" * 32)
    with pytest.raises(LockedOut):
        adapter.probe(number)
