"""The mail with a one-time link leaves through the same door as all others, in the customer's language."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail
from django.utils import timezone

from channels_app import identity_links
from channels_app.adapters.email.proof_mail import render_proof_mail
from customers.actors import Actor
from customers.consent import set_consent
from customers.identities import add_identity
from customers.models import Customer, Identity, IdentityLink
from customers.proving import address_of, send_link
from helpdesk.accounts.models import User
from tickets.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(ada: Customer, grace: User, support: Inbox) -> Identity:
    return add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))


@pytest.fixture
def link(work: Identity, grace: User) -> IdentityLink:
    return send_link(work, actor=Actor.agent(grace))


def test_the_mail_has_the_link_and_comes_from_the_inbox(link: IdentityLink) -> None:
    parsed = message_from_bytes(render_proof_mail(link, now=timezone.now()), policy=default)
    assert str(parsed["From"]) == "Support <support@onethread.test>"
    assert str(parsed["To"]) == "Ada Lovelace <ada@work.example>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        part = parsed.get_body((kind,))
        assert part is not None and address_of(link) in part.get_content()


def test_it_speaks_the_customers_language(ada: Customer, link: IdentityLink) -> None:
    ada.language = "tlh"
    ada.save()
    assert render_proof_mail(IdentityLink.objects.get(), now=timezone.now())


@pytest.fixture
def outbox(settings: object) -> list[object]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    mail.outbox = []
    return mail.outbox  # type: ignore[return-value]


def test_it_is_sent_once(link: IdentityLink, outbox: list[object]) -> None:
    assert identity_links.send_due() == 1
    assert identity_links.send_due() == 0
    link.refresh_from_db()
    assert (link.state, link.attempt, len(outbox)) == ("sent", 1, 1)


def test_whoever_wants_no_mail_gets_none(ada: Customer, link: IdentityLink, outbox: list[object]) -> None:
    set_consent(ada, "email", "support", False, actor=Actor.of_customer(ada))
    identity_links.send_due()
    link.refresh_from_db()
    assert link.state == "failed" and link.last_error and not outbox


def test_what_a_dead_worker_left_is_sent_after_its_lease(link: IdentityLink, outbox: list[object]) -> None:
    now = timezone.now()
    assert identity_links.claim(now=now) == link
    assert identity_links.claim(now=now) is None
    assert identity_links.send_due(now=now + timedelta(hours=1)) == 1
    link.refresh_from_db()
    assert (link.state, link.attempt) == ("sent", 2)


def test_a_link_that_is_too_old_is_not_sent(link: IdentityLink, outbox: list[object]) -> None:
    identity_links.send_due(now=link.expires_at)
    link.refresh_from_db()
    assert link.state == "failed" and not outbox


def test_a_server_that_is_away_is_asked_again(link: IdentityLink, settings: object) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"  # type: ignore[attr-defined]
    now = timezone.now()
    identity_links.send_due(now=now)
    link.refresh_from_db()
    assert (link.state, link.due_at) == ("queued", now + identity_links.PAUSES[0]) and link.last_error
