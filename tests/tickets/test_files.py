"""What a file is, what is refused, and what is kept of it."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings

from helpdesk.accounts.models import User
from tickets.attachments import IsProgram, TooLarge, upload
from tickets.file_types import is_program, true_type
from tickets.services import Refused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PDF = b"%PDF-1.7\n1 0 obj"
ZIP = b"PK\x03\x04" + bytes(60)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(60)
EXE = b"MZ\x90\0\x03\0\0\0" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(60)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "name", "claimed", "is_truly"),
    [
        (PNG, "sole.png", "", "image/png"),
        (PNG, "sole.pdf", "application/pdf", "image/png"),
        (PDF, "invoice", "application/octet-stream", "application/pdf"),
        (PDF, "invoice.txt", "text/plain", "application/pdf"),
        (b"<svg onload='alert(1)'/>", "logo.png", "image/png", "text/plain"),
        (b"<script>alert(1)</script>", "photo.jpg", "image/jpeg", "text/plain"),
        (b"<html>", "page.html", "text/html", "text/html"),
        (b"no picture", "sole.png", "image/png", "text/plain"),
        (b"\0\1\2 binary", "sole.png", "image/png", "application/octet-stream"),
        (b"\0\1\2 binary", "logo.svg", "image/svg+xml", "application/octet-stream"),
        (b"\0\1\2 binary", "model.stl", "model/stl", "model/stl"),
        (ZIP, "letter.docx", "", WORD),
        (ZIP, "photo.jpg", "image/jpeg", "application/zip"),
        (OLE, "letter.doc", "", "application/msword"),
        ("größer; kleiner".encode(), "table.csv", "", "text/csv"),
        (b"a,b", "table.csv", "application/x-invented", "text/plain"),
        (b"", "empty", "", "application/octet-stream"),
    ],
)
def test_the_content_tells_the_type(content: bytes, name: str, claimed: str, is_truly: str) -> None:
    assert true_type(content, name, claimed) == is_truly


@pytest.mark.parametrize("content", [EXE, ELF, b"\xcf\xfa\xed\xfe" + bytes(60), b"\xca\xfe\xba\xbe" + bytes(60)])
def test_a_program_is_known_whatever_it_is_called(grace: User, content: bytes) -> None:
    assert is_program(content)
    with pytest.raises(IsProgram, match=r"“holiday\.jpg” is a program"):
        upload(grace, "holiday.jpg", content)


def test_a_letter_may_begin_like_a_program(grace: User) -> None:
    assert upload(grace, "mz.txt", b"MZ Weber asked for a refund").content_type == "text/plain"


def test_an_empty_or_too_large_file_is_refused_in_words(grace: User, settings: Settings) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1024 * 1024
    with pytest.raises(Refused, match=r"“nothing\.txt” is empty"):
        upload(grace, "nothing.txt", b"")
    with pytest.raises(TooLarge, match=r"“film\.mp4” is larger than 1 MB"):
        upload(grace, "film.mp4", bytes(1024 * 1024 + 1))


def test_the_same_bytes_are_kept_once(grace: User) -> None:
    first, second = upload(grace, "a.txt", b"the same"), upload(grace, "b.txt", b"the same")
    assert first.file.name == second.file.name
    assert [first.filename, second.filename] == ["a.txt", "b.txt"]


def test_a_file_that_a_killed_process_left_half_written_is_written_again(grace: User) -> None:
    path = upload(grace, "whole.txt", b"the whole file").file.name or ""
    default_storage.delete(path)
    default_storage.save(path, ContentFile(b"the wh"))
    again = upload(grace, "whole.txt", b"the whole file")
    assert again.file.name == path
    with again.file.open("rb") as kept:
        assert kept.read() == b"the whole file"
