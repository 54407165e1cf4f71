"""One SMTP client's connection: aiosmtpd's dialogue, with our own limits and our own way of reading the message."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP, syntax
from django.conf import settings

if TYPE_CHECKING:
    from channels_app.smtp_receiver import Receiver

MAX_CONNECTIONS = 400
IDLE_SECONDS = 120
DATA_SECONDS = 1_800  # for the whole message, however slowly it trickles
MAX_BYTES_IN_FLIGHT = 400 * 1024 * 1024  # of all connections together
MAX_COMMANDS = {"MAIL": 10_000, "RCPT": 20_000, "DATA": 10_000, "RSET": 20_000, "*": 200}  # in one connection
CHUNK = 1024 * 1024
COMMANDS = [name for name in dir(SMTP) if name.startswith("smtp_") and name not in ("smtp_AUTH", "smtp_STARTTLS")]
_END = b"\r\n.\r\n"
_PLAIN_PATH = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]*@?[\w.-]*)>(.*)", re.ASCII | re.DOTALL)


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
            command_call_limit=MAX_COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self._receiver = receiver
        self._is_in_data = False

    def __dir__(self) -> list[str]:
        """aiosmtpd looks for commands among all names of itself and its handler, at every connection: a third of the
        time a mail takes. There are only these; none of them signs anybody in.
        """
        return COMMANDS

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
