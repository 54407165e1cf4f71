"""A real worker is killed with SIGKILL while it sends a link: the link goes out once, or is asked for again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.sign_in_links import OUTBOX
from customers.models import Customer
from helpdesk.embedded import BASE_DIR, redis_url
from tests.channels_app.out import FILES, send_through
from tests.channels_app.smtp_server import smtp_server
from tests.channels_app.test_outbox_kills import own_database_url
from tests.stack import wait_until
from tests.tickets.portal.conftest import link_for
from tickets.models import Inbox, SignInLink

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = "import django; django.setup(); from channels_app.tasks import send_sign_in_links; send_sign_in_links()"
A_LOCK = 4712
AFTER_THE_LEASE = timedelta(minutes=30)


@contextmanager
def worker(**environment: str) -> Iterator[None]:
    """A process of its own that sends what is due; killed when the test is done with it."""
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATABASE_URL": own_database_url(),
        "REDIS_URL": redis_url(),
        "SECRET_KEY": django_settings.SECRET_KEY,
        **environment,
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], cwd=BASE_DIR, env=surroundings)
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=10) == -signal.SIGKILL, "it ended before the point where it was to be killed"


@contextmanager
def blocked(when: str) -> Iterator[Callable[[], bool]]:
    """Whoever changes a link so that `when` holds waits here; yields whether somebody does."""
    with psycopg.connect(own_database_url(), autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(%s)", [A_LOCK])
        link.execute(
            f"CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock({A_LOCK}); RETURN NEW; END $$"
        )
        link.execute(
            f"CREATE TRIGGER wait_for_test BEFORE UPDATE ON tickets_signinlink FOR EACH ROW WHEN ({when}) "
            "EXECUTE FUNCTION wait_for_test()"
        )

        waiting = (
            "FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
        )

        def somebody_waits() -> bool:
            row = link.execute(f"SELECT count(*) {waiting}").fetchone()
            return bool(row and row[0])

        try:
            yield somebody_waits
        finally:
            link.execute(f"SELECT pg_terminate_backend(l.pid) {waiting}")  # or it would do it for the dead worker
            link.execute("SELECT pg_advisory_unlock(%s)", [A_LOCK])
            link.execute("DROP FUNCTION wait_for_test CASCADE")  # waits until the change is undone


HANDING_OVER = "OLD.handed_over_at IS NULL AND NEW.handed_over_at IS NOT NULL"
WRITING_DOWN = "OLD.handed_over_at IS NOT NULL AND NEW.due_at IS NULL"


@pytest.fixture
def link(ada: Customer, support: Inbox) -> SignInLink:
    return link_for("ada@example.org")


def later() -> int:
    return OUTBOX.send_due(now=timezone.now() + AFTER_THE_LEASE)


def test_killed_before_the_hand_over_it_is_sent_by_the_next(link: SignInLink, settings: Settings) -> None:
    with smtp_server() as server:
        send_through(settings, server.port)
        with blocked(HANDING_OVER) as somebody_waits, worker(EMAIL_URL=f"smtp://127.0.0.1:{server.port}"):
            wait_until(somebody_waits, seconds=30, what="the worker is about to hand it over")
        assert not server.received
        assert (later(), later()) == (1, 0)
        assert len(server.received) == 1


def test_killed_after_the_server_has_it_nobody_sends_it_again(link: SignInLink, settings: Settings) -> None:
    with smtp_server() as server:
        send_through(settings, server.port)
        with blocked(WRITING_DOWN) as somebody_waits, worker(EMAIL_URL=f"smtp://127.0.0.1:{server.port}"):
            wait_until(somebody_waits, seconds=30, what="the worker writes down what came of it")
        assert len(server.received) == 1
        assert (later(), later()) == (1, 0)
        assert len(server.received) == 1


def test_files_tell_what_became_of_it(link: SignInLink, settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = FILES, tmp_path / "outbox"
    with (
        blocked(WRITING_DOWN) as somebody_waits,
        worker(EMAIL_BACKEND=FILES, HELPDESK_VAR=str(tmp_path)),
    ):
        wait_until(somebody_waits, seconds=30, what="the worker writes down what came of it")
    [mail] = settings.OUTBOX_DIR.glob("*.eml")
    written = mail.stat().st_mtime_ns
    assert (later(), later()) == (1, 0)
    assert mail.stat().st_mtime_ns == written
