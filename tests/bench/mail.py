"""Mail in and out: accepted by the SMTP receiver, put on tickets by a worker, handed to the mail server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from random import Random

from channels_app.models import Delivery, InboundPayload, PayloadState
from tests.bench.client import Client
from tests.bench.pages import answerable, browsers, reply
from tests.bench.results import Results
from tests.bench.stack import ROOT, Sink, Stack, wait_until
from tickets.models import Message

SUPPORT = "support@demo.test"
WORDS = (
    "the rain gauge shows nothing since the valve leaks order sensor hub battery please tell me when it arrives".split()
)


def letter(number: int, subject: str = "") -> bytes:
    """A mail as a mail program writes it: text and HTML, about 3 KB, every sender new."""
    rng = Random(number)
    lines = [" ".join(rng.choices(WORDS, k=11)) for _ in range(12)]
    text, html = "\r\n".join(lines), "<br>".join(lines)
    key = f"{number}.{os.getpid()}.{time.time_ns()}"
    return (
        f"Received: from mx{number % 9}.example.net by bench.example.net; Sat, 7 Mar 2026 10:00:00 +0000\r\n"
        f"From: Someone {number} <someone.{key}@sender{number % 997}.example>\r\nTo: Support <{SUPPORT}>\r\n"
        f"Subject: {subject or f'Question {number} about my station'}\r\nMessage-ID: <{key}@sender.example>\r\n"
        f"Date: Sat, 7 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="b{number}"\r\n\r\n'
        f"--b{number}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b{number}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f"<html><body><div><p>{html}</p><p><b>Regards</b></p></div></body></html>\r\n--b{number}--\r\n"
    ).encode()


async def deliver(port: int, raw: bytes) -> None:
    """The whole dialogue of one mail, on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await _answer(reader)
    for command in ("EHLO bench", "MAIL FROM:<someone@sender.example>", f"RCPT TO:<{SUPPORT}>", "DATA"):
        writer.write(f"{command}\r\n".encode())
        await _answer(reader)
    writer.write(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    await _answer(reader)
    writer.write(b"QUIT\r\n")
    await _answer(reader)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    while (line := await reader.readline())[3:4] == b"-":
        pass
    if line[:1] not in (b"2", b"3"):
        raise AssertionError(line)


def accept(port: int, number: int, clients: int = 8) -> float:
    """Mails per second that the receiver has committed."""

    async def client(letters: list[bytes]) -> None:
        for raw in letters:
            await deliver(port, raw)

    async def all_clients() -> None:
        await asyncio.gather(*(client(letters[n::clients]) for n in range(clients)))

    letters = [letter(n) for n in range(number)]
    began = time.perf_counter()
    asyncio.run(all_clients())
    return number / (time.perf_counter() - began)


def bench_mail_in(stack: Stack, results: Results, mails: int) -> None:
    """With the workers stopped: first the receiver alone, then one worker process alone, reading what was stored."""
    stack.stop("worker", "beat")
    try:
        accept(stack.smtp_port, 50)
        rate = accept(stack.smtp_port, mails)
        results.at_least("SMTP accept, stored, a connection each", rate, "/s", 500, "8 connections at a time")
        run = subprocess.run(
            [sys.executable, "-m", "tests.bench.drain"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        results.at_least("mail to ticket, per worker process", float(run.stdout), "/s", 135)
        left = InboundPayload.objects.filter(state=PayloadState.RECEIVED).count()
        failed = InboundPayload.objects.filter(state=PayloadState.FAILED).count()
        if left or failed:
            raise AssertionError(f"{left} mails still wait, {failed} failed")
    finally:
        stack.start("worker", "beat")


def bench_mail_out(port: int, sink: Sink, results: Results, replies: int = 10) -> None:
    """From the end of a reply's undo window to the mail server having it."""
    numbers = answerable(200)
    newest = Message.objects.latest("pk").pk

    async def write(client: Client) -> None:
        for _ in range(replies):
            await reply(client, next(numbers))
            await asyncio.sleep(0.15)

    asyncio.run(write(browsers(port, 1)[0]))
    sent = Delivery.objects.filter(message__pk__gt=newest)
    wait_until(lambda: all(row.mail_id in sink.arrived for row in sent), "all replies sent", 60)
    late = sorted(sink.arrived[row.mail_id] - row.due_at.timestamp() for row in sent)
    results.at_most("reply handed to SMTP after its undo window", late[-1], "s", 1, f"slowest of {len(late)}")


def drained(seconds: float = 300) -> None:
    """Wait until the outbox is empty, so that what one measurement left does not weigh on the next."""
    waiting = Delivery.objects.filter(state__in=["queued", "sending", "deferred"])
    wait_until(lambda: not waiting.exists(), "outbox empty", seconds)
