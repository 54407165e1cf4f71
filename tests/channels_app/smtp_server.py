"""Real SMTP servers on a free port: one whose answers a test decides, one that follows a script to the byte."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What the server got and how it answers. `data` is an answer; "cut" takes the mail and hangs up, "hang" waits."""

    rcpt: dict[str, str] = field(default_factory=dict)
    mail: str = "250 OK"
    data: str = "250 OK queued as 1"
    received: list[Envelope] = field(default_factory=list)
    has_mail: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)
    host: str = "127.0.0.1"
    port: int = 0

    async def handle_MAIL(  # noqa: N802  the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith(("250", "cut", "hang")):
            self.received.append(envelope)
            self.has_mail.set()
        if self.data == "cut":
            cast(asyncio.Transport, server.transport).abort()
        if self.data == "hang":
            await server.loop.run_in_executor(None, self.may_answer.wait)
            return "250 OK at last"
        return self.data


def content_of(mailbox: Mailbox, number: int = 0) -> bytes:
    """The bytes of a mail as the server got them."""
    return cast(bytes, mailbox.received[number].content)


class _Controller(Controller):
    smtputf8 = False

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="mx.example.org", enable_SMTPUTF8=self.smtputf8)

    def _trigger_server(self) -> None:
        """Which port "any" has become is known once it is bound."""
        self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def smtp_server(*, smtputf8: bool = False, **answers: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox(**answers)
    controller = _Controller(mailbox, hostname=mailbox.host, port=0)
    controller.smtputf8 = smtputf8
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        mailbox.may_answer.set()
        controller.stop()


POLITE = {b"ehlo": b"250 mx.example.org\r\n", b"mail": b"250 OK\r\n", b"rcpt": b"250 OK\r\n", b"data": b"354 Go on\r\n"}


class ScriptedServer:
    """Answers each command by its first word; a word without an answer is met with silence, None with a hang-up.

    The words beside the commands are `greeting`, `body` (bytes of the mail are coming) and `dot` (they are complete).
    """

    def __init__(self, answers: dict[bytes, bytes | None]) -> None:
        self.answers = answers
        self.mails = self.callers = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for opened in [self._socket, *self._open]:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                link, _address = self._socket.accept()
                self._open.append(link)
                self.callers += 1
                with suppress(OSError):
                    self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        if not self._say(link, b"greeting"):
            return
        with link.makefile("rb") as lines:
            for line in lines:
                word = line.split()[0].lower()
                if not self._say(link, word):
                    return
                if word == b"data" and not self._read_mail(link, lines):
                    return

    def _read_mail(self, link: socket.socket, lines: Any) -> bool:
        if b"body" in self.answers:
            return self._say(link, b"body")
        while (line := lines.readline()) != b".\r\n":
            if not line:
                return False
        self.mails += 1
        return self._say(link, b"dot")

    def _say(self, link: socket.socket, word: bytes) -> bool:
        if word in self.answers and self.answers[word] is None:
            link.shutdown(socket.SHUT_RDWR)
            return False
        link.sendall(self.answers.get(word) or b"")
        return True


@contextmanager
def scripted_server(**answers: bytes | None) -> Iterator[ScriptedServer]:
    given = {word.encode(): answer for word, answer in answers.items()}
    server = ScriptedServer({b"greeting": b"220 mx\r\n", **POLITE, b"dot": b"250 Taken\r\n", **given})
    try:
        yield server
    finally:
        server.close()
