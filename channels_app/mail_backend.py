"""Our two mail backends: SMTP that remembers each recipient's answer, and files for the demo.

Both take any mail of Django's as well, such as the one that resets a password.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import smtplib
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangosSmtpBackend

from channels_app.stored_mail import StoredMail

AFTER_DATA_SECONDS = 600  # a server may take this long to say whether it took the mail (RFC 5321 §4.5.3.2.6)
GOODBYE_SECONDS = 5
CHUNK = 64 * 1024


class NotSent(OSError):
    """No server has taken the mail, and the reason may pass: no connection, no sign-in, a full disk."""


class OutcomeUnknown(OSError):
    """The mail was handed over whole, but the server's answer never came: it may have been sent."""


class SmtpBackend(DjangosSmtpBackend):
    """smtplib and Django drop the answers for refused recipients when another one was accepted. This one keeps them."""

    lease_seconds = AFTER_DATA_SECONDS + 300  # longer than the slowest conversation

    def open(self) -> bool | None:
        try:
            return super().open()
        except OSError as error:  # smtplib's errors are such too
            raise NotSent(describe(error)) from error

    def _send(self, email_message: EmailMessage) -> bool:
        if not isinstance(email_message, StoredMail):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs leave it out
        try:
            accepted = self._envelope(email_message)
            if accepted:
                self._data(email_message, accepted)
        except OSError as error:
            self._server().close()  # no goodbye to somebody who does not answer
            raise error if isinstance(error, OutcomeUnknown) else NotSent(describe(error)) from error
        return len(email_message.refused) < len(email_message.to)

    def _envelope(self, mail: StoredMail) -> list[str]:
        """MAIL and RCPT; those whom the server will take the mail for."""
        server = self._server()
        server.ehlo_or_helo_if_needed()
        options = [f"size={len(mail.raw)}"] if server.has_extn("size") else []
        if mail.needs_smtputf8:
            if not server.has_extn("smtputf8"):
                mail.refused = dict.fromkeys(mail.to, "553 5.6.7 The mail server takes addresses in ASCII only.")
                return []
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            server.command_encoding = "utf-8"
        code, text = server.mail(mail.from_email, options)
        if code != 250:
            mail.refused = dict.fromkeys(mail.to, said(code, text))
            return []
        for recipient in mail.to:
            code, text = server.rcpt(recipient)
            if code not in (250, 251):
                mail.refused[recipient] = said(code, text)
        return [recipient for recipient in mail.to if recipient not in mail.refused]

    def _data(self, mail: StoredMail, accepted: list[str]) -> None:
        """The bytes. Before the closing dot nothing can have been sent, after it only the server knows."""
        server = self._server()
        code, text = server.docmd("data")
        if code == 354:
            if server.sock:
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else the dot waits 40 ms
            lines = mail.raw if mail.raw.endswith(b"\r\n") else mail.raw + b"\r\n"
            stuffed = re.sub(rb"(?m)^\.", b"..", lines)
            for start in range(0, len(stuffed), CHUNK):  # in pieces, because the time-out counts for each send
                server.send(stuffed[start : start + CHUNK])
            code, text = self._after_dot(server)
        if code == 250:
            mail.answer = said(code, text)
        else:
            mail.refused |= dict.fromkeys(accepted, said(code, text))

    def _after_dot(self, server: smtplib.SMTP) -> tuple[int, bytes]:
        try:
            if server.sock:
                server.sock.settimeout(AFTER_DATA_SECONDS)
            server.send(b".\r\n")  # on its own, so that an error before it proves that nothing was sent
            return server.getreply()
        except OSError as error:
            raise OutcomeUnknown(describe(error)) from error

    def _server(self) -> smtplib.SMTP:
        if not isinstance(self.connection, smtplib.SMTP):
            raise NotSent("not connected")
        return self.connection

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        """The answer is known by now; a server that hangs at the goodbye must not spoil it."""
        try:
            if connection.sock:
                connection.sock.settimeout(GOODBYE_SECONDS)
            connection.quit()
        except OSError:
            connection.close()


class FileBackend(BaseEmailBackend):
    """Each mail is a file in settings.OUTBOX_DIR, named after its Message-ID: sending one twice leaves one."""

    lease_seconds = 60

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            message = mail.message()
            path = self._path(str(message["Message-ID"]).strip("<>"))
            try:
                write_whole(path, cast(Any, message).as_bytes(linesep="\r\n"))
            except OSError as error:
                raise NotSent(describe(error)) from error
            if isinstance(mail, StoredMail):
                mail.answer = f"Written to {path.name}"
        return len(email_messages)

    def has_sent(self, mail_id: str) -> bool:
        """Whether the mail is there. Only this backend can tell, so only here a lost worker's work is never unclear."""
        return self._path(mail_id).exists()

    def _path(self, mail_id: str) -> Path:
        name = re.sub(r"[^\w.@+-]", "_", mail_id, flags=re.ASCII).lstrip(".")
        if name != mail_id or len(name) > 200:
            name = f"{name[:100]}-{hashlib.sha256(mail_id.encode()).hexdigest()[:16]}"
        return Path(settings.OUTBOX_DIR) / f"{name}.eml"


def write_whole(path: Path, content: bytes) -> None:
    """`path` with all of `content` or not at all, even when the process is killed or the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def said(code: int, text: bytes | str) -> str:
    """A server's answer in one line."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"


def describe(error: Any) -> str:
    """An error as its server or the system put it."""
    if isinstance(error, smtplib.SMTPResponseException):
        return said(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
