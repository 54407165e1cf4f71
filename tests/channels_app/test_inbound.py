"""From stored bytes to a message on a ticket: every rule once, over a real database."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app import inbound
from channels_app.adapters.email.tokens import (
    agent_participant,
    footer_mark,
    instance_id,
    issue_message_id,
    reply_address,
)
from channels_app.models import InboundPayload, PayloadState
from customers.actors import SYSTEM, Actor
from customers.identify import identify
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tests.channels_app.letters import SUPPORT, letter, receive, store, with_file
from tickets.match_words import explain_match
from tickets.models import CcState, Draft, Inbox, Message, MessageKind, Status, Ticket, TicketEvent
from tickets.services import add_cc, add_note, add_reply, assign_team, change_status, save_draft

pytestmark = pytest.mark.django_db


def token_of(ticket: Ticket, participant: str = "*") -> str:
    return reply_address(ticket.inbox_id, ticket.inbox.address, ticket.number, participant)


def answered(ticket: Ticket, grace: User) -> Message:
    return add_reply(ticket, "<p>Oil the third wheel.</p>", actor=Actor.agent(grace))


def last_message() -> Message:
    message = Message.objects.order_by("-pk").first()
    assert message is not None
    return message


class TestNewTickets:
    def test_a_mail_opens_a_ticket_of_its_sender(self, support: Inbox) -> None:
        payload = receive(letter("It rattles when it multiplies.\n\nAda"), support)
        ticket = Ticket.objects.get()
        assert (payload.state, payload.rule, payload.ticket) == (PayloadState.APPLIED, "new", ticket)
        assert (ticket.subject, ticket.status, ticket.team) == ("The engine rattles", Status.NEW, support.team)
        assert str(ticket.requester) == "Ada Lovelace"
        message = Message.objects.get()
        assert payload.message == message
        assert message.text.startswith("It rattles when it multiplies.")
        assert "nothing in the mail points" in explain_match(message)

    def test_people_in_copy_come_along_but_not_our_own_addresses(
        self, support: Inbox, billing: Inbox, grace: User
    ) -> None:
        copies = ["Annabella <annabella@example.net>", billing.address, grace.email, "ada@example.org"]
        receive(letter(Cc=", ".join(copies)), support)
        assert [cc.address for cc in Ticket.objects.get().ccs.all()] == ["annabella@example.net"]

    def test_at_most_ten_come_along(self, support: Inbox) -> None:
        receive(letter(Cc=", ".join(f"p{number}@example.net" for number in range(30))), support)
        assert Ticket.objects.get().ccs.count() == 10

    def test_a_number_in_the_subject_opens_a_ticket_of_its_own(self, adas_ticket: Ticket, support: Inbox) -> None:
        payload = receive(letter(subject=f"Re: [#{adas_ticket.number}] The engine rattles"), support)
        assert payload.rule == "new"
        assert payload.ticket != adas_ticket

    def test_the_same_subject_opens_a_ticket_of_its_own(self, adas_ticket: Ticket, support: Inbox) -> None:
        assert receive(letter(subject=f"Re: {adas_ticket.subject}"), support).ticket != adas_ticket


class TestCopies:
    def test_the_same_mail_twice_is_one_message(self, support: Inbox) -> None:
        raw = letter()
        receive(raw, support)
        again = receive(b"Received: from elsewhere by here\r\n" + raw, support)
        assert (again.state, again.ticket) == (PayloadState.DUPLICATE, Ticket.objects.get())
        assert Message.objects.count() == 1

    def test_the_same_message_id_with_other_words_is_another_mail(self, support: Inbox) -> None:
        receive(letter("One.", Message_ID="<same@example.org>"), support)
        receive(letter("Two.", Message_ID="<same@example.org>"), support)
        assert Message.objects.count() == 2
        assert "same Message-ID" in explain_match(last_message())

    def test_a_copy_is_found_behind_many_mails_of_one_message_id(self, support: Inbox) -> None:
        for number in range(25):
            receive(letter(f"No. {number}", Message_ID="<same@example.org>"), support)
        again = receive(letter("No. 24", Message_ID="<same@example.org>"), support)
        assert again.state == PayloadState.DUPLICATE

    def test_a_script_that_writes_the_same_every_night_is_heard_every_night(self, support: Inbox) -> None:
        nightly = b"From: cron@example.org\r\nSubject: Backup failed\r\n\r\nBackup failed.\r\n"
        first = receive(nightly, support)
        assert receive(nightly, support).state == PayloadState.DUPLICATE
        InboundPayload.objects.filter(pk=first.pk).update(received_at=first.received_at - timedelta(days=1))
        assert receive(nightly, support).state == PayloadState.APPLIED

    def test_two_people_without_headers_are_two_people(self, support: Inbox) -> None:
        for sender in ("one@example.org", "two@example.org"):
            assert receive(b"Subject: Hello\r\n\r\nHello\r\n", support, sender=sender).state == PayloadState.APPLIED

    def test_one_mail_to_two_inboxes_is_one_ticket_seen_in_both(self, support: Inbox, billing: Inbox) -> None:
        store(letter(to=f"{support.address}, {billing.address}"), support, billing)
        inbound.drain()
        ticket = Ticket.objects.get()
        assert list(ticket.also_seen_in.all()) == [billing]
        assert [row.state for row in InboundPayload.objects.all()] == [PayloadState.APPLIED] * 2
        assert TicketEvent.objects.filter(kind="mail.also_received").count() == 1


class TestThreads:
    def test_by_the_token_in_the_address(self, adas_ticket: Ticket, support: Inbox) -> None:
        payload = receive(letter("Still rattling.", to=token_of(adas_ticket)), support)
        assert (payload.rule, payload.ticket) == ("token", adas_ticket)
        assert "reply address" in explain_match(last_message())

    def test_by_the_token_in_the_envelope_alone(self, adas_ticket: Ticket, support: Inbox) -> None:
        assert receive(letter(), support, to=token_of(adas_ticket)).rule == "token"

    def test_a_token_that_somebody_made_up_proves_nothing(self, adas_ticket: Ticket, support: Inbox) -> None:
        forged = f"support+t.{adas_ticket.number}.{'a' * 16}@onethread.test"
        assert receive(letter(to=forged), support).rule == "new"

    def test_by_the_message_id_that_we_issued(self, adas_ticket: Ticket, support: Inbox, grace: User) -> None:
        ours = issue_message_id(answered(adas_ticket, grace).pk, "onethread.test")
        for header in ({"In_Reply_To": f"<{ours}>"}, {"References": f"<unknown@example.org> <{ours}>"}):
            payload = receive(letter("Thanks.", **header), support)
            assert (payload.rule, payload.ticket) == ("reference", adas_ticket)

    def test_by_an_earlier_mail_of_the_customer(self, adas_ticket: Ticket, support: Inbox) -> None:
        assert receive(letter(References="<first@example.org>"), support).rule == "stored-id"

    def test_but_not_by_a_mail_stored_from_another_inbox(self, adas_ticket: Ticket, billing: Inbox) -> None:
        assert receive(letter(References="<first@example.org>"), billing).rule == "new"

    def test_by_the_signed_mark_in_the_quoted_text(self, adas_ticket: Ticket, support: Inbox) -> None:
        mark = footer_mark(adas_ticket.inbox_id, adas_ticket.number)
        payload = receive(letter(f"Thanks.\n\nOn Friday Grace wrote:\n> Oil it.\n> {mark}"), support)
        assert (payload.rule, payload.ticket) == ("mark", adas_ticket)

    def test_a_solved_ticket_is_open_again(self, adas_ticket: Ticket, support: Inbox, grace: User) -> None:
        change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
        receive(letter(to=token_of(adas_ticket)), support)
        adas_ticket.refresh_from_db()
        assert adas_ticket.status == Status.OPEN


class TestPeople:
    def test_a_stranger_is_unverified_and_neither_requester_nor_in_copy(
        self, adas_ticket: Ticket, support: Inbox
    ) -> None:
        receive(letter(sender="mallory@example.com", to=token_of(adas_ticket)), support)
        adas_ticket.refresh_from_db()
        assert str(adas_ticket.requester) == "Ada Lovelace"
        assert [(cc.address, cc.state) for cc in adas_ticket.ccs.all()] == [("mallory@example.com", CcState.UNVERIFIED)]
        assert last_message().is_unverified
        assert "unverified" in explain_match(last_message())

    def test_a_colleague_is_suggested(self, adas_ticket: Ticket, support: Inbox) -> None:
        receive(letter(sender="charles@example.org", to=token_of(adas_ticket)), support)
        assert [cc.state for cc in adas_ticket.ccs.all()] == [CcState.SUGGESTED]
        assert not last_message().is_unverified

    def test_a_member_is_in_copy_where_the_organisation_shares_its_tickets(
        self, ada: Customer, adas_ticket: Ticket, support: Inbox
    ) -> None:
        house = Organisation.objects.create(name="Analytical Engines", shares_tickets=True)
        charles = identify("email", "charles@elsewhere.test").customer
        Customer.objects.filter(pk__in=[ada.pk, charles.pk]).update(organisation=house)
        receive(letter(sender="charles@elsewhere.test", to=token_of(adas_ticket)), support)
        assert [(cc.address, cc.state) for cc in adas_ticket.ccs.all()] == [("charles@elsewhere.test", CcState.CC)]
        assert not last_message().is_unverified

    def test_who_answers_stays_the_sender_whatever_reply_to_says(self, support: Inbox) -> None:
        receive(letter(Reply_To="mallory@example.com"), support)
        message = Message.objects.get()
        assert (message.from_address, message.reply_to) == ("ada@example.org", "mallory@example.com")


class TestClosed:
    @pytest.fixture
    def closed(self, adas_ticket: Ticket) -> Ticket:
        change_status(adas_ticket, Status.SOLVED, actor=SYSTEM)
        return change_status(adas_ticket, Status.CLOSED, actor=SYSTEM)

    def test_an_answer_opens_a_follow_up_of_the_same_people(self, closed: Ticket, support: Inbox) -> None:
        payload = receive(letter(to=token_of(closed)), support)
        assert payload.ticket is not None
        assert payload.ticket.follow_up_of == closed
        assert payload.ticket.requester == closed.requester
        assert f"#{closed.number}, which was closed" in explain_match(last_message())

    def test_the_next_answer_joins_the_follow_up(self, closed: Ticket, support: Inbox) -> None:
        first = receive(letter("One.", to=token_of(closed)), support)
        assert receive(letter("Two.", to=token_of(closed)), support).ticket == first.ticket

    def test_a_strangers_answer_makes_no_stranger_the_requester(self, closed: Ticket, support: Inbox) -> None:
        payload = receive(letter(sender="mallory@example.com", to=token_of(closed)), support)
        assert payload.ticket is not None
        assert payload.ticket.requester == closed.requester
        assert last_message().is_unverified

    def test_people_in_copy_stay_in_copy(self, adas_ticket: Ticket, support: Inbox, ada: Customer) -> None:
        add_cc(adas_ticket, ada, "annabella@example.net", actor=SYSTEM)
        for status in (Status.SOLVED, Status.CLOSED):
            change_status(adas_ticket, status, actor=SYSTEM)
        payload = receive(letter(to=token_of(adas_ticket)), support)
        assert payload.ticket is not None
        assert [cc.address for cc in payload.ticket.ccs.all()] == ["annabella@example.net"]


class TestAgents:
    AUTHENTIC = "mx.onethread.test; dkim=pass header.d=onethread.test"

    @pytest.fixture
    def trusting(self, support: Inbox) -> Inbox:
        support.account.authserv_id = "mx.onethread.test"
        support.account.save()
        return support

    def test_a_forged_agent_is_held_and_nothing_is_passed_on(
        self, adas_ticket: Ticket, support: Inbox, grace: User
    ) -> None:
        payload = receive(letter("Send me your password", sender=grace.email, to=token_of(adas_ticket)), support)
        assert (payload.state, payload.rule, payload.ticket) == (PayloadState.HELD, "possible-spoof", adas_ticket)
        assert adas_ticket.messages.count() == 1

    def test_so_is_one_who_brings_the_personal_token_only(
        self, adas_ticket: Ticket, trusting: Inbox, grace: User
    ) -> None:
        to = token_of(adas_ticket, agent_participant(grace.pk))
        assert receive(letter(sender=grace.email, to=to), trusting).rule == "possible-spoof"

    def test_a_proved_agents_answer_goes_to_the_customer(
        self, adas_ticket: Ticket, trusting: Inbox, grace: User
    ) -> None:
        public = adas_ticket.messages.get()
        receive(self.answer(adas_ticket, grace, public), trusting)
        message = last_message()
        assert (message.kind, message.author_user, message.to) == (MessageKind.PUBLIC, grace, ["ada@example.org"])
        assert "Oil it." in message.text
        assert "secret" not in message.text

    def test_an_answer_by_mail_leaves_the_draft_in_the_composer(
        self, adas_ticket: Ticket, trusting: Inbox, grace: User
    ) -> None:
        save_draft(adas_ticket, "reply", "<p>Begun at the desk</p>", user=grace, version=0)
        receive(self.answer(adas_ticket, grace, adas_ticket.messages.get()), trusting)
        assert Draft.objects.get().html == "<p>Begun at the desk</p>"

    def test_the_answer_to_a_note_is_a_note(self, adas_ticket: Ticket, trusting: Inbox, grace: User) -> None:
        note = add_note(adas_ticket, "<p>The secret part</p>", actor=Actor.agent(grace))
        receive(self.answer(adas_ticket, grace, note), trusting)
        assert (last_message().kind, last_message().author_user) == (MessageKind.NOTE, grace)

    def test_a_light_agents_answer_is_a_note(self, adas_ticket: Ticket, trusting: Inbox, linus: User) -> None:
        receive(self.answer(adas_ticket, linus, adas_ticket.messages.get()), trusting)
        assert last_message().kind == MessageKind.NOTE

    def test_who_may_not_see_the_ticket_any_more_writes_nothing_on_it(
        self, adas_ticket: Ticket, trusting: Inbox, grace: User, margaret: User
    ) -> None:
        assign_team(adas_ticket, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(margaret))
        payload = receive(self.answer(adas_ticket, grace, adas_ticket.messages.get()), trusting)
        assert (payload.state, payload.reason) == (PayloadState.HELD, "The sender may not see this ticket any more.")
        assert adas_ticket.messages.count() == 1

    def answer(self, ticket: Ticket, agent: User, message: Message) -> bytes:
        return letter(
            "Oil it.\n\nOn Friday Onethread wrote:\n> The secret part",
            sender=agent.email,
            to=token_of(ticket, agent_participant(agent.pk)),
            In_Reply_To=f"<{issue_message_id(message.pk, 'onethread.test')}>",
            Authentication_Results=self.AUTHENTIC,
        )

    def test_an_agent_who_writes_without_token_is_a_requester(self, support: Inbox, grace: User) -> None:
        receive(letter("My screen is broken", sender=f"Grace Hopper <{grace.email}>"), support)
        assert str(Ticket.objects.get().requester) == "Grace Hopper"

    def test_a_forwarded_mail_is_the_original_senders_ticket(self, trusting: Inbox, grace: User) -> None:
        text = (
            "Can somebody look?\n\n---------- Forwarded message ---------\nFrom: Ada Lovelace <ada@example.org>\n"
            "Date: Fri, 20 Nov 2026\nSubject: The engine rattles\nTo: grace@onethread.test\n\nIt rattles."
        )
        raw = letter(text, sender=grace.email, subject="Fwd: The engine rattles", Authentication_Results=self.AUTHENTIC)
        receive(raw, trusting)
        ticket = Ticket.objects.get()
        words, note = ticket.messages.all()
        assert (str(ticket.requester), ticket.subject) == ("Ada Lovelace", "The engine rattles")
        assert (words.text, words.kind, words.match_rule) == ("It rattles.", MessageKind.PUBLIC, "forward")
        assert (note.text, note.kind, note.author_user) == ("Can somebody look?", MessageKind.NOTE, grace)


class TestMachines:
    def test_an_automatic_answer_is_filed_and_wakes_nobody(
        self, adas_ticket: Ticket, support: Inbox, grace: User
    ) -> None:
        change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
        payload = receive(letter(to=token_of(adas_ticket), Auto_Submitted="auto-replied"), support)
        adas_ticket.refresh_from_db()
        assert (payload.state, adas_ticket.status) == (PayloadState.APPLIED, Status.SOLVED)
        assert last_message().is_auto_reply

    def test_one_that_belongs_nowhere_is_held(self, support: Inbox) -> None:
        payload = receive(letter(Auto_Submitted="auto-replied"), support)
        assert (payload.state, payload.rule, payload.message) == (PayloadState.HELD, "auto-reply", None)
        assert not Ticket.objects.exists()

    def test_our_own_automatic_mail_come_back_is_dropped(
        self, adas_ticket: Ticket, support: Inbox, settings: Any
    ) -> None:
        raw = letter(to=token_of(adas_ticket), X_Onethread_Loop=instance_id())
        payload = receive(raw, support)
        assert (payload.state, payload.rule) == (PayloadState.REFUSED, "loop")
        assert adas_ticket.messages.count() == 1

    def test_a_bounce_is_never_a_ticket(self, support: Inbox) -> None:
        raw = letter(
            "The following address failed.",
            sender="MAILER-DAEMON@example.org",
            subject="Undelivered Mail Returned to Sender",
        )
        payload = receive(raw, support, sender="")
        assert (payload.state, payload.rule) == (PayloadState.HELD, "bounce")
        assert not Ticket.objects.exists()

    def test_a_mailing_lists_letter_is_a_letter(self, support: Inbox) -> None:
        assert receive(letter(List_Id="<news.example.org>", Precedence="bulk"), support).rule == "new"

    def test_a_mail_from_our_own_inbox_is_held(self, support: Inbox, billing: Inbox) -> None:
        assert receive(letter(sender=billing.address), support).rule == "own-address"

    def test_a_mail_without_sender_is_held(self, support: Inbox) -> None:
        assert receive(letter(sender="nobody in particular"), support, sender="").rule == "no-sender"


class TestStorms:
    def test_after_twenty_tickets_of_one_sender_the_rest_is_collected(self, support: Inbox) -> None:
        for number in range(25):
            store(letter(f"Mail {number}"), support)
        inbound.drain()
        assert Ticket.objects.count() == 21
        storm = Ticket.objects.order_by("-pk")[0]
        assert storm.messages.count() == 5
        assert "ada@example.org" in storm.subject
        assert Counter(InboundPayload.objects.values_list("rule", flat=True)) == {"new": 20, "storm": 5}
        assert "many tickets within an hour" in explain_match(last_message())

    def test_a_domain_has_its_share_too_but_not_a_public_provider(self, support: Inbox) -> None:
        for domain in ("flood.test", "gmail.com"):
            earlier = [
                InboundPayload(
                    account=support.account, source="smtp", raw=b"", size=0, content_key=f"{domain}{number}",
                    sender=f"s{number}@{domain}", state=PayloadState.APPLIED, rule="new",
                )
                for number in range(200)
            ]  # fmt: skip
            InboundPayload.objects.bulk_create(earlier)
        assert receive(letter(sender="one@flood.test"), support).rule == "storm"
        assert not last_message().is_unverified
        assert receive(letter(sender="one@gmail.com"), support).rule == "new"
        assert receive(letter(sender="two@flood.test"), support).rule == "storm"
        assert last_message().is_unverified  # never quoted to the first of them, who is the requester


class TestFiles:
    def test_a_file_is_attached(self, support: Inbox) -> None:
        receive(with_file("plan.pdf", b"%PDF-1.7 plan"), support)
        [attachment] = Message.objects.get().attachments.all()
        assert (attachment.filename, attachment.size) == ("plan.pdf", 13)

    def test_a_program_is_named_and_kept_out_of_reach(self, support: Inbox) -> None:
        payload = receive(with_file("setup.exe", b"MZ"), support)
        message = Message.objects.get()
        assert not message.attachments.exists()
        assert "setup.exe" in message.text
        assert "setup.exe" in message.html
        assert b"setup.exe" in bytes(payload.raw)

    def test_so_is_one_that_is_too_large(self, support: Inbox, settings: Any) -> None:
        settings.MAX_ATTACHMENT_BYTES = 1000
        receive(with_file("film.mp4", b"x" * 1001), support)
        assert "film.mp4" in Message.objects.get().text


def break_on_request(ticket: Ticket, events: list[TicketEvent]) -> None:
    """A consumer of events that stumbles over one mail."""
    if any(event.message and "break me" in event.message.text for event in events):
        raise ZeroDivisionError("stumbled")


class TestFailures:
    @pytest.fixture
    def broken(self, support: Inbox, settings: Any) -> InboundPayload:
        before, settings.EVENT_CONSUMERS = settings.EVENT_CONSUMERS, [f"{__name__}.break_on_request"]
        payload = receive(letter("Please break me"), support)
        settings.EVENT_CONSUMERS = before
        return payload

    def test_the_mail_is_kept_with_the_reason_and_an_agent_sees_it(self, broken: InboundPayload) -> None:
        assert (broken.state, broken.sender) == (PayloadState.FAILED, "ada@example.org")
        assert "ZeroDivisionError: stumbled" in broken.reason
        assert broken.ticket is not None
        [message] = broken.ticket.messages.all()
        assert "could not be read" in message.text
        [original] = message.attachments.all()
        assert original.sha256 == hashlib.sha256(bytes(broken.raw)).hexdigest()

    def test_reprocessing_puts_it_on_its_own_ticket_and_settles_the_placeholder(self, broken: InboundPayload) -> None:
        placeholder = broken.ticket
        assert placeholder is not None
        assert inbound.reprocess(broken)
        inbound.drain()
        broken.refresh_from_db()
        placeholder.refresh_from_db()
        assert (broken.state, broken.message) == (PayloadState.APPLIED, last_message_of(broken))
        assert broken.ticket != placeholder
        assert placeholder.status == Status.SOLVED

    def test_what_is_on_a_ticket_is_not_read_again(self, support: Inbox) -> None:
        payload = receive(letter(), support)
        assert not inbound.reprocess(payload)

    def test_a_mail_that_stopped_its_worker_thrice_is_given_up(self, support: Inbox) -> None:
        [pk] = store(letter(), support)
        now = timezone.now()
        for attempt in range(inbound.MAX_ATTEMPTS):
            assert inbound.claim(now=now + attempt * 2 * inbound.LEASE) == [pk]  # and the worker died
        inbound.drain(now=now + timedelta(minutes=5), limit=1)
        payload = InboundPayload.objects.get()
        assert payload.state == PayloadState.FAILED
        assert payload.ticket is not None

    def test_a_file_storage_that_is_away_is_no_fault_of_the_mail(
        self, support: Inbox, settings: Settings, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path / "uploads"
        settings.MEDIA_ROOT.write_text("")  # no directory: nothing can be stored below it
        store(with_file("a.txt", b"cogs"), support)
        inbound.drain()
        assert InboundPayload.objects.get().state == PayloadState.RECEIVED
        settings.MEDIA_ROOT.unlink()
        inbound.drain(now=timezone.now() + 2 * inbound.LEASE)
        assert InboundPayload.objects.get().state == PayloadState.APPLIED


def last_message_of(payload: InboundPayload) -> Message | None:
    assert payload.ticket is not None
    return payload.ticket.messages.last()


class TestClaims:
    def test_a_lost_hand_over_is_found_and_a_lease_respected(self, support: Inbox) -> None:
        [pk] = store(letter(), support)
        now = timezone.now()
        assert inbound.claim(now=now) == [pk]
        assert inbound.claim(now=now) == []
        assert inbound.claim(now=now + 2 * inbound.LEASE) == [pk]

    def test_one_that_was_tried_before_is_taken_alone(self, support: Inbox) -> None:
        now = timezone.now()
        [tried] = store(letter("one"), support)
        inbound.claim(now=now)
        fresh = [*store(letter("two"), support), *store(letter("three"), support)]
        later = now + 2 * inbound.LEASE
        assert inbound.claim(now=later) == [tried]
        assert inbound.claim(now=later) == fresh

    def test_reading_twice_does_no_harm(self, support: Inbox) -> None:
        [pk] = store(letter(), support)
        inbound.process_payload(pk)
        inbound.process_payload(pk)
        assert Message.objects.count() == 1


def test_every_mail_is_in_exactly_one_state_and_every_byte_is_kept(
    adas_ticket: Ticket, support: Inbox, grace: User
) -> None:
    mails = [
        letter("new"), letter("token", to=token_of(adas_ticket)), letter(sender=grace.email, to=token_of(adas_ticket)),
        letter(Auto_Submitted="auto-replied"), with_file("a.bin", bytes(range(256))), b"", b"\0\xff\r\n", b"no header",
        letter(sender=f"{'[' * 3000}@x"), letter(subject="=?utf-8?q?=00=ED=A0=80?="),
    ]  # fmt: skip
    mails.append(mails[0])
    for raw in mails:
        store(raw, support, to=SUPPORT)
    inbound.drain()
    rows = InboundPayload.objects.order_by("pk")
    assert [hashlib.sha256(bytes(row.raw)).digest() for row in rows] == [hashlib.sha256(raw).digest() for raw in mails]
    states = Counter(rows.values_list("state", flat=True))
    assert sum(states.values()) == len(mails)
    assert set(states) <= {PayloadState.APPLIED, PayloadState.HELD, PayloadState.DUPLICATE}
    assert states[PayloadState.APPLIED] == rows.exclude(message=None).count()
