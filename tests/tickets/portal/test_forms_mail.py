"""The mail with a request's link is sent once, whatever becomes of the worker that sends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.contact_mails import OUTBOX, PAUSES
from tickets.models import ContactRequest, Inbox
from tickets.portal.contact import AN_HOUR, Submission, submit
from tickets.portal.opening import withdraw
from tickets.services import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(support: Inbox) -> ContactRequest:
    """Its mail is due."""
    now = timezone.now()
    return ContactRequest.objects.create(
        submit_key=uuid4(), email="ada@example.org", subject="It rattles", text="All day long.", language="en",
        mail_due_at=now, expires_at=now + timedelta(days=3),
    )  # fmt: skip


def test_a_worker_that_dies_before_the_hand_over_has_sent_nothing(request_: ContactRequest) -> None:
    now = timezone.now()
    assert OUTBOX.claim(now=now) == request_
    assert OUTBOX.claim(now=now) is None
    assert OUTBOX.send_due(now=now + timedelta(minutes=1)) == 1
    assert len(mail.outbox) == 1


def test_after_the_hand_over_nobody_sends_it_again_but_on_proof(request_: ContactRequest) -> None:
    now = timezone.now()
    claimed = OUTBOX.claim(now=now)
    assert claimed and OUTBOX.hand_over(claimed, now=now)
    assert OUTBOX.send_due(now=now + timedelta(minutes=30)) == 1
    request_.refresh_from_db()
    assert request_.mail_due_at is None and request_.last_error and not mail.outbox


def test_files_prove_that_nothing_went_out(request_: ContactRequest, settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = "channels_app.mail_backend.FileBackend", tmp_path
    now = timezone.now()
    claimed = OUTBOX.claim(now=now)
    assert claimed and OUTBOX.hand_over(claimed, now=now)
    later = now + timedelta(minutes=20)
    assert OUTBOX.send_due(now=later) == 1
    assert len(list(tmp_path.glob("*.eml"))) == 1
    ContactRequest.objects.update(mail_due_at=later)  # as left by a worker that dies before it writes this down
    OUTBOX.send_due(now=later + timedelta(seconds=1))
    request_.refresh_from_db()
    assert request_.mail_due_at is None and len(list(tmp_path.glob("*.eml"))) == 1


def test_a_worker_whose_lease_ran_out_changes_nothing(request_: ContactRequest) -> None:
    now = timezone.now()
    slow = OUTBOX.claim(now=now)
    assert slow
    OUTBOX.send_due(now=now + timedelta(minutes=1))
    OUTBOX.deliver(slow, now=now)
    assert len(mail.outbox) == 1


def test_what_is_withdrawn_while_its_mail_is_made_is_not_sent(request_: ContactRequest) -> None:
    claimed = OUTBOX.claim(now=timezone.now())
    assert claimed and withdraw(request_)
    OUTBOX.deliver(claimed, now=timezone.now())
    assert not mail.outbox


def test_a_server_that_is_away_is_asked_again(request_: ContactRequest, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    now = timezone.now()
    OUTBOX.send_due(now=now)
    request_.refresh_from_db()
    assert (request_.mail_due_at, request_.handed_over_at) == (now + PAUSES[0], None)


@pytest.mark.django_db(transaction=True)
def test_many_forms_sent_at_once_fill_nobodys_mailbox(support: Inbox) -> None:
    def sent(_number: int) -> bool:
        try:
            submit(None, Submission(uuid4(), "ada@example.org", "", "It rattles", "All day long.", "en"))
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(sent, range(8))) == AN_HOUR
    assert ContactRequest.objects.count() == AN_HOUR
