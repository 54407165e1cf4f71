"""A real SMTP server on a free port whose answers a test decides, phase by phase."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What the server got and how it answers. `data` is an answer, or "cut" to take the mail and hang up."""

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
            server.transport.abort()
        if self.data == "hang":
            await server.loop.run_in_executor(None, self.may_answer.wait)
            return "250 OK at last"
        return self.data


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="mx.example.org", enable_SMTPUTF8=False, data_size_limit=50_000_000)

    def _trigger_server(self) -> None:
        """The socket is asked for its port first: it is 0, "any", until it is bound."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(**answers: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox(**answers)
    controller = _Controller(mailbox, hostname=mailbox.host, port=0)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        mailbox.may_answer.set()
        controller.stop()
