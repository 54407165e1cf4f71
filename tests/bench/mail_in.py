"""How fast mail comes in: SMTP accept (a connection each, committed before 250), and mail to ticket in one worker.

Run alone by `python -m tests.bench.mail_in`, against a database and a receiver of its own.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time

SUPPORT = "support@bench.test"
WORDS = "invoice printer order window refund parcel login screen invoice delay thanks urgent again please help".split()


def letter(number: int, *, to: str = SUPPORT, extra: str = "") -> bytes:
    """A mail as a mail program writes it: text and HTML, 3 KB, every sender new."""
    text = "\r\n".join(" ".join(random.Random(number * 7 + line).choices(WORDS, k=11)) for line in range(12))
    return (
        f"Received: from mx.example.org by bench; Sat, 21 Nov 2026 23:00:00 +0000\r\n"
        f"From: Customer {number} <c{number}@example{number % 997}.org>\r\nTo: {to}\r\n"
        f"Subject: Question {number} about my order\r\nMessage-ID: <{number}.{os.getpid()}@example.org>\r\n"
        f"Date: Sat, 21 Nov 2026 23:00:00 +0000\r\nMIME-Version: 1.0\r\n{extra}"
        f'Content-Type: multipart/alternative; boundary="b{number}"\r\n\r\n--b{number}\r\n'
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b{number}\r\n"
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{text}</p><p><b>Bye</b></p></body></html>\r\n"
        f"--b{number}--\r\n"
    ).encode()


async def deliver(port: int, raw: bytes) -> None:
    """The whole dialogue of one mail on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    stuffed = raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    await reader.readline()
    for command in (b"EHLO bench", b"MAIL FROM:<c@example.org>", f"RCPT TO:<{SUPPORT}>".encode(), b"DATA"):
        writer.write(command + b"\r\n")
        while (line := await reader.readline())[3:4] == b"-":
            pass
        if line[:1] not in b"23":
            raise AssertionError(line)
    writer.write(stuffed)
    line = await reader.readline()
    if not line.startswith(b"250"):
        raise AssertionError(line)
    writer.write(b"QUIT\r\n")
    await reader.readline()
    writer.close()


async def deliver_many(port: int, numbers: range, clients: int) -> None:
    waiting = iter(numbers)

    async def client() -> None:
        for number in waiting:
            await deliver(port, letter(number))

    await asyncio.gather(*(client() for _ in range(clients)))


def accept_rate(port: int, mails: int, clients: int) -> float:
    """Mails per second."""
    started = time.perf_counter()
    asyncio.run(deliver_many(port, range(mails), clients))
    return mails / (time.perf_counter() - started)


if __name__ == "__main__":
    print(accept_rate(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
