"""Grace answers Ada, and the answer goes out through a real SMTP server that behaves, or does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import send_mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import mail_backend, resending, sending
from channels_app.models import Delivery
from customers.actors import SYSTEM, Actor
from customers.identify import identify
from helpdesk.accounts.models import User
from tests.channels_app.out import reply, send_through, state_of
from tests.channels_app.smtp_server import Mailbox, content_of, scripted_server, smtp_server
from tickets.models import Ticket
from tickets.services import Refused, add_cc, add_reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings) -> Iterator[Mailbox]:
    with smtp_server() as mailbox:
        send_through(settings, mailbox.port)
        yield mailbox


@pytest.fixture
def shared_ticket(adas_ticket: Ticket, grace: User) -> Ticket:
    """Charles and Mary are in copy."""
    for name in ("charles", "mary"):
        address = f"{name}@example.org"
        add_cc(adas_ticket, identify("email", address, name=name).customer, address, actor=Actor.agent(grace))
    return adas_ticket


def try_again_later(delivery: Delivery) -> bool:
    """The next try, when its time has come."""
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
    return sending.deliver(delivery.pk)


def test_a_reply_reaches_the_customer(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    delivery = reply(adas_ticket, grace)
    assert sending.deliver(delivery.pk)
    assert state_of(delivery) == ("accepted", "sent", "")
    [envelope] = server.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("support@onethread.test", ["ada@example.org"])
    delivery.refresh_from_db()
    assert envelope.content == bytes(delivery.raw or b"")
    assert message_from_bytes(content_of(server), policy=policy.default)["Message-ID"] == f"<{delivery.mail_id}>"
    [attempt] = delivery.attempts.all()
    assert (attempt.outcome, attempt.answer) == ("accepted", "250 OK queued as 1")


def test_it_is_sent_once_however_often_it_is_asked_for(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    delivery = reply(adas_ticket, grace)
    assert [sending.deliver(delivery.pk) for _ in range(3)] == [True, False, False]
    assert len(server.received) == 1


def test_one_of_three_is_refused(grace: User, shared_ticket: Ticket, server: Mailbox) -> None:
    server.rcpt["charles@example.org"] = "550 5.1.1 No such user"
    delivery = reply(shared_ticket, grace)
    sending.deliver(delivery.pk)
    assert server.received[0].rcpt_tos == ["ada@example.org", "mary@example.org"]
    reason = "charles@example.org: 550 5.1.1 No such user (The other recipients have it.)"
    assert state_of(delivery) == ("failed", "failed", reason)

    server.rcpt.clear()
    resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
    assert sending.deliver(delivery.pk)
    assert server.received[1].rcpt_tos == ["charles@example.org"]
    assert content_of(server, 1) == content_of(server)
    assert state_of(delivery) == ("accepted", "sent", "")


def test_only_who_was_put_off_is_tried_again(grace: User, shared_ticket: Ticket, server: Mailbox) -> None:
    server.rcpt = {"charles@example.org": "550 No such user", "mary@example.org": "452 Mailbox full"}
    delivery = reply(shared_ticket, grace)
    sending.deliver(delivery.pk)
    assert state_of(delivery)[:2] == ("deferred", "deferred")
    del server.rcpt["mary@example.org"]
    assert try_again_later(delivery)
    assert [envelope.rcpt_tos for envelope in server.received] == [["ada@example.org"], ["mary@example.org"]]
    reason = "charles@example.org: 550 No such user (The other recipients have it.)"
    assert state_of(delivery) == ("failed", "failed", reason)


def test_a_busy_server_is_asked_again(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    server.mail = "451 4.3.0 Try again later"
    delivery = reply(adas_ticket, grace)
    assert sending.deliver(delivery.pk)
    assert state_of(delivery) == ("deferred", "deferred", "451 4.3.0 Try again later")
    delivery.refresh_from_db()
    assert timedelta(seconds=50) < delivery.due_at - timezone.now() < timedelta(seconds=70)
    assert not sending.deliver(delivery.pk), "before its time"

    server.mail = "250 OK"
    assert try_again_later(delivery)
    assert state_of(delivery) == ("accepted", "sent", "")
    assert [attempt.outcome for attempt in delivery.attempts.all()] == ["deferred", "accepted"]


def test_after_three_days_it_is_given_up(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    server.data = "451 Not today"
    delivery = reply(adas_ticket, grace)
    sending.deliver(delivery.pk)
    delivery.attempts.update(started_at=timezone.now() - timedelta(hours=72))
    assert try_again_later(delivery)
    assert state_of(delivery) == ("failed", "failed", "Given up after three days. 451 Not today")
    resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
    delivery.attempts.filter(number=2).update(outcome="failed")
    assert sending.deliver(delivery.pk)
    assert state_of(delivery)[0] == "deferred", "a person's retry has three days of its own"


def test_a_refused_mail_waits_for_a_person(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    server.data = "554 5.7.1 Looks like spam"
    delivery = reply(adas_ticket, grace)
    sending.deliver(delivery.pk)
    assert state_of(delivery) == ("failed", "failed", "554 5.7.1 Looks like spam")
    assert sending.sweep(now=timezone.now() + timedelta(days=30)) == 0

    server.data = "250 OK"
    resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
    assert sending.deliver(delivery.pk)
    assert len(server.received) == 1
    assert state_of(delivery) == ("accepted", "sent", "")


def test_nobody_listens(grace: User, adas_ticket: Ticket, server: Mailbox, settings: Settings) -> None:
    with scripted_server() as gone:
        settings.EMAIL_PORT = gone.port
    delivery = reply(adas_ticket, grace)
    assert sending.deliver(delivery.pk)
    assert state_of(delivery) == ("deferred", "deferred", "Connection refused")


@pytest.mark.parametrize(
    "answers",
    [
        {"greeting": b""},
        {"greeting": None},
        {"greeting": b"554 Go away\r\n"},
        {"ehlo": b""},
        {"mail": b""},
        {"rcpt": b""},
        {"rcpt": b"421 Closing\r\n"},
        {"data": b""},
        {"data": None},
        {"body": None},
    ],
    ids=str,
)
def test_before_the_last_dot_nothing_was_sent(
    grace: User, adas_ticket: Ticket, settings: Settings, answers: dict[str, bytes | None]
) -> None:
    """Silence, hang-ups and goodbyes in each phase: the mail is put off, with a reason."""
    with scripted_server(**answers) as server:
        send_through(settings, server.port, patience=0.3)
        words = "<p>" + "It rattles. " * 15_000 + "</p>"
        delivery = reply(adas_ticket, grace, words)
        assert sending.deliver(delivery.pk)
    state, shown, reason = state_of(delivery)
    assert (state, shown) == ("deferred", "deferred")
    assert reason
    assert server.mails == 0


def test_a_cut_after_the_dot_leaves_it_open(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    server.data = "cut"
    delivery = reply(adas_ticket, grace)
    assert sending.deliver(delivery.pk)
    assert len(server.received) == 1
    assert state_of(delivery)[:2] == ("unknown", "unknown")
    assert sending.sweep(now=timezone.now() + timedelta(days=30)) == 0, "it is never sent again by itself"
    assert len(server.received) == 1

    server.data = "250 OK"
    resending.retry(delivery.message, actor=Actor.agent(grace), now=timezone.now())
    assert sending.deliver(delivery.pk)
    assert content_of(server, 1) == content_of(server)
    assert state_of(delivery) == ("accepted", "sent", "")


def test_silence_after_the_dot_leaves_it_open(
    grace: User, adas_ticket: Ticket, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_backend, "AFTER_DATA_SECONDS", 0.3)
    server.data = "hang"
    delivery = reply(adas_ticket, grace)
    assert sending.deliver(delivery.pk)
    assert state_of(delivery)[:2] == ("unknown", "unknown")
    resending.confirm_sent(delivery.message, actor=Actor.agent(grace))
    assert state_of(delivery) == ("accepted", "sent", "")


def test_in_an_open_outcome_the_certain_refusals_stay_certain(
    grace: User, shared_ticket: Ticket, server: Mailbox
) -> None:
    server.data, server.rcpt["mary@example.org"] = "cut", "550 No such user"
    delivery = reply(shared_ticket, grace)
    sending.deliver(delivery.pk)
    assert state_of(delivery)[0] == "unknown"
    resending.confirm_sent(delivery.message, actor=Actor.agent(grace))
    reason = "mary@example.org: 550 No such user (The other recipients have it.)"
    assert state_of(delivery) == ("failed", "failed", reason)


def test_a_server_that_never_says_goodbye(
    grace: User, adas_ticket: Ticket, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_backend, "GOODBYE_SECONDS", 0.2)
    with scripted_server(quit=b"") as server:
        send_through(settings, server.port)
        delivery = reply(adas_ticket, grace)
        assert sending.deliver(delivery.pk)
    assert server.mails == 1
    assert state_of(delivery) == ("accepted", "sent", "")


def test_an_automatic_answer_goes_out_from_nobody(adas_ticket: Ticket, server: Mailbox) -> None:
    delivery = add_reply(adas_ticket, "<p>We have your mail.</p>", actor=SYSTEM).delivery
    assert sending.deliver(delivery.pk)
    assert (server.received[0].mail_from, server.received[0].rcpt_tos) == ("<>", ["ada@example.org"])


def test_dots_at_the_start_of_lines_arrive(grace: User, adas_ticket: Ticket, server: Mailbox) -> None:
    delivery = reply(adas_ticket, grace, "<p>.<br>..<br>.hidden</p>")
    sending.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert content_of(server) == bytes(delivery.raw or b"")
    text = message_from_bytes(content_of(server), policy=policy.default).get_body(("plain",))
    assert text.get_content().startswith(".\r\n..\r\n.hidden\r\n")  # type: ignore[union-attr]


def test_other_mail_goes_through_the_same_backend(server: Mailbox) -> None:
    assert send_mail("Your password", "Set it here", "support@onethread.test", ["grace@onethread.test"]) == 1
    assert b"Subject: Your password" in content_of(server)


def test_nothing_but_a_reply_can_be_tried_again(grace: User, adas_ticket: Ticket) -> None:
    adas_message = adas_ticket.messages.get()
    with pytest.raises(Refused):
        resending.retry(adas_message, actor=Actor.agent(grace), now=timezone.now())
    with pytest.raises(Refused):
        resending.confirm_sent(adas_message, actor=Actor.agent(grace))
