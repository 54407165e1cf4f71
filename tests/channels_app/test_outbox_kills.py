"""A real worker process is killed with SIGKILL at each edge of a send: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import resending, sending
from channels_app.models import Delivery
from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.embedded import BASE_DIR, database_url, redis_url
from tests.channels_app.out import FILES, lost_in_sending, reply, send_through, state_of
from tests.channels_app.smtp_server import Mailbox, scripted_server, smtp_server
from tests.stack import wait_until
from tickets.attachments import upload
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = "import django; django.setup(); from channels_app.tasks import send_delivery; send_delivery({pk})"
A_LOCK = 4711


def own_database_url() -> str:
    return database_url().replace("/helpdesk?", f"/{connection.settings_dict['NAME']}?")


@contextmanager
def worker(delivery: Delivery, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that works on `delivery` as Celery's would; killed when the test is done with it."""
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATABASE_URL": own_database_url(),
        "REDIS_URL": redis_url(),
        "SECRET_KEY": django_settings.SECRET_KEY,
        **environment,
    }
    command = [sys.executable, "-c", WORKER.format(pk=delivery.pk)]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=surroundings)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=10) == -signal.SIGKILL, "it ended before the point where it was to be killed"


@contextmanager
def recording_blocked() -> Iterator[Callable[[], bool]]:
    """Whoever writes down how an attempt ended waits here; yields whether somebody does."""
    with psycopg.connect(own_database_url(), autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(%s)", [A_LOCK])
        link.execute(
            f"CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock({A_LOCK}); RETURN NEW; END $$"
        )
        link.execute(
            "CREATE TRIGGER wait_here BEFORE UPDATE ON channels_app_deliveryattempt "
            "FOR EACH ROW EXECUTE FUNCTION wait_here()"
        )

        def somebody_waits() -> bool:
            row = link.execute(  # in this database: the locks of all test processes stand in one table
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
            ).fetchone()
            return bool(row and row[0])

        try:
            yield somebody_waits
        finally:
            link.execute("SELECT pg_advisory_unlock(%s)", [A_LOCK])
            link.execute("DROP FUNCTION wait_here CASCADE")  # waits until the dead worker's transaction is undone


@pytest.fixture
def server(settings: Settings) -> Iterator[Mailbox]:
    with smtp_server() as mailbox:
        send_through(settings, mailbox.port)
        yield mailbox


def through(server: Mailbox) -> str:
    return f"smtp://127.0.0.1:{server.port}"


def test_killed_while_the_mail_is_written(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    plan = upload(grace, "plan.txt", b"oil")
    delivery = reply(adas_ticket, grace, attachment_ids=[plan.pk])
    path = Path(default_storage.path(str(plan.file.name)))
    path.unlink()
    os.mkfifo(path)  # whoever reads the file waits
    with worker(delivery, EMAIL_URL=through(server)):
        writing_end = wait_until(lambda: opened_by_reader(path), seconds=30, what="the worker reads the file")
    os.close(writing_end)
    path.unlink()
    path.write_bytes(b"oil")
    assert state_of(delivery)[:2] == ("sending", "sending")

    lost_in_sending(delivery)
    assert sending.sweep() == 1
    assert state_of(delivery)[0] == "queued"
    assert sending.deliver(delivery.pk)
    assert state_of(delivery)[0] == "accepted"
    assert len(server.received) == 1


def test_killed_before_the_server_greets(grace: User, adas_ticket: Ticket, settings: Settings) -> None:
    """Nothing was sent, but nobody can know: a person decides."""
    with scripted_server(greeting=b"") as silent:
        send_through(settings, silent.port)
        delivery = reply(adas_ticket, grace)
        with worker(delivery, EMAIL_URL=f"smtp://127.0.0.1:{silent.port}"):
            wait_until(lambda: silent.callers, seconds=30, what="the worker has called")
    lost_in_sending(delivery)
    assert sending.sweep() == 1
    assert state_of(delivery)[:2] == ("unknown", "unknown")


def test_killed_while_the_server_thinks(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    server.data = "hang"
    delivery = reply(adas_ticket, grace)
    with worker(delivery, EMAIL_URL=through(server)):
        assert server.has_mail.wait(30)
    server.may_answer.set()
    assert_only_a_person_sends_it_again(delivery, grace, server)


def test_killed_before_the_answer_is_written_down(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    delivery = reply(adas_ticket, grace)
    with recording_blocked() as somebody_waits, worker(delivery, EMAIL_URL=through(server)):
        wait_until(somebody_waits, seconds=30, what="the worker records the answer")
    assert len(server.received) == 1
    assert_only_a_person_sends_it_again(delivery, grace, server)


def test_with_files_the_outcome_is_found_out(
    grace: User, adas_ticket: Ticket, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND, settings.UNDO_SEND_SECONDS = FILES, 0
    settings.OUTBOX_DIR = tmp_path / "outbox"
    delivery = reply(adas_ticket, grace)
    with (
        recording_blocked() as somebody_waits,
        worker(delivery, EMAIL_BACKEND=FILES, HELPDESK_VAR=str(tmp_path)),
    ):
        wait_until(somebody_waits, seconds=30, what="the worker records the file")
    [mail] = settings.OUTBOX_DIR.glob("*.eml")
    written = mail.read_bytes(), mail.stat().st_mtime_ns
    lost_in_sending(delivery)
    assert sending.sweep() == 1
    assert state_of(delivery)[:2] == ("accepted", "sent")
    assert (mail.read_bytes(), mail.stat().st_mtime_ns) == written


def assert_only_a_person_sends_it_again(delivery: Delivery, grace: User, server: Mailbox) -> None:
    assert state_of(delivery)[:2] == ("sending", "sending")
    lost_in_sending(delivery)
    assert sending.sweep() == 1
    assert state_of(delivery)[:2] == ("unknown", "unknown")
    assert not sending.deliver(delivery.pk)
    assert sending.sweep() == 0
    assert len(server.received) == 1

    server.data = "250 OK"
    delivery.refresh_from_db()
    resending.retry(delivery.message, actor=Actor.agent(grace), now=delivery.created_at)
    assert sending.deliver(delivery.pk)
    first, second = server.received
    assert second.content == first.content


def opened_by_reader(fifo: Path) -> int | None:
    """The writing end, once somebody reads: as long as it is open the reader waits."""
    with suppress(OSError):  # nobody reads yet
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    return None


def test_a_reply_that_was_sent_later_counts_and_goes_out_once(
    grace: User, adas_ticket: Ticket, server: Mailbox
) -> None:
    plan = upload(grace, "plan.txt", b"oil")
    tomorrow = timezone.now() + timedelta(days=1)
    delivery = reply(adas_ticket, grace, attachment_ids=[plan.pk], send_at=tomorrow)
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=5))
    path = Path(default_storage.path(str(plan.file.name)))
    path.unlink()
    os.mkfifo(path)  # whoever reads the file waits
    with worker(delivery, EMAIL_URL=through(server)):
        writing_end = wait_until(lambda: opened_by_reader(path), seconds=30, what="the worker reads the file")
    os.close(writing_end)
    path.unlink()
    path.write_bytes(b"oil")
    lost_in_sending(delivery)
    assert sending.sweep() == 1
    assert sending.sweep() + sending.deliver(delivery.pk) == 1
    assert state_of(delivery)[:2] == ("accepted", "sent")
    assert len(server.received) == 1
    assert TicketEvent.objects.filter(ticket=adas_ticket, kind="reply.added").count() == 1
    assert Ticket.objects.get(pk=adas_ticket.pk).reply_count == 1
