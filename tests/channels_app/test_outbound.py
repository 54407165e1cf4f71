"""From the reply to the worker: the outbox row, the undo window, hand-overs that get lost, workers that die."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from channels_app import outbox, resending, sending
from channels_app.adapters.email.render import render
from channels_app.mail_backend import FileBackend
from channels_app.models import ChannelAccount, Delivery, DeliveryAttempt
from channels_app.outbound import queue_deliveries
from channels_app.transport import Result
from customers.actors import Actor
from customers.identify import identify
from helpdesk.accounts.models import User
from tests.channels_app.out import FILES, lost_in_sending, reply, send_through, state_of
from tests.channels_app.smtp_server import content_of, smtp_server
from tickets.attachments import upload
from tickets.models import Channel, Inbox, Ticket, TicketEvent
from tickets.services import Refused, TooLate, add_cc, add_note, add_reply, open_ticket, retract_reply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    """The demo's backend, so that what was sent can be counted."""
    settings.EMAIL_BACKEND = FILES
    settings.OUTBOX_DIR = tmp_path
    settings.UNDO_SEND_SECONDS = 0
    return tmp_path


class Brittle(FileBackend):
    """A backend with a bug."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if any(b"Break it" in mail.message().as_bytes() for mail in email_messages):
            raise ZeroDivisionError
        return super().send_messages(email_messages)


def sent(files: Path) -> list[bytes]:
    return [path.read_bytes() for path in files.glob("*.eml")]


class TestTheRow:
    def test_it_is_written_with_the_reply(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        settings.UNDO_SEND_SECONDS = 10
        delivery = reply(adas_ticket, grace)
        assert (delivery.state, delivery.envelope_to) == ("queued", ["ada@example.org"])
        assert delivery.due_at == delivery.message.send_at == delivery.message.created_at + timedelta(seconds=10)
        assert not sending.deliver(delivery.pk), "the undo window is open"

    def test_it_costs_three_statements(
        self, grace: User, adas_ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        message = reply(adas_ticket, grace).message
        Delivery.objects.all().delete()
        ticket = Ticket.objects.lock(adas_ticket.pk)
        event = TicketEvent(kind="reply.added", message=message)
        with django_assert_num_queries(3):  # consent, the account of the inbox, and the row
            queue_deliveries(ticket, [event])

    def test_a_note_has_none(self, grace: User, adas_ticket: Ticket) -> None:
        add_note(adas_ticket, "<p>Between us.</p>", actor=Actor.agent(grace))
        assert not Delivery.objects.exists()

    def test_an_inbox_made_in_the_settings_gets_its_account(self, grace: User, adas_ticket: Ticket) -> None:
        ChannelAccount.objects.all().delete()
        assert sending.deliver(reply(adas_ticket, grace).pk)

    def test_nothing_is_written_for_a_deactivated_inbox(self, grace: User, adas_ticket: Ticket) -> None:
        Inbox.objects.update(is_active=False)
        with pytest.raises(Refused, match=r"“Support” is deactivated"):
            add_reply(adas_ticket, "<p>Oil it.</p>", actor=Actor.agent(grace))
        assert adas_ticket.messages.count() == 1

    def test_we_never_write_to_ourselves(self, grace: User, support: Inbox) -> None:
        ourselves = identify("email", "support@onethread.test").customer
        ticket = open_ticket(ourselves, "Echo", inbox=support, channel=Channel.EMAIL, actor=Actor.agent(grace))
        with pytest.raises(Refused, match="no address but our own"):
            reply(ticket, grace)

    def test_a_customer_without_address_is_said_at_once(self, grace: User, adas_ticket: Ticket) -> None:
        adas_ticket.messages.update(from_address="")
        adas_ticket.requester.identities.all().delete()
        with pytest.raises(Refused, match="no e-mail address"):
            reply(adas_ticket, grace)


class TestUndo:
    def test_in_time(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        delivery = reply(adas_ticket, grace)
        retract_reply(delivery.message, actor=Actor.agent(grace))
        assert state_of(delivery)[:2] == ("cancelled", "cancelled")
        assert not sending.deliver(delivery.pk)
        assert sending.sweep(now=timezone.now() + timedelta(days=1)) == 0
        assert not sent(files)

    def test_too_late(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        delivery = reply(adas_ticket, grace)
        assert outbox.claim(delivery.pk, now=timezone.now())
        with pytest.raises(TooLate):
            retract_reply(delivery.message, actor=Actor.agent(grace))
        assert state_of(delivery)[:2] == ("sending", "sending")

    def test_the_row_has_the_last_word(self, grace: User, adas_ticket: Ticket) -> None:
        """Should message and row ever disagree, what a worker has taken is not taken back."""
        delivery = reply(adas_ticket, grace)
        Delivery.objects.filter(pk=delivery.pk).update(state="sending", attempt=1)
        with pytest.raises(TooLate):
            retract_reply(delivery.message, actor=Actor.agent(grace))
        assert state_of(delivery)[:2] == ("sending", "queued")


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_undo_and_worker(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        """Either it is taken back and never sent, or it is sent and the agent is told "too late"."""
        for _ in range(8):
            delivery = reply(adas_ticket, grace)

            def undo(delivery: Delivery = delivery) -> bool:
                try:
                    retract_reply(delivery.message, actor=Actor.agent(grace))
                except TooLate:
                    return False
                finally:
                    connection.close()
                return True

            taken_back, was_sent = both(undo, partial(deliver_and_close, delivery.pk))
            assert taken_back != was_sent
            assert state_of(delivery)[0] == ("cancelled" if taken_back else "accepted")

    def test_two_workers(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        with smtp_server() as server:
            send_through(settings, server.port)
            for n in range(5):
                delivery = reply(adas_ticket, grace)
                first, second = both(*[partial(deliver_and_close, delivery.pk)] * 2)
                assert first != second
                assert len(server.received) == n + 1


class TestLostHandOvers:
    def test_the_sweeper_finds_what_celery_lost(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        lost = reply(adas_ticket, grace)
        assert sending.sweep() == 0, "Celery may still come"
        assert sending.sweep(now=timezone.now() + timedelta(seconds=3)) == 1
        assert state_of(lost)[0] == "accepted"
        assert len(sent(files)) == 1

    def test_it_stops_when_its_time_is_over(self, grace: User, adas_ticket: Ticket) -> None:
        for _ in range(3):
            reply(adas_ticket, grace)
        later = timezone.now() + timedelta(seconds=3)
        assert sending.sweep(now=later, seconds=0) == 0
        assert sending.sweep(now=later) == 3

    def test_a_row_that_breaks_does_not_stop_the_others(
        self, grace: User, adas_ticket: Ticket, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.Brittle"
        second, first = reply(adas_ticket, grace), reply(adas_ticket, grace, "<p>Break it.</p>")
        Delivery.objects.filter(pk=first.pk).update(due_at=second.due_at - timedelta(seconds=1))
        assert sending.sweep(now=timezone.now() + timedelta(seconds=3)) == 1
        assert state_of(first)[0] == "unknown", "nobody knows how far a broken backend came"
        assert state_of(second)[0] == "accepted"
        assert "could not be worked on" in caplog.text

    @pytest.mark.django_db(transaction=True)
    def test_without_a_broker_replies_go_on(
        self, grace: User, adas_ticket: Ticket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        for server in (refusing_server(), silent_server()):
            monkeypatch.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{server.getsockname()[1]}/0")
            monkeypatch.setattr(current_app.conf, "broker_write_url", current_app.conf.broker_url)
            began = time.monotonic()
            delivery = reply(adas_ticket, grace)
            assert time.monotonic() - began < 3
            assert state_of(delivery)[0] == "queued"
            server.close()
        assert caplog.text.count("left to its sweeper") == 2
        assert sending.sweep(now=timezone.now() + timedelta(seconds=3)) == 2


class TestDeadWorkers:
    def test_before_the_attempt_nothing_was_sent(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        delivery = reply(adas_ticket, grace)
        assert outbox.claim(delivery.pk, now=timezone.now())
        assert sending.sweep(now=timezone.now() + timedelta(seconds=59)) == 0, "it may still be at work"
        lost_in_sending(delivery)
        assert sending.sweep() == 1
        assert state_of(delivery)[:2] == ("queued", "sending")
        assert sending.deliver(delivery.pk)
        assert state_of(delivery)[:2] == ("accepted", "sent")
        assert len(sent(files)) == 1

    @pytest.mark.parametrize("written", [True, False])
    def test_files_prove_what_happened(self, grace: User, adas_ticket: Ticket, files: Path, written: bool) -> None:
        delivery = reply(adas_ticket, grace)
        began(delivery)
        path = files / f"{delivery.mail_id}.eml"
        if written:
            path.write_bytes(b"as the worker left it")
        lost_in_sending(delivery)
        assert sending.sweep() == 1
        assert state_of(delivery)[0] == ("accepted" if written else "deferred")
        assert sending.deliver(delivery.pk) is not written
        assert state_of(delivery)[:2] == ("accepted", "sent")
        assert path.read_bytes().startswith(b"as the worker" if written else b"From: ")

    def test_with_a_server_nobody_knows(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        with smtp_server() as server:
            send_through(settings, server.port)
            delivery = reply(adas_ticket, grace)
            began(delivery)
            lost_in_sending(delivery)
            assert sending.sweep() == 1
            assert state_of(delivery)[:2] == ("unknown", "unknown")
            assert sending.sweep(now=timezone.now() + timedelta(days=9)) == 0
            assert not server.received

    def test_files_prove_nothing_about_another_backend(
        self, grace: User, adas_ticket: Ticket, settings: Settings
    ) -> None:
        send_through(settings, 1)
        delivery = reply(adas_ticket, grace)
        began(delivery)
        lost_in_sending(delivery)
        settings.EMAIL_BACKEND = FILES
        assert sending.sweep() == 1
        assert state_of(delivery)[0] == "unknown"

    def test_a_slow_worker_still_tells_the_truth(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        send_through(settings, 1)
        delivery = reply(adas_ticket, grace)
        attempt = began(delivery)
        lost_in_sending(delivery)
        sending.sweep()
        outbox.record(attempt, Result("250 Taken"), now=timezone.now())
        assert state_of(delivery) == ("accepted", "sent", "")

    def test_but_not_over_what_happened_since(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        send_through(settings, 1)
        delivery = reply(adas_ticket, grace)
        attempt = began(delivery)
        lost_in_sending(delivery)
        sending.sweep()
        resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
        outbox.record(attempt, Result("250 Taken"), now=timezone.now())
        assert state_of(delivery)[0] == "queued"

    def test_who_lost_the_lease_does_not_begin(self, grace: User, adas_ticket: Ticket) -> None:
        delivery = reply(adas_ticket, grace)
        slow = outbox.claim(delivery.pk, now=timezone.now())
        assert slow
        sending.sweep(now=timezone.now() + timedelta(seconds=61))
        assert outbox.begin_attempt(slow, now=timezone.now()) is None


class TestWhatCannotBeSent:
    def test_the_inbox_was_deactivated_meanwhile(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        delivery = reply(adas_ticket, grace)
        Inbox.objects.update(is_active=False)
        assert not sending.deliver(delivery.pk)
        assert state_of(delivery) == ("failed", "failed", "The inbox “Support” is deactivated.")

        Inbox.objects.update(is_active=True)
        resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
        assert sending.deliver(delivery.pk)
        assert len(sent(files)) == 1

    def test_a_file_is_gone(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        plan = upload(grace, "plan.txt", b"oil, then run")
        delivery = reply(adas_ticket, grace, attachment_ids=[plan.pk])
        default_storage.delete(str(plan.file.name))
        assert not sending.deliver(delivery.pk)
        assert state_of(delivery) == ("failed", "failed", "The file “plan.txt” can't be read: it is gone.")

    def test_more_than_mail_can_carry(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        settings.MAX_MESSAGE_BYTES = 1024 * 1024
        movie = upload(grace, "rattle.mov", bytes(900_000))
        delivery = reply(adas_ticket, grace, attachment_ids=[movie.pk])
        sending.deliver(delivery.pk)
        assert state_of(delivery)[2] == "With its files the mail would be larger than 1 MB."

    def test_no_address_is_one(self, grace: User, adas_ticket: Ticket) -> None:
        delivery = reply(adas_ticket, grace)
        delivery.message.to = ["ada at example"]
        delivery.message.save()
        sending.deliver(delivery.pk)
        assert state_of(delivery) == ("failed", "failed", "No address that mail could be sent to: ada at example")

    def test_one_address_is_none(self, grace: User, adas_ticket: Ticket, files: Path) -> None:
        nobody = identify("email", "nobody@example.org").customer
        add_cc(adas_ticket, nobody, "no body@example..org", actor=Actor.agent(grace))
        delivery = reply(adas_ticket, grace)
        assert sending.deliver(delivery.pk)
        assert len(sent(files)) == 1
        reason = "no body@example..org: This is no address that mail can be sent to. (The other recipients have it.)"
        assert state_of(delivery) == ("failed", "failed", reason)

        resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
        assert sending.deliver(delivery.pk)
        assert state_of(delivery) == ("failed", "failed", reason)
        assert len(sent(files)) == 1

    def test_letters_the_server_does_not_take(self, grace: User, adas_ticket: Ticket, settings: Settings) -> None:
        adas_ticket.messages.update(from_address="jürgen@bücher.example")
        for smtputf8, state in ((False, "failed"), (True, "accepted")):
            with smtp_server(smtputf8=smtputf8) as server:
                send_through(settings, server.port)
                delivery = reply(adas_ticket, grace)
                assert sending.deliver(delivery.pk)
                assert state_of(delivery)[0] == state
        assert server.received[0].rcpt_tos == ["jürgen@xn--bcher-kva.example"]
        assert "jürgen@" in message_from_bytes(content_of(server), policy=policy.default)["To"]

    def test_an_error_of_ours_is_kept_with_its_traceback(
        self, grace: User, adas_ticket: Ticket, settings: Settings
    ) -> None:
        settings.MAX_MESSAGE_BYTES = "forty"
        delivery = reply(adas_ticket, grace)
        sending.deliver(delivery.pk)
        delivery.refresh_from_db()
        assert state_of(delivery) == ("failed", "failed", "The mail could not be written.")
        assert "TypeError" in delivery.last_error

    def test_a_full_disk_passes(self, grace: User, adas_ticket: Ticket, settings: Settings, files: Path) -> None:
        blocked = files / "not a directory"
        blocked.write_text("")
        settings.OUTBOX_DIR = blocked
        delivery = reply(adas_ticket, grace)
        assert sending.deliver(delivery.pk)
        assert state_of(delivery)[0] == "deferred"


def began(delivery: Delivery) -> DeliveryAttempt:
    """A worker's work up to the moment when the server may have the mail."""
    claimed = outbox.claim(delivery.pk, now=timezone.now())
    assert claimed
    mail = render(claimed.message_id, claimed.mail_id, now=timezone.now())
    outbox.keep_bytes(claimed, mail.raw, mail.envelope_to)
    attempt = outbox.begin_attempt(claimed, now=timezone.now())
    assert attempt
    return attempt


def deliver_and_close(pk: int) -> bool:
    try:
        return sending.deliver(pk)
    finally:
        connection.close()


def both(*calls: Callable[[], bool]) -> list[bool]:
    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def refusing_server() -> socket.socket:
    """A port that is taken and where nobody listens."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


def silent_server() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))
