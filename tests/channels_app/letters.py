"""Mails as strangers' programs write them, and the way from bytes to the settled row without any process between."""

from __future__ import annotations

from itertools import count

from channels_app import inbound
from channels_app.models import InboundPayload
from tickets.models import Inbox

ADA = "Ada Lovelace <ada@example.org>"
SUPPORT = "support@onethread.test"
_numbers = count(1)


def letter(
    text: str = "It rattles.",
    *,
    sender: str = ADA,
    to: str = SUPPORT,
    subject: str = "The engine rattles",
    **headers: str,
) -> bytes:
    """A plain mail with CRLF line ends; header names take _ for -, and Message_ID may be given."""
    headers.setdefault("Message_ID", f"<{next(_numbers)}@mail.example.org>")
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["Content-Type: text/plain; charset=utf-8", "", *text.split("\n"), ""]
    return "\r\n".join(lines).encode()


def with_file(filename: str, content: bytes, text: str = "See the file.") -> bytes:
    """A mail with one attachment, its bytes as they are."""
    head = letter("", Message_ID=f"<{next(_numbers)}@mail.example.org>").decode().split("Content-Type")[0]
    return (
        (
            f'{head}Content-Type: multipart/mixed; boundary="cut"\r\n\r\n--cut\r\n\r\n{text}\r\n--cut\r\n'
            f'Content-Type: application/octet-stream; name="{filename}"\r\nContent-Transfer-Encoding: binary\r\n'
            f'Content-Disposition: attachment; filename="{filename}"\r\n\r\n'
        ).encode()
        + content
        + b"\r\n--cut--\r\n"
    )


def store(raw: bytes, *inboxes: Inbox, sender: str = "ada@example.org", to: str = SUPPORT) -> list[int]:
    accounts = [inbox.account for inbox in inboxes]
    return inbound.store_raw(accounts, raw, source="smtp", envelope_from=sender, envelope_to=[to])


def receive(raw: bytes, inbox: Inbox, *, sender: str = "ada@example.org", to: str = SUPPORT) -> InboundPayload:
    """Store the mail and read it; the row as it ended."""
    [pk] = store(raw, inbox, sender=sender, to=to)
    inbound.drain()
    return InboundPayload.objects.get(pk=pk)
