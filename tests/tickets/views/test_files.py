"""Uploading and fetching files over HTTP: sizes, types, ranges, what a browser may do with them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from helpdesk.accounts.models import User
from tests.tickets.test_files import ELF, PDF, PNG
from tickets.attachments import upload
from tickets.models import Attachment, Ticket

DIGITS = b"0123456789"


@pytest.fixture
def browser(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


def send(browser: Client, name: str, content: bytes) -> HttpResponse:
    return browser.post("/agent/attachments/", {"file": SimpleUploadedFile(name, content)})  # type: ignore[return-value]


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def test_an_upload_is_stored_under_its_true_type(browser: Client) -> None:
    answer = send(browser, "../../sole.pdf", PNG)
    assert answer.status_code == 201
    assert answer.json() | {"id": 0} == {  # type: ignore[attr-defined]
        "id": 0,
        "filename": "sole.pdf",
        "size": len(PNG),
        "content_type": "image/png",
    }


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("nothing.txt", b"", 422, "is empty"),
        ("tool.exe", b"anything", 415, "is a program"),
        ("holiday.jpg", ELF, 415, "is a program"),
        ("film.mp4", bytes(2 * 1024 * 1024), 413, "“film.mp4” is larger than 1 MB"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    browser: Client, settings: Settings, name: str, content: bytes, status: int, words: str
) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1024 * 1024
    answer = send(browser, name, content)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)  # type: ignore[attr-defined]
    assert not Attachment.objects.exists()


class Unread(BytesIO):
    def read(self, *_: object) -> bytes:
        raise AssertionError("nothing of it may be read")


@pytest.mark.parametrize("path", ["/agent/attachments/", "/agent/tickets/1/messages/", "/api/v2/tickets.json"])
def test_five_gigabytes_are_refused_before_they_are_read(browser: Client, path: str) -> None:
    said: dict[str, Any] = {"CONTENT_LENGTH": str(5 * 1024**3), "HTTP_ACCEPT": "application/json"}
    answer = browser.generic("POST", path, b"", **said | {"wsgi.input": Unread()})
    assert answer.status_code == 413
    assert "larger than 40 MB" in answer.content.decode()


@pytest.mark.parametrize("path", ["/agent/attachments/", "/agent/tickets/1/messages/", "/api/v2/tickets.json"])
def test_what_comes_in_pieces_without_its_length_is_told_so(browser: Client, path: str) -> None:
    """WSGI gives nothing of such a body to read: "no file came" would be said of a file that did."""
    said: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "HTTP_ACCEPT": "application/json"}
    answer = browser.generic("POST", path, b"", "multipart/form-data; boundary=x", **said)
    assert answer.status_code == 411
    assert "Send it with a Content-Length" in answer.json()["detail"]
    page = browser.generic("POST", path, b"", **said | {"HTTP_ACCEPT": "text/html"})
    assert (page.status_code, "That could not be taken" in page.content.decode()) == (411, True)


def test_a_file_is_fetched_whole_in_part_or_not_again(browser: Client, grace: User) -> None:
    file = upload(grace, "digits.txt", DIGITS)
    url = f"/agent/attachments/{file.pk}/digits.txt"
    whole = browser.get(url)
    assert (whole.status_code, body(whole), whole["Content-Length"]) == (200, DIGITS, "10")  # type: ignore[arg-type]
    assert whole["Accept-Ranges"] == "bytes"
    assert browser.get(url, HTTP_IF_NONE_MATCH=whole["ETag"]).status_code == 304
    head = browser.head(url)
    assert (head.status_code, head["Content-Length"]) == (200, "10")


@pytest.mark.parametrize(
    ("asked", "part", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-99", DIGITS, "bytes 0-9/10"),
    ],
)
def test_a_part_of_a_file(browser: Client, grace: User, asked: str, part: bytes, content_range: str) -> None:
    file = upload(grace, "digits.txt", DIGITS)
    answer = browser.get(f"/agent/attachments/{file.pk}/digits.txt", HTTP_RANGE=asked)
    assert (answer.status_code, answer["Content-Range"]) == (206, content_range)
    assert (body(answer), answer["Content-Length"]) == (part, str(len(part)))  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0", "bytes=5-3"])
def test_a_part_that_does_not_exist(browser: Client, grace: User, asked: str) -> None:
    file = upload(grace, "digits.txt", DIGITS)
    answer = browser.get(f"/agent/attachments/{file.pk}/digits.txt", HTTP_RANGE=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_RANGE": "bytes=0-1,4-5"},
        {"HTTP_RANGE": "lines=1-2"},
        {"HTTP_RANGE": f"bytes=0-{'9' * 5000}"},
        {"HTTP_RANGE": f"bytes={'9' * 5000}-"},
        {"HTTP_RANGE": "bytes=0-1", "HTTP_IF_RANGE": '"old"'},
    ],
)
def test_ranges_we_do_not_serve_bring_the_whole_file(browser: Client, grace: User, headers: dict[str, str]) -> None:
    file = upload(grace, "digits.txt", DIGITS)
    answer = browser.get(f"/agent/attachments/{file.pk}/digits.txt", **headers)  # type: ignore[arg-type]
    assert (answer.status_code, body(answer)) == (200, DIGITS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "sent_as", "disposition", "policy"),
    [
        ("sole.png", PNG, "image/png", 'inline; filename="sole.png"', "sandbox"),
        ("evil.svg", b"<svg/>", "application/octet-stream", 'attachment; filename="evil.svg"', "sandbox"),
        ("evil.html", b"<b>", "application/octet-stream", 'attachment; filename="evil.html"', "sandbox"),
        ("Größe.txt", b"44", "text/plain; charset=utf-8", "inline; filename*=utf-8''Gr%C3%B6%C3%9Fe.txt", "sandbox"),
        ("bill.pdf", PDF, "application/pdf", 'inline; filename="bill.pdf"', "object-src 'self'"),
        ('a"b\r\n.txt', b"x", "text/plain; charset=utf-8", r'inline; filename="a\"b.txt"', "sandbox"),
    ],
)
def test_nothing_of_a_strangers_runs_under_our_address(
    browser: Client, grace: User, name: str, content: bytes, sent_as: str, disposition: str, policy: str
) -> None:
    file = upload(grace, name, content)
    answer = browser.get(f"/agent/attachments/{file.pk}/file")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (sent_as, disposition)
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert policy in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")


def test_without_scripts_a_reply_never_goes_out_without_its_too_large_file(
    browser: Client, settings: Settings, adas_ticket: Ticket
) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1024
    form = {"mode": "reply", "body": "Here is the film", "files": SimpleUploadedFile("film.mp4", bytes(5000))}
    answer = browser.post(f"/agent/tickets/{adas_ticket.pk}/messages/", form)
    assert (answer.status_code, "“film.mp4” is larger" in answer.content.decode()) == (422, True)
    assert "Here is the film" in answer.content.decode()
    assert not adas_ticket.messages.exclude(author_role="").exists()


def test_a_file_that_the_storage_has_lost_is_said_to_be_gone(browser: Client, grace: User) -> None:
    file = upload(grace, "plan.txt", b"lost to a disk")
    default_storage.delete(file.file.name or "")
    answer = browser.get(f"/agent/attachments/{file.pk}/plan.txt")
    assert answer.status_code == 404
    assert "“plan.txt” is not in the file storage any more." in answer.content.decode()


def test_a_storage_that_is_away_is_said_to_be(browser: Client, grace: User, settings: Settings, tmp_path: Path) -> None:
    file = upload(grace, "plan.txt", b"still there")
    settings.MEDIA_ROOT = tmp_path / "no-directory"
    settings.MEDIA_ROOT.write_text("")
    assert browser.get(f"/agent/attachments/{file.pk}/plan.txt").status_code == 503
    answer = send(browser, "new.txt", b"cogs")
    assert answer.status_code == 503
    assert "“new.txt” could not be stored" in answer.json()["detail"]  # type: ignore[attr-defined]
    assert Attachment.objects.count() == 1
