"""What providers tell, put on tickets: each thing once, whatever came before it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels_app.base import (
    AccountTold,
    ConsentTold,
    MediaRef,
    Person,
    PersonMoved,
    ReachChanged,
    StatusTold,
    TemplateTold,
)
from channels_app.messaging.starting import start_for
from channels_app.models import Conversation, MessageTemplate, ProviderAccount, ProviderMessage
from customers.actors import SYSTEM
from customers.consent import may_contact
from customers.identify import identify
from customers.models import Customer
from tests.channels_app.messaging.telling import (
    ADA,
    NOW,
    after,
    echo,
    edited,
    reacted,
    said,
    shown,
    tell,
    withdrawn,
    words,
)
from tickets.models import Inbox, Message, Status, Ticket, TicketEvent
from tickets.services import change_status, close_long_solved


@pytest.fixture
def network(support: Inbox) -> ProviderAccount:
    return ProviderAccount.objects.create(kind="generic", name="Mastodon", inbox=support)


@pytest.fixture
def telegram(support: Inbox) -> ProviderAccount:
    return ProviderAccount.objects.create(kind="telegram", name="Our bot", inbox=support)


class TestMessages:
    def test_a_conversation_is_a_ticket(self, network: ProviderAccount) -> None:
        tell(network, said("m1"), said("m2", 5, "Still."), said("m3", 9, "Hello?", thread_key="t2"))
        first, second = Ticket.objects.order_by("pk")
        assert words(first.messages.order_by("pk")) == ["It rattles.", "Still."]
        assert words(second.messages.all()) == ["Hello?"]
        assert (first.requester, first.channel, first.inbox) == (second.requester, "generic", network.inbox)

    def test_what_strangers_send_is_text_whatever_it_looks_like(self, network: ProviderAccount) -> None:
        tell(network, said("m1", text="<script>alert(1)</script> \0 {{ x }} \ud83d"))
        message = Message.objects.get()
        assert message.text == "<script>alert(1)</script>  {{ x }} "
        assert "<script>" not in message.html

    @pytest.mark.parametrize(
        ("fields", "subject"),
        [
            ({"text": "", "files": [MediaRef({}, content_type="image/png")]}, "Photo"),
            ({"text": "", "files": [MediaRef({}, content_type="application/pdf")]}, "File"),
            ({"text": "", "facts": {"location": {"latitude": 1.0}}}, "Location"),
            ({"text": "word " * 100}, ("word " * 16).strip() + "…"),
        ],
    )
    def test_the_subject_says_what_came(self, network: ProviderAccount, fields: dict, subject: str) -> None:  # type: ignore[type-arg]
        tell(network, said("m1", **fields))
        assert Ticket.objects.get().subject == subject

    def test_a_solved_ticket_is_open_again_and_a_closed_one_is_followed(self, network: ProviderAccount) -> None:
        tell(network, said("m1"))
        first = Ticket.objects.get()
        actor = first.events.get(kind="message.received").actor_customer
        assert actor == first.requester
        change_status(first, Status.SOLVED, actor=SYSTEM)
        tell(network, said("m2", 60))
        first.refresh_from_db()
        assert first.status == Status.OPEN
        change_status(first, Status.SOLVED, actor=SYSTEM)
        close_long_solved(now=NOW + timedelta(days=400))
        tell(network, said("m3", 120, "Again."))
        second = Ticket.objects.exclude(pk=first.pk).get()
        assert (second.follow_up_of, second.subject) == (first, "Again.")
        assert Conversation.objects.get().ticket == second

    def test_an_answer_names_what_it_answers_whichever_came_first(self, network: ProviderAccount) -> None:
        tell(network, said("m2", 5, "The left one.", reply_to="m1"), said("m1", text="Which?"))
        assert shown(network)["m2"]["answers"] == ["m1"]

    def test_a_clock_gone_wrong_is_not_believed(self, network: ProviderAccount) -> None:
        tell(network, said("m1", -90 * 86400), said("m2", 90 * 86400))
        assert {message.created_at for message in Message.objects.all()} == {NOW}

    def test_stop_opens_no_ticket_and_stands_on_an_open_one(self, network: ProviderAccount) -> None:
        tell(network, said("m1", text="STOP", opens_ticket=False))
        assert not Ticket.objects.exists()
        tell(network, said("m2", 5), said("m3", 6, "STOP", opens_ticket=False))
        assert words(Message.objects.order_by("pk")) == ["It rattles.", "STOP"]

    def test_an_album_is_one_message_with_its_words(self, network: ProviderAccount) -> None:
        pictures = [MediaRef({"url": f"https://x.test/{n}.jpg"}, f"{n}.jpg", "image/jpeg") for n in range(3)]
        tell(
            network,
            said("m2", 2, "", album="a", files=[pictures[1]]),
            said("m1", 1, "Three of them", album="a", files=[pictures[0]]),
            said("m3", 3, "", album="a", files=[pictures[2]]),
        )
        message = Message.objects.get()
        assert (message.text, message.created_at) == ("Three of them", after(1))
        assert [each["filename"] for each in message.facts["files_missing"]] == ["0.jpg", "1.jpg", "2.jpg"]


class TestChanges:
    def test_an_edit_keeps_the_former_words(self, network: ProviderAccount) -> None:
        tell(network, said("m1"), edited("m1", 60, "It rattles loudly."))
        message = Message.objects.get()
        assert (message.text, message.html) == ("It rattles loudly.", "<p>It rattles loudly.</p>")
        assert message.facts["earlier"] == [{"text": "It rattles.", "at": after(0).isoformat()}]
        assert message.facts["edited_at"] == after(60).isoformat()
        assert TicketEvent.objects.get(kind="message.edited").actor_customer == message.author_customer

    def test_the_newest_edit_holds_and_comes_before_its_message(self, network: ProviderAccount) -> None:
        tell(network, edited("m1", 90, "Third", 2), edited("m1", 60, "Second", 1), said("m1", text="First"))
        message = Message.objects.get()
        assert message.text == "Third"
        assert [each["text"] for each in message.facts["earlier"]] == ["First", "Second"]

    def test_what_was_deleted_is_kept_as_a_former_version(self, network: ProviderAccount) -> None:
        tell(network, said("m1"), withdrawn("m1", 60))
        message = Message.objects.get()
        assert (message.text, message.html, message.ticket.preview) == ("", "", "")
        assert [each["text"] for each in message.facts["earlier"]] == ["It rattles."]
        assert message.facts["withdrawn_at"] == after(60).isoformat()
        assert TicketEvent.objects.filter(kind="message.withdrawn").count() == 1

    def test_erased_words_do_not_come_back_by_an_edit(self, network: ProviderAccount) -> None:
        tell(network, said("m1"))
        Message.objects.update(text="", html="", erased_at=NOW)
        tell(network, edited("m1", 60, "It rattles loudly."))
        assert Message.objects.get().text == ""

    def test_the_newest_reaction_of_each_person_holds(self, network: ProviderAccount) -> None:
        tell(network, said("m1"), reacted("m1", 9, "👍"), reacted("m1", 5, "👎"), reacted("m1", 9, "👍"))
        assert Message.objects.get().facts["reactions"] == [{"who": "Ada Lovelace", "emoji": "👍", "is_ours": False}]
        assert TicketEvent.objects.filter(kind="message.reacted").count() == 1
        tell(network, reacted("m1", 12, ""))
        assert Message.objects.get().facts["reactions"] == []


class TestEchoes:
    def test_what_was_written_in_the_providers_app_answers_the_ticket(self, network: ProviderAccount) -> None:
        tell(network, said("m1"), echo("e1", 60))
        ticket, reply = Ticket.objects.get(), Message.objects.get(author_role="agent")
        assert (ticket.waiting_since, ticket.status, ticket.reply_count) == (None, Status.OPEN, 1)
        assert (reply.author_name, reply.facts["is_elsewhere"], reply.delivery_state) == ("Grace", True, "")

    def test_it_opens_no_ticket_and_is_there_once_there_is_one(self, network: ProviderAccount) -> None:
        tell(network, echo("e1", 0, "Hello Ada!"))
        assert not Ticket.objects.exists()
        tell(network, said("m1", 60, "Hello."))
        assert words(Ticket.objects.get().messages.order_by("created_at")) == ["Hello Ada!", "Hello."]
        assert Ticket.objects.get().waiting_since == after(60)

    def test_the_same_echo_twice_is_one(self, network: ProviderAccount) -> None:
        tell(network, said("m1"), echo("e1", 60), echo("e1", 60))
        assert Message.objects.count() == 2


class TestPeople:
    def test_two_networks_may_have_the_same_number_for_two_people(
        self, network: ProviderAccount, support: Inbox
    ) -> None:
        other = ProviderAccount.objects.create(kind="generic", name="Other", inbox=support)
        tell(network, said("m1"))
        tell(other, said("m1"))
        assert Customer.objects.count() == 2

    def test_an_address_is_trusted_only_where_the_adapter_says_so(
        self, network: ProviderAccount, ada: Customer
    ) -> None:
        stranger = Person("u9", name="Mallory", also=(("email", "ada@example.org"),))
        tell(network, said("m1", sender=stranger))
        assert Ticket.objects.get().requester == ada

    def test_whoever_comes_by_our_link_is_the_customer_whom_we_gave_it(
        self, telegram: ProviderAccount, ada: Customer
    ) -> None:
        start = start_for(ada, now=NOW)
        tell(telegram, said("m1", sender=Person("77"), thread_key="77", start=start))
        tell(telegram, said("m2", sender=Person("88"), thread_key="88", start=start + "x"))
        first, second = Ticket.objects.order_by("pk")
        assert first.requester == ada != second.requester
        assert len(start) <= 64

    def test_letters_in_place_of_a_number_are_somebody_too(self, support: Inbox) -> None:
        texts = ProviderAccount.objects.create(kind="twilio-sms", name="Texts", inbox=support)
        tell(texts, said("m1", sender=Person("AMAZON"), thread_key="AMAZON"))
        assert Ticket.objects.get().requester.identities.get().kind == "external"

    def test_a_number_that_changed_is_the_same_person(self, telegram: ProviderAccount) -> None:
        moved = PersonMoved(after(60), "11", "22")
        tell(telegram, said("m1", sender=Person("11"), thread_key="11"), moved)
        tell(telegram, said("m2", 90, sender=Person("22"), thread_key="22"))
        tell(telegram, said("m3", 50, sender=Person("11"), thread_key="11"))
        ticket = Ticket.objects.get()
        assert ticket.messages.count() == 3
        assert {row.value for row in ticket.requester.identities.all()} == {"11", "22"}


class TestNews:
    def test_who_blocked_us_is_unreachable_until_they_write(self, network: ProviderAccount) -> None:
        tell(network, said("m1", 10), ReachChanged(after(5), "t1", "old news"))
        assert Conversation.objects.get().unreachable == ""
        tell(network, ReachChanged(after(20), "t1", "blocked us"), said("m2", 15))
        assert Conversation.objects.get().unreachable == "blocked us"
        tell(network, said("m3", 30))
        assert Conversation.objects.get().unreachable == ""

    def test_stop_and_start_hold_in_the_order_of_saying(self, support: Inbox) -> None:
        texts = ProviderAccount.objects.create(kind="twilio-sms", name="Texts", inbox=support)
        number, purposes = "+4915112345678", ("support", "outreach")
        tell(texts, ConsentTold(after(20), number, False, "STOP", purposes))
        customer = identify("phone", number).customer
        assert not may_contact(customer, "sms", "support")
        tell(texts, ConsentTold(after(10), number, True, "START", purposes))
        assert not may_contact(customer, "sms", "support")
        tell(texts, ConsentTold(after(30), number, True, "START", purposes))
        assert may_contact(customer, "sms", "support")

    def test_yes_means_nothing_where_nobody_said_no(self, support: Inbox) -> None:
        texts = ProviderAccount.objects.create(kind="twilio-sms", name="Texts", inbox=support)
        tell(texts, ConsentTold(after(1), "+4915112345678", True, "YES", ("outreach",), only_reverses=True))
        customer = identify("phone", "+4915112345678").customer
        assert not may_contact(customer, "sms", "outreach")

    def test_news_of_the_account_are_kept_the_newest_of_each(self, network: ProviderAccount) -> None:
        tell(
            network,
            AccountTold(after(9), {"quality": "red"}, "blocked"),
            AccountTold(after(5), {"quality": "green"}, ""),
        )
        network.refresh_from_db()
        assert (network.facts["quality"], network.problem) == ("red", "blocked")
        tell(network, AccountTold(after(12), problem=""))
        network.refresh_from_db()
        assert (network.facts["quality"], network.problem) == ("red", "")

    def test_a_template_has_the_newest_state(self, network: ProviderAccount) -> None:
        told = [
            TemplateTold(after(9), "1", "hello", "en", "approved"),
            TemplateTold(after(5), "1", "hello", "en", "pending"),
        ]
        tell(network, *told)
        assert MessageTemplate.objects.get().state == "approved"

    def test_a_status_may_come_before_the_call_has_returned(self, network: ProviderAccount) -> None:
        tell(network, StatusTold(after(1), "p1", "delivered"))
        assert ProviderMessage.objects.get().state == "delivered"
        tell(network, StatusTold(after(1), "p2", "teleported"))
        assert ProviderMessage.objects.count() == 1


def test_the_sender_is_who_they_were_at_first(network: ProviderAccount) -> None:
    tell(network, said("m1"), said("m2", 5, sender=ADA))
    assert Customer.objects.count() == 1
