"""The SMTP server that takes mail in. It says 250 only once the mail is committed, and 451 when it can't be.

aiosmtpd speaks the protocol; this module decides who may be written to, reads and stores the message, sets limits.
It relays nothing: an address that is no inbox of ours is refused, whoever asks.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from channels_app.addresses import AddressBook
from channels_app.inbound import store_raw

MAX_CONNECTIONS = 400
MAX_RECIPIENTS = 100
IDLE_SECONDS = 120
DATA_SECONDS = 1_800  # for the whole message, however slowly it trickles
MAX_BYTES_IN_FLIGHT = 400 * 1024 * 1024  # of all connections together
MAX_COMMANDS = {"MAIL": 10_000, "RCPT": 20_000, "DATA": 10_000, "RSET": 20_000, "*": 200}  # in one connection
BOOK_SECONDS = 1.0
STORE_THREADS = 8
CHUNK = 1024 * 1024
_END = b"\r\n.\r\n"
_PLAIN_PATH = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]*@?[\w.-]*)>(.*)", re.ASCII | re.DOTALL)

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


class Connection(SMTP):
    """One client."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(
            receiver,
            data_size_limit=settings.MAX_MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            hostname=settings.INSTANCE_DOMAIN,
            ident="Onethread",
            timeout=IDLE_SECONDS,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=MAX_COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self._receiver = receiver
        self._is_in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        receiver = self._receiver
        is_full = receiver.is_stopping or len(receiver.connections) >= MAX_CONNECTIONS
        super().connection_made(transport)
        if is_full:
            self.hang_up("421 4.3.2 Too many connections, try again later")
        else:
            receiver.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._receiver.connections.discard(self)
        super().connection_lost(error)

    def hang_up(self, words: str = "421 4.3.2 Shutting down, try again later") -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(f"{words}\r\n".encode())
            self.transport.close()

    def hang_up_if_idle(self) -> None:
        if not self._is_in_data:
            self.hang_up()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """aiosmtpd reads addresses with the standard library's full grammar, which is slow; most are plain."""
        if plain := _PLAIN_PATH.fullmatch(arg):
            return plain[1] or "<>", plain[2]
        return super()._getaddr(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd's name
        """As aiosmtpd's, but read in pieces instead of lines, within limits of memory and time, and without a limit on
        the length of a line: refusing an over-long one would lose mail that every other server lets through.
        """
        envelope = self.envelope
        if await self.check_helo_needed():
            return
        if arg or envelope is None or not envelope.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        self._is_in_data = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            envelope.content, refusal = await self._read_message()
            status = refusal or await self._receiver.take(envelope)
        finally:
            self._is_in_data = False
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)
        if self._receiver.is_stopping:
            self.hang_up()

    async def _read_message(self) -> tuple[bytes, str]:
        """The message up to its final dot, with leading dots taken off again (RFC 5321 §4.5.2), or why it is refused.

        Only CRLF.CRLF ends it: a bare line feed before the dot is text, or mails could be smuggled in.
        """
        receiver, deadline = self._receiver, self.loop.time() + DATA_SECONDS
        data, size, refusal = bytearray(b"\r\n"), 0, ""
        counted = 0
        try:
            while True:
                chunk = await self._reader.read(CHUNK)
                self._reset_timeout()
                if not chunk or self.loop.time() > deadline:
                    raise ConnectionResetError("the message was cut off, or took too long")
                searched_from = max(0, len(data) - len(_END))
                data += chunk
                size += len(chunk)
                end = data.find(_END, searched_from)
                if end >= 0:
                    self._reader.feed_data(bytes(data[end + len(_END) :]))  # what a pipelining client sent after it
                    break
                refusal = refusal or self._refusal(size)
                if refusal:
                    del data[: -len(_END)]  # go on reading to the end, since clients listen only then
                receiver.bytes_in_flight += len(data) - counted
                counted = len(data)
        finally:
            receiver.bytes_in_flight -= counted
        refusal = refusal or self._refusal(end)
        if refusal:
            return b"", refusal
        return bytes(data[: end + 2]).replace(b"\r\n.", b"\r\n")[2:], ""

    def _refusal(self, size: int) -> str:
        if size > settings.MAX_MESSAGE_BYTES:
            return f"552 5.3.4 The message is larger than {settings.MAX_MESSAGE_BYTES} bytes"
        if self._receiver.bytes_in_flight > MAX_BYTES_IN_FLIGHT:
            return "452 4.3.1 Too much mail at once, try again later"
        return ""
