"""The SMTP server that takes mail in. It says 250 only once the mail is committed, and 451 when it can't be.

aiosmtpd speaks the protocol; this module decides who may be written to, reads and stores the message, sets limits.
It relays nothing: an address that is no inbox of ours is refused, whoever asks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import Error as DatabaseError
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from channels_app.addresses import AddressBook
from channels_app.inbound import store_raw
from channels_app.smtp_connection import Connection

MAX_RECIPIENTS = 100
BOOK_SECONDS = 1.0
STORE_THREADS = 8
T = TypeVar("T")

logger = logging.getLogger(__name__)


class Receiver:
    """What all connections share: the address book, the threads that store, the limits, the way to stop."""

    def __init__(self, *, tell: Callable[[], None]) -> None:
        self.tell = tell
        self.connections: set[Connection] = set()
        self.bytes_in_flight = 0
        self.is_stopping = False
        self._threads = ThreadPoolExecutor(STORE_THREADS, thread_name_prefix="store")
        self._book: AddressBook | None = None
        self._book_read_at = 0.0

    def __dir__(self) -> list[str]:
        return ["handle_RCPT", "handle_exception"]  # see Connection.__dir__

    async def listen(self, host: str, port: int) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(lambda: Connection(self), host, port, backlog=512)

    async def stop(self, server: asyncio.Server, *, patience: float) -> None:
        """Take no more connections, let messages under way be finished and answered, then hang up."""
        self.is_stopping = True
        server.close()
        for connected in list(self.connections):
            connected.hang_up_if_idle()
        deadline = time.monotonic() + patience
        while self.connections and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        for connected in list(self.connections):
            connected.hang_up()
        self._threads.shutdown(wait=True)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            known = await self._knows(address)
        except DatabaseError:
            logger.exception("the database is away; %s waits", address)
            return "451 4.3.0 Temporarily unable to look up this address"
        if not known:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def take(self, envelope: Envelope) -> str:
        """Store the message; the answer to its sender."""
        loop = asyncio.get_running_loop()
        try:
            stored = await loop.run_in_executor(self._threads, self._store, envelope)
        except DatabaseError:
            logger.exception("the database is away; a mail from %s was not taken", envelope.mail_from)
            return "451 4.3.0 Temporarily unable to store the message"
        if not stored:
            return "550 5.1.1 No such address here any more"
        self.tell()
        return f"250 2.0.0 OK stored as {', '.join(map(str, stored))}"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever broke was not the client's fault: it is asked to try again, and the mail stays with it."""
        logger.error("an SMTP session broke", exc_info=error)
        return "451 4.3.0 Something went wrong here, please try again"

    async def _knows(self, address: str) -> bool:
        """Whether an inbox of ours has the address. A known one is believed for a second, an unknown one never."""
        book = self._book
        if book and time.monotonic() - self._book_read_at < BOOK_SECONDS and book.account_of(address):
            return True
        book = await asyncio.get_running_loop().run_in_executor(self._threads, _with_fresh_connection, AddressBook.read)
        self._book, self._book_read_at = book, time.monotonic()
        return book.account_of(address) is not None

    def _store(self, envelope: Envelope) -> list[int]:
        """In a thread: one row for each of our accounts among the recipients, committed together.

        An inbox may have gone since its address was looked up; then the book is read once more.
        """
        try:
            return self._store_for(self._book or AddressBook.read(), envelope)
        except IntegrityError:
            return self._store_for(AddressBook.read(), envelope)

    def _store_for(self, book: AddressBook, envelope: Envelope) -> list[int]:
        assert isinstance(envelope.content, bytes)
        found = {account.pk: account for address in envelope.rcpt_tos if (account := book.account_of(address))}
        if not found:
            return []
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        raw, recipients = envelope.content, list(envelope.rcpt_tos)
        return _with_fresh_connection(
            lambda: store_raw(found.values(), raw, source="smtp", envelope_from=sender, envelope_to=recipients)
        )


def _with_fresh_connection(work: Callable[[], T]) -> T:
    """Do `work` on this thread's lasting connection; one that the server has dropped meanwhile is replaced once.

    A mail whose commit was cut off may be stored twice by that: its content key makes one message of it.
    """
    was_connected = connection.connection is not None
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()
        if not was_connected:
            raise
        return work()
