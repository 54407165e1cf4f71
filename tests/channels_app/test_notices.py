"""Mails to staff: what they gather, what they say, and that each notification is in exactly one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import notices
from channels_app.adapters.email.tokens import claim_in_address, instance_id, noticed_message_pk
from channels_app.models import Delivery, InboundPayload, Notice, OutboxState
from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tests.channels_app.letters import receive
from tests.channels_app.out import FILES
from tickets.models import (
    Attachment,
    Draft,
    Inbox,
    Message,
    MessageKind,
    Notification,
    NotificationSettings,
    Ticket,
    TicketEvent,
)
from tickets.notifications import tell
from tickets.notifications.centre import mark_read
from tickets.services import (
    Incoming,
    add_follower,
    add_note,
    add_reply,
    assign,
    assign_team,
    change_status,
    receive_message,
    save_draft,
)

Outbox = Callable[[], list[EmailMessage]]


@pytest.fixture(autouse=True)
def outbox(settings: Settings, tmp_path: Path) -> Outbox:
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = FILES, tmp_path
    settings.PUBLIC_URL = "https://help.onethread.test"

    def read() -> list[EmailMessage]:
        files = sorted(tmp_path.glob("n.*.eml"), key=lambda path: int(path.name.split(".")[1]))
        return [message_from_bytes(path.read_bytes(), policy=SMTP) for path in files]

    return read


def later(minutes: int = 61) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def send(now: datetime | None = None) -> int:
    notices.gather(now=now or later())
    return notices.send_due(now=now or later())


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


@pytest.fixture
def mention(adas_ticket: Ticket, grace: User, alan: User) -> Message:
    return add_note(adas_ticket, "<p>@grace, are the <b>cogs</b> oiled?</p>", actor=Actor.agent(alan))


def test_a_mention_comes_as_one_mail(mention: Message, adas_ticket: Ticket, grace: User, outbox: Outbox) -> None:
    assert send() == 1
    (mail,) = outbox()
    assert mail["To"] == "Grace Hopper <grace@onethread.test>"
    assert mail["Subject"] == f"#{adas_ticket.pk} The engine rattles"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Onethread-Loop"] == instance_id()
    assert mail["Precedence"] is None
    for kind in ("plain", "html"):
        assert "Alan Turing mentioned you" in text_of(mail, kind)
        assert "@Grace Hopper, are the cogs oiled?" in text_of(mail, kind)
        assert f"https://help.onethread.test/agent/tickets/{adas_ticket.pk}/" in text_of(mail, kind)
    notice = Notice.objects.get()
    assert (notice.state, notice.raw, notice.attempt) == (OutboxState.ACCEPTED, None, 1)
    assert Notification.objects.get(kind="mention").emailed_at


def test_nothing_goes_out_before_its_time_nor_twice(mention: Message, outbox: Outbox) -> None:
    assert send(later(59)) == 0
    assert send() == 1
    assert send(later(200)) == 0
    assert len(outbox()) == 1


def test_what_was_read_meanwhile_needs_no_mail(mention: Message, grace: User, outbox: Outbox) -> None:
    mark_read(grace, ticket=mention.ticket_id)
    assert send() == 0


def test_a_digest_gathers_all_tickets(
    mention: Message, ada: Customer, support: Inbox, grace: User, alan: User, outbox: Outbox
) -> None:
    other = open_for(ada, support, "Steam everywhere")
    assign(other, grace, actor=Actor.agent(alan))
    assert send() == 1
    (mail,) = outbox()
    assert mail["Subject"] == "2 notifications"
    assert mail["Precedence"] == "bulk"
    assert mail["Reply-To"] == "no-reply@onethread.test" or str(mail["Reply-To"]).startswith("no-reply@")
    assert "The engine rattles" in text_of(mail) and "Steam everywhere" in text_of(mail)
    assert text_of(mail).count("Answer by mail: support+t.") == 2


def test_at_once_is_a_mail_for_each_ticket(
    adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, alan: User, outbox: Outbox
) -> None:
    NotificationSettings.objects.create(user=grace, email_each_minutes=0)
    for ticket in (adas_ticket, open_for(ada, support, "Steam")):
        assign(ticket, grace, actor=Actor.agent(alan))
    assert send(timezone.now()) == 2
    assert all(claim_in_address(str(mail["Reply-To"])) for mail in outbox())


def test_many_at_once_are_one_mail_of_the_newest(adas_ticket: Ticket, grace: User, outbox: Outbox) -> None:
    NotificationSettings.objects.create(user=grace, email_each_minutes=0)
    for number in range(105):
        tell(grace, "not_sent", ticket=adas_ticket, detail=f"Trouble {number:03}")
    assert send(timezone.now()) == 1
    (mail,) = outbox()
    assert "Trouble 104" in text_of(mail) and "Trouble 005" in text_of(mail) and "Trouble 004" not in text_of(mail)
    assert send() == 0


def test_quiet_hours_that_were_set_since_hold_it_back(mention: Message, grace: User, outbox: Outbox) -> None:
    now = later().replace(hour=23)
    NotificationSettings.objects.create(user=grace, quiet_from=time(22), quiet_until=time(7))
    assert send(now) == 0
    due = Notification.objects.get(kind="mention").email_due_at
    assert due and due.hour == 7
    assert send(due) == 1


def test_away_is_quiet_unless_one_says_otherwise(mention: Message, grace: User, outbox: Outbox) -> None:
    User.objects.filter(pk=grace.pk).update(availability="away")
    assert send() == 0
    User.objects.filter(pk=grace.pk).update(availability="offline")
    assert send() == 1
    User.objects.filter(pk=grace.pk).update(availability="away")
    NotificationSettings.objects.create(user=grace, quiet_when_away=False)
    tell(grace, "assigned", ticket=mention.ticket)
    assert send() == 1


def test_who_may_no_longer_see_the_ticket_gets_no_mail(
    mention: Message, adas_ticket: Ticket, alan: User, outbox: Outbox
) -> None:
    assign_team(adas_ticket, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(alan))
    assert send() == 0
    assert Notification.objects.get(kind="mention").emailed_at  # and never will


def test_who_left_gets_no_mail(mention: Message, grace: User, outbox: Outbox) -> None:
    User.objects.filter(pk=grace.pk).update(is_active=False)
    assert send() == 0


def test_a_reply_that_was_taken_back_is_not_repeated(
    adas_ticket: Ticket, grace: User, alan: User, outbox: Outbox
) -> None:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    NotificationSettings.objects.create(user=grace, ways={"followed": ["email"]})
    message = add_reply(adas_ticket, "<p>A slip of the tongue</p>", actor=Actor.agent(alan))
    Message.objects.filter(pk=message.pk).update(delivery_state="cancelled")
    send()
    (mail,) = outbox()
    assert "slip" not in text_of(mail)


def test_it_speaks_the_readers_language_and_tells_their_time(mention: Message, grace: User, outbox: Outbox) -> None:
    moment = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
    User.objects.filter(pk=grace.pk).update(time_zone="Asia/Tokyo")
    Notification.objects.update(created_at=moment)
    send()
    assert "20 Nov 2026, 21:00" in text_of(outbox()[0])


class TestAnswers:
    """An agent answers the mail: a note stays a note, an answer to a customer goes to the customer (A1, A2)."""

    def answer(
        self, mail: EmailMessage, words: str, support: Inbox, sender: str = "grace@onethread.test"
    ) -> InboundPayload:
        raw = (
            f"From: {sender}\r\nTo: {mail['Reply-To']}\r\n"
            f"Subject: Re: {mail['Subject']}\r\nIn-Reply-To: {mail['Message-ID']}\r\n"
            f"Message-ID: <{words[:3]}@home.test>\r\n"
            "Authentication-Results: mx.onethread.test; dkim=pass header.d=onethread.test\r\n"
            f"\r\n{words}\r\n\r\nOn Friday Onethread wrote:\r\n> Alan Turing mentioned you\r\n"
        )
        support.account.authserv_id = "mx.onethread.test"
        support.account.save()
        return receive(raw.encode(), support, sender=sender, to=str(mail["Reply-To"]))

    def test_to_a_note_it_is_a_note(self, mention: Message, support: Inbox, grace: User, outbox: Outbox) -> None:
        send()
        payload = self.answer(outbox()[0], "They are.", support)
        assert payload.state == "applied", payload.reason
        message = Message.objects.latest("pk")
        assert (message.kind, message.author_user, message.text) == (MessageKind.NOTE, grace, "They are.")

    def test_to_a_customers_words_it_is_a_reply(
        self, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, outbox: Outbox
    ) -> None:
        assign(adas_ticket, grace, actor=Actor.agent(grace))
        words = Incoming(text="Still rattles", from_address="ada@example.org")
        receive_message(adas_ticket, words, customer=ada, channel="email", actor=Actor.of_customer(ada))
        send()
        (mail,) = outbox()
        assert "Ada Lovelace answered" in text_of(mail)
        self.answer(mail, "Oil it.", support)
        assert Message.objects.latest("pk").kind == MessageKind.PUBLIC
        self.answer(mail, "#note She is cross.", support)
        assert Message.objects.latest("pk").kind == MessageKind.NOTE

    @pytest.fixture
    def told(self, adas_ticket: Ticket, ada: Customer, grace: User, outbox: Outbox) -> EmailMessage:
        """The mail that told Grace, who has the ticket, of Ada's second message."""
        assign(adas_ticket, grace, actor=Actor.agent(grace))
        self.writes(adas_ticket, ada, "Still rattles")
        send()
        return outbox()[0]

    def writes(self, ticket: Ticket, customer: Customer, text: str) -> Message:
        words = Incoming(text=text, from_address="ada@example.org")
        return receive_message(ticket, words, customer=customer, channel="email", actor=Actor.of_customer(customer))

    def test_when_the_thread_moved_on_it_is_held_and_nothing_is_lost(
        self, told: EmailMessage, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, client: Client
    ) -> None:
        save_draft(adas_ticket, "reply", "<p>Begun at the desk</p>", user=grace, version=0)
        self.writes(adas_ticket, ada, "Never mind, it stopped")
        before = Ticket.objects.get(pk=adas_ticket.pk)
        payload = self.answer(told, "Take it apart.", support)
        assert (payload.state, payload.ticket) == ("applied", adas_ticket)
        assert payload.message and payload.message.delivery_state == "cancelled"
        assert not Delivery.objects.filter(message=payload.message).exists()
        assert not Message.objects.public().filter(author_user=grace).exists()
        after = Ticket.objects.get(pk=adas_ticket.pk)
        kept = ("status", "message_count", "reply_count", "preview", "waiting_since")
        assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
        draft = Draft.objects.get(user=grace)
        assert "Take it apart." in draft.html and draft.html.endswith("<p>Begun at the desk</p>")
        event = TicketEvent.objects.get(kind="reply.held_back")
        assert event.payload["reason"] == "moved_on"
        row = Notification.objects.get(user=grace, kind="not_sent")
        assert row.event == event and row.email_due_at

        client.force_login(grace)
        bell = client.get("/agent/notifications/").content.decode()
        assert "Your answer by mail was not sent" in bell
        there = client.get(f"/agent/notifications/{row.pk}/").headers["Location"]
        assert there == f"/agent/tickets/{adas_ticket.pk}/#m{payload.message.pk}"
        page = client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
        assert "The ticket had moved on since the mail that was answered" in page
        assert "Take it apart." in page

    @pytest.mark.parametrize("moved_by", ["colleague", "assignee", "status"])
    def test_what_colleagues_did_holds_it_too(
        self, moved_by: str, told: EmailMessage, adas_ticket: Ticket, support: Inbox, alan: User
    ) -> None:
        if moved_by == "colleague":
            add_reply(adas_ticket, "<p>Oiled.</p>", actor=Actor.agent(alan))
        elif moved_by == "assignee":
            assign(adas_ticket, alan, actor=Actor.agent(alan))
        else:
            change_status(adas_ticket, "solved", actor=Actor.agent(alan))
        message = self.answer(told, "Oil it.", support).message
        assert message and message.delivery_state == "cancelled"

    def test_all_that_the_mail_told_of_counts_as_seen(
        self, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, alan: User, outbox: Outbox
    ) -> None:
        """A digest names one message, and tells what came after it, too."""
        assign(adas_ticket, alan, actor=Actor.agent(alan))
        add_follower(adas_ticket, grace, actor=Actor.agent(grace))
        self.writes(adas_ticket, ada, "Still rattles")
        assign(adas_ticket, grace, actor=Actor.agent(alan))
        send()
        (mail,) = [mail for mail in outbox() if "Grace" in mail["To"]]
        message = self.answer(mail, "Oil it.", support).message
        assert message and message.delivery_state == "queued"

    def test_notes_and_ones_own_words_hold_nothing(
        self, told: EmailMessage, adas_ticket: Ticket, support: Inbox, grace: User, alan: User
    ) -> None:
        add_note(adas_ticket, "<p>She is right.</p>", actor=Actor.agent(alan))
        first, second = (self.answer(told, words, support).message for words in ("One: oil.", "Two: grease."))
        assert first and second
        assert (first.delivery_state, second.delivery_state) == ("queued", "queued")

    def test_a_note_is_never_held(
        self, told: EmailMessage, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User
    ) -> None:
        self.writes(adas_ticket, ada, "Never mind")
        message = self.answer(told, "#note She is cross.", support).message
        assert message and message.is_note and message.delivery_state == ""

    def test_its_files_come_along(
        self, told: EmailMessage, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User
    ) -> None:
        self.writes(adas_ticket, ada, "Never mind")
        raw = EmailMessage(policy=SMTP)
        raw["From"], raw["To"], raw["In-Reply-To"] = grace.email, told["Reply-To"], told["Message-ID"]
        raw["Message-ID"], raw["Subject"] = "<with-file@home.test>", "Re: engine"
        raw["Authentication-Results"] = "mx.onethread.test; dkim=pass header.d=onethread.test"
        raw.set_content("See the plan.")
        raw.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
        support.account.authserv_id = "mx.onethread.test"
        support.account.save()
        receive(raw.as_bytes(), support, sender=grace.email, to=str(told["Reply-To"]))
        (file,) = Attachment.objects.filter(pk__in=Draft.objects.get(user=grace).attachment_ids)
        assert (file.filename, file.message, file.uploaded_by) == ("plan.pdf", None, grace)

    def test_where_a_note_is_told_of_too_the_answer_stays_among_us(
        self, mention: Message, adas_ticket: Ticket, ada: Customer, support: Inbox, grace: User, outbox: Outbox
    ) -> None:
        words = Incoming(text="Still rattles", from_address="ada@example.org")
        receive_message(adas_ticket, words, customer=ada, channel="email", actor=Actor.of_customer(ada))
        send()
        (mail,) = outbox()
        assert noticed_message_pk(str(mail["Message-ID"])) == mention.pk
        self.answer(mail, "What a mess.", support)
        assert Message.objects.latest("pk").kind == MessageKind.NOTE

    def test_a_stranger_who_was_forwarded_the_mail_is_believed_nothing(
        self, mention: Message, adas_ticket: Ticket, support: Inbox, outbox: Outbox
    ) -> None:
        send()
        before = adas_ticket.messages.count()
        self.answer(outbox()[0], "Let me in.", support, sender="eve@example.com")
        assert adas_ticket.messages.count() == before

    def test_our_own_intake_takes_no_notice_of_its_own(
        self, mention: Message, support: Inbox, outbox: Outbox, tmp_path: Path
    ) -> None:
        send()
        raw = next(tmp_path.glob("n.*.eml")).read_bytes()
        payload = receive(raw, support)
        assert (payload.state, payload.rule) == ("refused", "loop")


class TestLostWorkers:
    def test_one_that_died_before_sending_is_followed_by_another(self, mention: Message, outbox: Outbox) -> None:
        notices.gather(now=later())
        assert notices.claim(now=later())
        assert notices.send_due(now=later()) == 0  # the lease holds
        assert notices.send_due(now=later(61 + 30)) == 1
        assert len(outbox()) == 1

    def test_one_that_died_after_sending_is_not_repeated_where_the_backend_knows(
        self, mention: Message, outbox: Outbox, tmp_path: Path
    ) -> None:
        notices.gather(now=later())
        claimed = notices.claim(now=later())
        assert claimed and claimed.raw
        (tmp_path / f"{claimed.mail_id}.eml").write_bytes(b"Subject: kept\r\n\r\n")
        assert notices.send_due(now=later(61 + 30)) == 1
        assert outbox()[0]["Subject"] == "kept"
        assert Notice.objects.get().state == OutboxState.ACCEPTED

    def test_a_slow_one_changes_nothing_any_more(self, mention: Message) -> None:
        notices.gather(now=later())
        slow = notices.claim(now=later())
        assert slow
        notices.send_due(now=later(61 + 30))
        slow.raw = b"x"
        notices._finish(slow, OutboxState.FAILED, "too slow")
        assert Notice.objects.get().state == OutboxState.ACCEPTED

    def test_a_server_that_is_away_is_asked_again_and_then_no_more(
        self, mention: Message, settings: Settings, outbox: Outbox
    ) -> None:
        notices.gather(now=later())
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = "channels_app.mail_backend.SmtpBackend", 1
        for hours in range(1, 12):
            notices.send_due(now=timezone.now() + timedelta(hours=hours * 10))
        row = Notice.objects.get()
        assert (row.state, row.attempt, row.raw) == (OutboxState.FAILED, len(notices.PAUSES) + 1, None)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_gather_and_send_each_once(
    adas_ticket: Ticket, grace: User, alan: User, margaret: User, outbox: Outbox
) -> None:
    for user in (grace, margaret):
        for _ in range(5):
            tell(user, "assigned", ticket=adas_ticket)

    def work() -> None:
        try:
            send()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(work) for _ in range(6)]:
            done.result()
    assert sorted(str(mail["To"]).split(" <")[0] for mail in outbox()) == ["Grace Hopper", "Margaret Hamilton"]
    assert sum(text_of(mail).count("assigned the ticket to you") for mail in outbox()) == 10
