"""A real SMTP client and the real receiver: what is answered with 250 is kept, and everything else is said plainly."""

from __future__ import annotations

import hashlib
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from channels_app.models import InboundPayload, PayloadState
from helpdesk.embedded import database_url
from tests.channels_app.letters import SUPPORT, letter
from tests.stack import LiveStack, wait_until
from tickets.models import Inbox, Message, Ticket

ADA = "ada@example.org"
LIMIT = 40 * 1024 * 1024


@pytest.fixture
def house(live_stack: LiveStack) -> Iterator[LiveStack]:
    """The running product with two inboxes; the worker has read everything before the next test empties the tables."""
    with live_stack.orm():
        Inbox.objects.create(name="Support", address=SUPPORT)
        Inbox.objects.create(name="Billing", address="billing@onethread.test")
    yield live_stack
    settled(live_stack, 0)


@contextmanager
def client(stack: LiveStack) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=30) as smtp:
        yield smtp


def send(stack: LiveStack, raw: bytes, *recipients: str) -> None:
    with client(stack) as smtp:
        smtp.sendmail(ADA, recipients or [SUPPORT], raw)


def rows(stack: LiveStack) -> list[InboundPayload]:
    with stack.orm():
        return list(InboundPayload.objects.order_by("pk"))


def digests(payloads: list[InboundPayload]) -> set[str]:
    return {hashlib.sha256(bytes(row.raw)).hexdigest() for row in payloads}


def settled(stack: LiveStack, count: int) -> list[InboundPayload]:
    """All rows, once there are `count` and none waits any more."""

    def look() -> list[list[InboundPayload]]:
        stack.start("worker")  # as the supervisor does for one that the end of Valkey took along
        found = rows(stack)
        done = len(found) >= count and all(row.state != PayloadState.RECEIVED for row in found)
        return [found] if done else []

    found: list[list[InboundPayload]] = wait_until(look, seconds=40, what=f"{count} mails settled")
    return found[0]


class RawClient:
    """A client that can misbehave: it writes what it likes and hangs up when it likes."""

    def __init__(self, stack: LiveStack) -> None:
        self.socket = socket.create_connection(("127.0.0.1", stack.smtp_port), timeout=30)
        self.lines = self.socket.makefile("rb")
        self.answer()

    def say(self, line: bytes) -> bytes:
        self.socket.sendall(line + b"\r\n")
        return self.answer()

    def answer(self) -> bytes:
        while (line := self.lines.readline())[3:4] == b"-":
            pass
        return line

    def begin_data(self) -> None:
        for line in (b"EHLO client", f"MAIL FROM:<{ADA}>".encode(), f"RCPT TO:<{SUPPORT}>".encode()):
            assert self.say(line).startswith(b"250")
        assert self.say(b"DATA").startswith(b"354")

    def hang_up(self) -> None:
        self.lines.close()
        self.socket.close()


class TestTakenIn:
    def test_a_mail_becomes_a_ticket_and_its_bytes_are_kept(self, house: LiveStack) -> None:
        raw = letter("A line\n.and a dot\n..and two")
        send(house, raw)
        [row] = settled(house, 1)
        assert bytes(row.raw) == raw
        assert (row.state, row.envelope_from, row.envelope_to) == (PayloadState.APPLIED, ADA, [SUPPORT])
        with house.orm():
            assert Ticket.objects.get().subject == "The engine rattles"

    def test_one_mail_to_two_inboxes_is_one_ticket(self, house: LiveStack) -> None:
        send(house, letter(), SUPPORT, "billing@onethread.test")
        assert len(settled(house, 2)) == 2
        with house.orm():
            assert Message.objects.count() == 1
            assert Ticket.objects.get().also_seen_in.count() == 1

    def test_plus_parts_case_and_aliases(self, house: LiveStack) -> None:
        send(house, letter("first, which makes the account"))
        with house.orm():
            account = InboundPayload.objects.get().account
            account.aliases = ["help@onethread.test"]
            account.save()
        send(house, letter(), "Support+anything@OneThread.test", "help@onethread.test")
        assert len(rows(house)) == 2

    def test_eight_bits_long_lines_and_foreign_addresses(self, house: LiveStack) -> None:
        raw = letter(sender="grüße@bücher.example") + "Grüße ".encode() * 20_000 + b"\r\n"
        with client(house) as smtp:
            smtp.sendmail("grüße@bücher.example", [SUPPORT], raw, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
        [row] = settled(house, 1)
        assert bytes(row.raw) == raw
        assert row.sender == "grüße@bücher.example"

    def test_only_a_real_end_ends_the_message(self, house: LiveStack) -> None:
        """A bare line feed round the dot is text; otherwise a second mail could be smuggled inside the first."""
        raw = b"Subject: one\r\n\r\ntext\n.\nMAIL FROM:<mallory@example.com>\r\n\n.\r\nstill text\r\n"
        smuggler = RawClient(house)
        smuggler.begin_data()
        assert smuggler.say(raw.replace(b"\r\n.", b"\r\n..") + b".").startswith(b"250")
        smuggler.hang_up()
        assert [bytes(row.raw) for row in rows(house)] == [raw]

    def test_commands_sent_together_with_the_message_are_obeyed(self, house: LiveStack) -> None:
        eager = RawClient(house)
        eager.begin_data()
        eager.socket.sendall(letter() + b".\r\nRSET\r\nNOOP\r\n")
        assert [eager.answer()[:3] for _ in range(3)] == [b"250"] * 3
        eager.hang_up()

    def test_an_empty_message_is_kept_too(self, house: LiveStack) -> None:
        quiet = RawClient(house)
        quiet.begin_data()
        assert quiet.say(b".").startswith(b"250")
        quiet.hang_up()
        assert [bytes(row.raw) for row in rows(house)] == [b""]


class TestRefused:
    def test_an_address_that_is_none_of_ours(self, house: LiveStack) -> None:
        with client(house) as smtp:
            smtp.ehlo()
            smtp.mail(ADA)
            for address in ("nobody@onethread.test", "ada@example.org", "support@elsewhere.test", "support"):
                assert smtp.rcpt(address)[0] == 550
            assert smtp.rcpt(SUPPORT)[0] == 250

    def test_an_inbox_that_was_switched_off(self, house: LiveStack) -> None:
        with house.orm():
            Inbox.objects.filter(address=SUPPORT).update(is_active=False)
        with client(house) as smtp, pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)):
            smtp.sendmail(ADA, [SUPPORT], letter())
        assert rows(house) == []

    def test_a_message_over_the_limit_announced_or_not(self, house: LiveStack) -> None:
        with client(house) as smtp:
            smtp.ehlo()
            assert smtp.esmtp_features["size"] == str(LIMIT)
            assert smtp.mail(ADA, [f"SIZE={LIMIT + 1}"])[0] == 552
            smtp.mail(ADA)
            smtp.rcpt(SUPPORT)
            assert smtp.data(letter() + b"x" * LIMIT)[0] == 552
        assert rows(house) == []

    def test_a_connection_cut_in_the_middle_leaves_nothing(self, house: LiveStack) -> None:
        rude = RawClient(house)
        rude.begin_data()
        rude.socket.sendall(letter()[:-10])
        rude.hang_up()
        send(house, letter("the next one"))
        assert len(rows(house)) == 1

    def test_too_many_recipients(self, house: LiveStack) -> None:
        with client(house) as smtp:
            smtp.ehlo()
            smtp.mail(ADA)
            answers = [smtp.rcpt(f"support+{number}@onethread.test")[0] for number in range(101)]
        assert (set(answers[:100]), answers[100]) == ({250}, 452)

    def test_a_second_receiver_on_the_same_port(self, house: LiveStack) -> None:
        second = house.manage("receive_smtp", check=False)
        assert second.returncode == 1
        assert f"port {house.smtp_port} on 127.0.0.1 is in use".encode() in second.stderr
        assert b"Traceback" not in second.stderr


@contextmanager
def database_away(stack: LiveStack) -> Iterator[None]:
    """PostgreSQL ends every connection to the product's database and accepts no new one."""
    database = str(conninfo_to_dict(stack.database_url)["dbname"])
    name = sql.Identifier(database)
    with psycopg.connect(database_url(), autocommit=True) as link:
        link.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
        try:
            yield
        finally:
            link.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


class TestTrouble:
    def test_the_database_is_away(self, house: LiveStack) -> None:
        with client(house) as smtp:
            smtp.sendmail(ADA, [SUPPORT], letter("before"))
            smtp.mail(ADA)
            smtp.rcpt(SUPPORT)
            with database_away(house):
                assert smtp.data(letter("meanwhile"))[0] == 451
                smtp.mail(ADA)
                assert smtp.rcpt("unknown@onethread.test")[0] == 451
                piped = house.manage("receive_email", stdin=letter("piped"), check=False)
                assert piped.returncode == 75
            smtp.rset()
            smtp.sendmail(ADA, [SUPPORT], letter("after"))
        assert [b"before" in bytes(row.raw) for row in rows(house)] == [True, False]
        settled(house, 2)

    def test_the_broker_is_away(self, house: LiveStack) -> None:
        """The answer doesn't wait for it, and the next mail that gets through brings the worker to both."""
        house.valkey.stop()
        send(house, letter("nobody is told"))
        house.valkey.start()
        send(house, letter("somebody is told"))
        assert {row.state for row in settled(house, 2)} == {PayloadState.APPLIED}

    def test_stopping_finishes_the_message_under_way(self, house: LiveStack) -> None:
        busy, idle = RawClient(house), RawClient(house)
        busy.begin_data()
        busy.socket.sendall(letter()[:40])
        stopping = threading.Thread(target=house.terminate, args=["smtp"])
        stopping.start()
        assert idle.answer().startswith(b"421")
        busy.socket.sendall(letter()[40:])
        assert busy.say(b".").startswith(b"250")
        stopping.join(timeout=20)
        assert len(rows(house)) == 1


class TestKilled:
    def test_the_receiver_killed_among_many_mails_keeps_each_it_acknowledged(self, house: LiveStack) -> None:
        acknowledged: list[str] = []
        started = threading.Event()

        def deliver(sender: int) -> None:
            with suppress(OSError, smtplib.SMTPException):
                for number in range(200):
                    raw = letter(f"{sender}/{number}", sender=f"s{sender}.{number}@example.org")
                    send(house, raw)
                    acknowledged.append(hashlib.sha256(raw).hexdigest())
                    if len(acknowledged) > 20:
                        started.set()

        senders = [threading.Thread(target=deliver, args=[number]) for number in range(4)]
        for sender in senders:
            sender.start()
        assert started.wait(timeout=30)
        house.kill("smtp")
        for sender in senders:
            sender.join(timeout=30)
        assert set(acknowledged) <= digests(rows(house))
        house.start("smtp")
        send(house, letter("it is back"))
        settled(house, len(acknowledged) + 1)

    def test_the_worker_killed_among_many_mails_reads_each_once(self, house: LiveStack) -> None:
        house.terminate("worker")
        raws = [letter(f"Mail {number}", sender=f"s{number}@example{number}.org") for number in range(60)]
        with client(house) as smtp:
            for raw in raws:
                smtp.sendmail(ADA, [SUPPORT], raw)
        for reached in (5, 20):
            house.start("worker")
            wait_until(lambda reached=reached: applied(house) >= reached, seconds=30, what="some mails read")  # type: ignore[misc]
            house.kill("worker")
        house.start("worker")
        found = settled(house, 60)
        assert {row.state for row in found} == {PayloadState.APPLIED}
        assert digests(found) == {hashlib.sha256(raw).hexdigest() for raw in raws}
        with house.orm():
            assert (Ticket.objects.count(), Message.objects.count()) == (60, 60)


def applied(stack: LiveStack) -> int:
    return sum(row.state == PayloadState.APPLIED for row in rows(stack))
