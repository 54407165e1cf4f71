"""The mail that Ada gets: what it says, how it threads, and what can never be in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from channels_app.adapters.email import tokens
from channels_app.adapters.email.parse import parse_email
from channels_app.adapters.email.parsed import ParsedEmail
from channels_app.adapters.email.render import CannotRender, render
from channels_app.models import Delivery
from customers.actors import SYSTEM, Actor
from customers.identify import identify
from helpdesk.accounts.models import User
from tests.channels_app.out import reply
from tickets.attachments import upload
from tickets.models import Attachment, Channel, Inbox, Message, Ticket
from tickets.services import Incoming, add_cc, add_note, add_reply, open_ticket, receive_message, retract_reply

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def raw_of(delivery: Delivery) -> bytes:
    return render(delivery.message_id, delivery.mail_id, now=NOON).raw


def read(delivery: Delivery) -> ParsedEmail:
    """As our own parser reads it."""
    return parse_email(raw_of(delivery))


def parts_of(delivery: Delivery) -> tuple[EmailMessage, str, str]:
    """As Python's parser reads it: the whole, its text, its HTML."""
    mail = message_from_bytes(raw_of(delivery), policy=default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return mail, text.get_content().replace("\r\n", "\n"), html.get_content()


def ada_writes(ticket: Ticket, words: str, **more: object) -> Message:
    actor = Actor.of_customer(ticket.requester)
    incoming = Incoming(text=words, from_address="ada@example.org", **more)  # type: ignore[arg-type]
    return receive_message(ticket, incoming, customer=ticket.requester, channel=Channel.EMAIL, actor=actor)


class TestThreading:
    def test_other_programs_see_an_answer(self, grace: User, adas_ticket: Ticket) -> None:
        delivery = reply(adas_ticket, grace)
        mail = read(delivery)
        assert mail.message_id == delivery.mail_id
        assert mail.in_reply_to == "first@example.org"
        assert mail.references == ["first@example.org"]
        assert mail.subject == "Re: The engine rattles"
        assert mail.date == NOON
        assert (mail.sender, mail.sender_name) == ("support@onethread.test", "Grace Hopper (Support)")
        assert mail.to == ["ada@example.org"]
        assert mail.to[0].name == "Ada Lovelace"
        assert not mail.defects

    def test_the_second_answer_names_the_whole_thread(self, grace: User, adas_ticket: Ticket) -> None:
        first = reply(adas_ticket, grace)
        ada_writes(adas_ticket, "It still does.", message_id="second@example.org")
        mail = read(reply(adas_ticket, grace))
        assert mail.in_reply_to == "second@example.org"
        assert mail.references == ["first@example.org", first.mail_id, "second@example.org"]

    def test_a_mail_that_our_reader_never_got_is_not_named(self, grace: User, adas_ticket: Ticket) -> None:
        ada_writes(adas_ticket, "Pay me.", message_id="eve@example.com", is_unverified=True)
        ada_writes(adas_ticket, "I am away.", message_id="away@example.org", is_auto_reply=True)
        mail = read(reply(adas_ticket, grace))
        assert (mail.in_reply_to, mail.references) == ("first@example.org", ["first@example.org"])

    def test_we_know_our_own_marks_again(self, grace: User, adas_ticket: Ticket) -> None:
        """In the address, in the Message-ID, in the text and in the HTML: each alone proves the ticket."""
        delivery = reply(adas_ticket, grace)
        mail = read(delivery)
        assert tokens.issued_message_pk(mail.message_id) == delivery.message_id
        for claim in (
            tokens.claim_in_address(mail.reply_to[0]),
            tokens.claim_in_text(mail.text),
            tokens.claim_in_text(mail.html),
        ):
            assert claim is not None
            assert claim.number == adas_ticket.number
            assert claim.is_valid(adas_ticket.inbox_id)

    def test_the_customers_answer_is_hers_and_ours_is_folded(self, grace: User, adas_ticket: Ticket) -> None:
        delivery = reply(adas_ticket, grace)
        _mail, text, _html = parts_of(delivery)
        quoted = "\n".join(f"> {line}" for line in text.splitlines())
        answer = EmailMessage()
        answer["From"], answer["In-Reply-To"] = "ada@example.org", f"<{delivery.mail_id}>"
        answer.set_content(f"Thank you!\n\nOn 21 November 2026 at 12:01, Grace Hopper wrote:\n{quoted}\n")
        parsed = parse_email(answer.as_bytes())
        assert parsed.reply_text.strip() == "Thank you!"
        claim = tokens.claim_in_text(parsed.quoted_text)
        assert claim is not None
        assert claim.is_valid(adas_ticket.inbox_id)

    def test_a_thousand_messages(
        self, grace: User, adas_ticket: Ticket, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        Message.objects.bulk_create(
            Message(
                ticket=adas_ticket,
                kind="public",
                channel="email",
                author_name="Ada",
                text="Still.",
                message_id=f"{n}@x.org",
            )
            for n in range(1_000)
        )
        delivery = reply(adas_ticket, grace)
        with django_assert_max_num_queries(6):
            raw = raw_of(delivery)
        mail = parse_email(raw)
        assert mail.references[0] == "first@example.org"
        assert mail.references[-1] == mail.in_reply_to == "999@x.org"
        assert len(mail.references) == 20
        assert len(raw) < 10_000

    def test_the_first_mail_of_a_ticket_answers_nothing(self, grace: User, support: Inbox) -> None:
        mary = identify("email", "mary@example.org", name="Mary").customer
        ticket = open_ticket(mary, "Your order", inbox=support, channel=Channel.WEB, actor=Actor.agent(grace))
        mail = read(reply(ticket, grace))
        assert (mail.subject, mail.in_reply_to, mail.references) == ("Your order", "", [])

    def test_a_long_inbox_address_goes_without_token(self, grace: User, adas_ticket: Ticket) -> None:
        adas_ticket.inbox.address = f"{'a' * 60}@onethread.test"
        adas_ticket.inbox.save()
        assert read(reply(adas_ticket, grace)).reply_to == [adas_ticket.inbox.address]


class TestWords:
    def test_signature_and_history(self, grace: User, adas_ticket: Ticket) -> None:
        grace.signature = "Grace Hopper\nNavy <yard>"
        grace.save()
        delivery = reply(adas_ticket, grace, "<p>Oil <b>it</b>.</p><ul><li>daily</li></ul>")
        written = Message.objects.get(message_id="first@example.org").created_at
        _mail, text, html = parts_of(delivery)
        assert text == (
            "Oil it.\n\n  * daily\n\n-- \nGrace Hopper\nNavy <yard>\n\n"
            f"On {written:%-d %B %Y} at {written:%H:%M} UTC, Ada Lovelace wrote:\n"
            "> It rattles when it multiplies.\n>\n> Ada\n\n"
            f"{tokens.footer_mark(adas_ticket.inbox_id, adas_ticket.number)}\n"
        )
        assert "<b>it</b>" in html
        assert "Navy &lt;yard&gt;" in html
        assert '<blockquote class="history" type="cite"' in html
        assert "<style" not in html
        assert 'style="margin: 0 0 12px;"' in html

    def test_the_text_says_where_a_link_leads(self, grace: User, adas_ticket: Ticket) -> None:
        words = '<p>See <a href="https://a.example/?x=1&amp;y=2">the manual</a>.</p>'
        assert "See the manual <https://a.example/?x=1&y=2>." in parts_of(reply(adas_ticket, grace, words))[1]

    def test_the_moment_is_the_customers(self, grace: User, adas_ticket: Ticket) -> None:
        adas_ticket.requester.time_zone = "Asia/Tokyo"
        adas_ticket.requester.save()
        Message.objects.update(created_at=NOON)
        assert "On 21 November 2026 at 21:00 JST, Ada Lovelace wrote:" in read(reply(adas_ticket, grace)).text

    def test_a_zone_nobody_knows(self, grace: User, adas_ticket: Ticket) -> None:
        adas_ticket.requester.time_zone = "../../etc/passwd"
        adas_ticket.requester.save()
        assert " UTC, Ada Lovelace wrote:" in read(reply(adas_ticket, grace)).text

    def test_the_newest_messages_are_quoted_and_no_more(self, grace: User, adas_ticket: Ticket) -> None:
        for n in range(7):
            ada_writes(adas_ticket, f"Letter number {n}.")
        text = read(reply(adas_ticket, grace)).text
        assert re.findall(r"Letter number (\d)", text) == ["6", "5", "4", "3", "2"]

    def test_a_novel_is_not_quoted(self, grace: User, adas_ticket: Ticket) -> None:
        ada_writes(adas_ticket, "Once upon a time. " * 10_000)
        assert len(raw_of(reply(adas_ticket, grace))) < 5_000

    def test_strangers_and_machines_are_not_quoted(self, grace: User, adas_ticket: Ticket) -> None:
        ada_writes(adas_ticket, "Pay to this account instead.", is_unverified=True)
        ada_writes(adas_ticket, "I am on holiday.", is_auto_reply=True)
        text = read(reply(adas_ticket, grace)).text
        assert "account" not in text
        assert "holiday" not in text

    def test_nobody_is_tracked_through_us(self, grace: User, adas_ticket: Ticket) -> None:
        html = '<p>Look <img src="https://tracker.example/p.gif" alt="here"> <img src="cid:x@y"></p>'
        ada_writes(adas_ticket, "Look", html=html)
        _mail, _text, html = parts_of(reply(adas_ticket, grace))
        assert "tracker.example" not in html
        assert "cid:" not in html

    @given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=2_000))
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_any_words_make_a_valid_mail(self, grace: User, adas_ticket: Ticket, words: str) -> None:
        delivery = reply(adas_ticket, grace, f"<p>a{words.replace('<', '&lt;')}</p>")
        raw = raw_of(delivery)
        assert raw.isascii()
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw)
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        _mail, text, _html = parts_of(delivery)
        assert text.split()[: len(delivery.message.text.split())] == delivery.message.text.split()


class TestHeaders:
    def test_a_persons_answer_looks_like_a_persons(self, grace: User, adas_ticket: Ticket) -> None:
        mail, _text, _html = parts_of(reply(adas_ticket, grace))
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Onethread-Loop", "Precedence"):
            assert name not in mail

    def test_an_automatic_answer_says_so(self, adas_ticket: Ticket) -> None:
        delivery = add_reply(adas_ticket, "<p>We have your mail.</p>", actor=SYSTEM).delivery
        mail, _text, _html = parts_of(delivery)
        assert mail["Auto-Submitted"] == "auto-replied"
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert mail["X-Onethread-Loop"] == tokens.instance_id()
        assert mail["From"] == "Support <support@onethread.test>"

    def test_names_and_subjects_cannot_add_headers(self, grace: User, adas_ticket: Ticket) -> None:
        evil = "x\r\nBcc: victim@example.org\r\n\r\nboo"
        delivery = reply(adas_ticket, grace)
        Message.objects.filter(pk=delivery.message_id).update(subject=evil, author_name=f'Grace" <a@b.c>{evil}')
        adas_ticket.requester.name = evil
        adas_ticket.requester.save()
        Inbox.objects.update(name=f"S{evil}"[:80])
        mail, text, _html = parts_of(delivery)
        assert "Bcc" not in mail
        assert mail["From"].addresses[0].addr_spec == "support@onethread.test"
        assert len(mail["From"].addresses) == len(mail["To"].addresses) == 1
        assert text.startswith("Oil it.")

    def test_names_and_subjects_of_the_world(self, grace: User, adas_ticket: Ticket) -> None:
        grace.name = "Grażyna Wiśniewska-Brzęczyszczykiewicz"
        grace.save()
        adas_ticket.requester.name = "山田 太郎"
        adas_ticket.requester.save()
        delivery = reply(adas_ticket, grace)
        subject = "Οι μηχανές κροταλίζουν 👩‍🔧 " * 5
        Message.objects.filter(pk=delivery.message_id).update(subject=subject)
        mail = read(delivery)
        assert mail.subject == f"Re: {subject.strip()}"
        assert mail.sender_name == "Grażyna Wiśniewska-Brzęczyszczykiewicz (Support)"
        assert mail.to[0].name == "山田 太郎"

    def test_who_is_in_copy(self, grace: User, adas_ticket: Ticket) -> None:
        mary = identify("email", "mary@bücher.example", name="Mary").customer
        add_cc(adas_ticket, mary, "mary@bücher.example", actor=Actor.agent(grace))
        delivery = reply(adas_ticket, grace)
        assert read(delivery).cc == ["mary@xn--bcher-kva.example"]
        sent_to = render(delivery.message_id, delivery.mail_id, now=NOON).envelope_to
        assert sent_to == ["ada@example.org", "mary@xn--bcher-kva.example"]


class TestFiles:
    def test_they_arrive_as_they_are(self, grace: User, adas_ticket: Ticket) -> None:
        files = {
            "plan.txt": b"oil\nthen \xff run\n",
            "Überblick über die sehr lange Maschine, Teil 1 von 2 (endgültig).pdf": b"%PDF-1.4\r\n",
            "o'quote; x=y.csv": b"a,b\n" * 50_000,
            "letter.eml": b"Subject: hi\n\nhello",
            "nothing known": b"\x00",
        }
        uploads = [upload(grace, name, content).pk for name, content in files.items()]
        mail = read(reply(adas_ticket, grace, attachment_ids=uploads))
        assert {file.filename: file.content for file in mail.attachments} == files
        assert "Oil it." in mail.text

    def test_a_type_that_is_none(self, grace: User, adas_ticket: Ticket) -> None:
        for odd in ("text/x; y\r\nBcc: z", "multipart/mixed", "message/rfc822", "", "nonsense"):
            plan = upload(grace, "plan.txt", b"oil")
            delivery = reply(adas_ticket, grace, attachment_ids=[plan.pk])
            Attachment.objects.filter(pk=plan.pk).update(content_type=odd)
            [file] = read(delivery).attachments
            assert (file.content, file.content_type) == (b"oil", "application/octet-stream")

    def test_a_picture_in_the_text(self, grace: User, adas_ticket: Ticket) -> None:
        picture = upload(grace, "oil.png", b"\x89PNG")
        delivery = reply(adas_ticket, grace, attachment_ids=[picture.pk])
        Attachment.objects.filter(pk=picture.pk).update(content_id="oil@here")
        Message.objects.filter(pk=delivery.message_id).update(html='<p>Here: <img src="cid:oil@here"></p>')
        [file] = read(delivery).attachments
        assert (file.content_id, file.inline, file.content) == ("oil@here", True, b"\x89PNG")
        mail, _text, _html = parts_of(delivery)
        types = [part.get_content_type() for part in mail.walk()]
        assert types == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]


class TestOnlyWhatIsPublic:
    """Email rule A5: no word of an internal note ever leaves the house."""

    SECRET = "xyzzy-plugh"

    def secret_notes(self, ticket: Ticket, author: User) -> None:
        plan = upload(author, f"{self.SECRET}.txt", self.SECRET.encode())
        add_note(ticket, f"<p>{self.SECRET}</p>", actor=Actor.agent(author), attachment_ids=[plan.pk])

    @given(st.lists(st.sampled_from(["note", "letter", "reply", "taken back"]), max_size=12))
    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_whatever_was_written_before(self, grace: User, adas_ticket: Ticket, history: list[str]) -> None:
        for what in history:
            if what == "note":
                self.secret_notes(adas_ticket, grace)
            elif what == "letter":
                ada_writes(adas_ticket, "It still rattles.")
            elif what == "reply":
                reply(adas_ticket, grace)
            else:
                retract_reply(reply(adas_ticket, grace, f"<p>{self.SECRET}</p>").message, actor=Actor.agent(grace))
        delivery = reply(adas_ticket, grace)
        mail = message_from_bytes(raw_of(delivery), policy=default)
        everything = [str(part) for part in mail.walk()] + [
            str(part.get_content()) for part in mail.walk() if not part.is_multipart()
        ]
        assert not [words for words in everything if self.SECRET in words]

    def test_a_note_cannot_be_rendered(self, grace: User, adas_ticket: Ticket) -> None:
        note = add_note(adas_ticket, f"<p>{self.SECRET}</p>", actor=Actor.agent(grace))
        with pytest.raises(CannotRender, match="not public"):
            render(note.pk, "x@onethread.test", now=NOON)

    def test_a_reply_that_became_a_note_is_not_sent(self, grace: User, adas_ticket: Ticket) -> None:
        delivery = reply(adas_ticket, grace)
        Message.objects.filter(pk=delivery.message_id).update(kind="note", delivery_state="")
        with pytest.raises(CannotRender, match="not public"):
            raw_of(delivery)

    def test_what_is_public_is_asked_when_it_is_sent(self, grace: User, adas_ticket: Ticket) -> None:
        letter = ada_writes(adas_ticket, self.SECRET)
        delivery = reply(adas_ticket, grace)
        Message.objects.filter(pk=letter.pk).update(kind="note")
        assert self.SECRET not in read(delivery).text

    def test_no_other_tickets_words(self, grace: User, adas_ticket: Ticket, support: Inbox) -> None:
        other = open_ticket(
            adas_ticket.requester, "Other", inbox=support, channel=Channel.EMAIL, actor=Actor.agent(grace)
        )
        ada_writes(other, self.SECRET)
        assert self.SECRET not in read(reply(adas_ticket, grace)).text


def test_it_is_written_anew_only_once(grace: User, adas_ticket: Ticket) -> None:
    """The bytes differ each time they are made (boundaries), which is why they are stored."""
    delivery = reply(adas_ticket, grace)
    later = NOON + timedelta(hours=1)
    first, second = raw_of(delivery), render(delivery.message_id, delivery.mail_id, now=later).raw
    assert first != second
    assert timezone.is_aware(later)
