"""Files of visitors: checked, counted, sent with their words, and got only by who has the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from channels_app.chat import tokens
from helpdesk.accounts.models import User
from tests.channels_app.chat.conftest import Accept, Browser
from tests.clamd import EICAR, Clamd, running
from tickets.chat import blocks
from tickets.chat.settling import settle_due
from tickets.models import Attachment, Chat, ChatUpload, ChatVisitor, ChatWidget, Message

Open = Callable[..., Browser]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def send(widget: ChatWidget, client: Client) -> Callable[..., Any]:
    def sent(content: bytes = PNG, name: str = "lamp.png", token: str = "") -> Any:
        token = token or tokens.make(uuid4(), widget.pk, is_vouched=False)
        return client.post(f"/widget/upload/?token={token}", {"file": SimpleUploadedFile(name, content)})

    return sent


@pytest.mark.django_db
def test_a_picture_is_kept_for_the_next_words(send: Callable[..., Any], client: Client) -> None:
    answer = send()
    assert answer.status_code == 201
    told = answer.json()
    upload = ChatUpload.objects.select_related("attachment").get()
    assert (told["id"], told["content_type"], told["size"]) == (upload.attachment.pk, "image/png", len(PNG))
    got = client.get(told["url"])
    assert b"".join(got.streaming_content) == PNG  # type: ignore[attr-defined]
    assert got["Content-Security-Policy"].endswith("sandbox") and got["X-Content-Type-Options"] == "nosniff"
    assert client.get(told["url"].replace(":", ";", 1)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"", "empty.txt", 422),
        (b"MZ" + bytes(60), "lamp.png", 415),
        (b"echo", "run.bat", 415),
        (b"x" * 2_000, "a.txt", 413),
    ],
)
def test_what_is_no_file_for_a_chat(
    send: Callable[..., Any], settings: Settings, content: bytes, name: str, status: int
) -> None:
    settings.CHAT_MAX_FILE_BYTES = 1_000
    answer = send(content, name)
    assert answer.status_code == status and answer.json()["reason"]
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_who_may_not(send: Callable[..., Any], widget: ChatWidget, client: Client) -> None:
    assert send(token="made up").status_code == 403
    assert client.get("/widget/upload/").status_code == 405
    visitor = ChatVisitor.objects.create(widget=widget)
    token = tokens.make(visitor.pk, widget.pk, is_vouched=False)
    assert client.post(f"/widget/upload/?token={token}").status_code == 422
    visitor.verified_at = visitor.first_seen_at
    visitor.save()
    assert send(token=token).status_code == 403, "a token from before does not open what is vouched for"
    widget.takes_files = False
    widget.save()
    assert send().status_code == 403
    assert not ChatUpload.objects.exists()


@pytest.mark.django_db
def test_not_too_many(send: Callable[..., Any], widget: ChatWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels_app.chat.uploads.MOST_UNSENT", 2)
    token = tokens.make(uuid4(), widget.pk, is_vouched=False)
    assert [send(token=token).status_code for _ in range(3)] == [201, 201, 429]
    monkeypatch.setattr("channels_app.chat.uploads.OF_ADDRESS", 3)
    assert send().status_code == 429


@pytest.fixture
def scanner(settings: Settings) -> Iterator[Clamd]:
    with running() as clamd:
        settings.CLAMD_URL = clamd.url
        yield clamd


@pytest.mark.django_db
def test_malware_is_refused(send: Callable[..., Any], scanner: Clamd) -> None:
    answer = send(EICAR, "bill.txt")
    assert answer.status_code == 422 and "malware" in answer.json()["reason"]
    assert not Attachment.objects.exists() and not ChatUpload.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_files_go_out_with_words(browser: Open, send: Callable[..., Any], accept: Accept, grace: User) -> None:
    ada, eve = browser(), browser()
    token = (await ada.hello())["token"]
    await eve.hello()
    file = (await sync_to_async(send)(token=token)).json()
    refused = await eve.start("Mine", files=[file["id"]])
    assert refused["code"] == "files", "a file of somebody else"
    await ada.start("Look", files=[file["id"]])
    line = (await ada.next("line"))["line"]
    assert line["files"][0]["filename"] == "lamp.png" and line["files"][0]["url"].startswith("/widget/files/")
    await sync_to_async(settle_due)()
    message = await Message.objects.aget()
    assert (await Attachment.objects.aget()).message_id == message.pk


@pytest.mark.django_db(transaction=True)
async def test_who_is_blocked_says_nothing_more(
    browser: Open, send: Callable[..., Any], accept: Accept, grace: User
) -> None:
    ada = browser()
    token = (await ada.hello())["token"]
    await ada.start("Buy my pills")
    chat = await Chat.objects.select_related("visitor").aget()
    await sync_to_async(blocks.block)(chat, "address", user=grace)
    assert (await ada.next("refused"))["code"] == "blocked"
    await ada.say("say", id=str(uuid4()), text="More pills")
    assert (await ada.next("ack", "refused"))["t"] == "refused"
    assert (await browser().hello())["code"] == "blocked", "another browser, the same network"
    assert (await browser(address="198.51.100.4").hello(token=token))["t"] == "welcome"
    await sync_to_async(blocks.block)(chat, "visitor", user=grace)
    assert (await browser(address="198.51.100.4").hello(token=token))["code"] == "blocked"
