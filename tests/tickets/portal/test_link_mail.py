"""The mail with the link: through the one door for mail, once, in the language of the page, with nobody's words."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.adapters.email.sign_in_mail import render_sign_in_mail
from channels_app.sign_in_links import OUTBOX, PAUSES
from customers.actors import Actor
from customers.consent import set_consent
from customers.models import Customer
from tests.tickets.portal.conftest import link_for
from tickets.models import Inbox, SignInLink
from tickets.portal.links import ask_for_link, link_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(ada: Customer, support: Inbox) -> SignInLink:
    return link_for("ada@example.org")


@pytest.fixture
def outbox(settings: Settings) -> list[object]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox  # type: ignore[return-value]


def test_it_has_the_link_and_names_nobody(link: SignInLink) -> None:
    parsed = message_from_bytes(render_sign_in_mail(link, now=timezone.now()), policy=default)
    assert (str(parsed["From"]), str(parsed["To"])) == ("Support <support@onethread.test>", "ada@example.org")
    assert parsed["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        part = parsed.get_body((kind,))
        assert part is not None and link_address(link) in part.get_content()
    assert b"Lovelace" not in render_sign_in_mail(link, now=timezone.now())


def test_it_speaks_the_language_of_the_page(support: Inbox) -> None:
    link = ask_for_link("ada@example.org", language="tlh")
    assert link and render_sign_in_mail(link, now=timezone.now())


def test_it_is_sent_once(link: SignInLink, outbox: list[object]) -> None:
    assert OUTBOX.send_due() == 1
    assert OUTBOX.send_due() == 0
    link.refresh_from_db()
    assert (link.due_at, link.attempt, link.last_error, len(outbox)) == (None, 1, "", 1)


def test_who_wants_no_mail_gets_none(ada: Customer, link: SignInLink, outbox: list[object]) -> None:
    set_consent(ada, "email", "support", False, actor=Actor.of_customer(ada))
    OUTBOX.send_due()
    link.refresh_from_db()
    assert link.due_at is None and link.last_error and not outbox


def test_a_worker_that_dies_before_the_hand_over_has_sent_nothing(link: SignInLink, outbox: list[object]) -> None:
    now = timezone.now()
    assert OUTBOX.claim(now=now) == link
    assert OUTBOX.claim(now=now) is None
    assert OUTBOX.send_due(now=now + timedelta(minutes=1)) == 1
    assert len(outbox) == 1


def test_after_the_hand_over_nobody_sends_it_again_but_on_proof(link: SignInLink, outbox: list[object]) -> None:
    now = timezone.now()
    claimed = OUTBOX.claim(now=now)
    assert claimed and OUTBOX.hand_over(claimed, now=now)
    assert OUTBOX.send_due(now=now + timedelta(minutes=30)) == 1
    link.refresh_from_db()
    assert link.due_at is None and not outbox


def test_files_prove_that_nothing_went_out(link: SignInLink, settings: Settings, tmp_path: object) -> None:
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = "channels_app.mail_backend.FileBackend", tmp_path
    now = timezone.now()
    claimed = OUTBOX.claim(now=now)
    assert claimed and OUTBOX.hand_over(claimed, now=now)
    later = now + timedelta(minutes=20)
    assert OUTBOX.send_due(now=later) == 1
    assert len(list(tmp_path.glob("*.eml"))) == 1  # type: ignore[attr-defined]
    SignInLink.objects.update(due_at=later)  # as a worker leaves it that dies before it writes down what came of it
    OUTBOX.send_due(now=later + timedelta(seconds=1))
    link.refresh_from_db()
    assert link.due_at is None and len(list(tmp_path.glob("*.eml"))) == 1  # type: ignore[attr-defined]


def test_a_worker_whose_lease_ran_out_changes_nothing(link: SignInLink, outbox: list[object]) -> None:
    now = timezone.now()
    slow = OUTBOX.claim(now=now)
    assert slow
    OUTBOX.send_due(now=now + timedelta(minutes=1))
    OUTBOX.deliver(slow, now=now)
    assert len(outbox) == 1


def test_a_server_that_is_away_is_asked_again(link: SignInLink, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    now = timezone.now()
    OUTBOX.send_due(now=now)
    link.refresh_from_db()
    assert link.due_at == now + PAUSES[0] and link.last_error and link.handed_over_at is None


def test_what_is_over_is_not_sent(link: SignInLink, outbox: list[object]) -> None:
    OUTBOX.send_due(now=link.expires_at)
    link.refresh_from_db()
    assert link.due_at is None and not outbox
