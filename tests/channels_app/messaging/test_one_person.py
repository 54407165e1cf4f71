"""The same person on several channels: one record by proof, a question to an agent otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from channels_app.base import Person
from channels_app.chat.going_on import offer_whatsapp
from channels_app.messaging.starting import start_for, start_of_chat, word_in
from channels_app.models import Conversation, ProviderAccount
from customers.actors import SYSTEM
from customers.comparing import reason_in_words
from customers.duplicates import look_for_duplicates
from customers.erasing import erase
from customers.identities import add_identity
from customers.merging import merge, undo
from customers.models import Customer, DuplicateSuggestion, Identity, ProvedBy
from customers.privacy_jobs import run_job
from helpdesk.accounts.models import User
from tests.channels_app.messaging.telling import NOW, said, tell, words
from tickets.models import Chat, ChatState, ChatVisitor, ChatWidget, EndedBy, Inbox, Ticket
from tickets.services import Refused

NUMBER = "+4915112345678"
GRACE = Person("US.13491208655302741918", "Grace", also=(("whatsapp", "4915112345678"), ("phone", NUMBER)))


@pytest.fixture
def whatsapp(support: Inbox) -> ProviderAccount:
    return ProviderAccount.objects.create(kind="whatsapp", name="Our number", inbox=support, external_id="100")


@pytest.fixture
def telegram(support: Inbox) -> ProviderAccount:
    return ProviderAccount.objects.create(kind="telegram", name="Our bot", inbox=support)


def wrote(account: ProviderAccount, named: str = "m1", **fields: Any) -> Ticket:
    tell(account, said(named, **{"thread_key": GRACE.key, "sender": GRACE, **fields}))
    ticket = Conversation.objects.get(account=account, thread_key=fields.get("thread_key", GRACE.key)).ticket
    assert ticket
    return ticket


class TestANumber:
    def test_that_was_proved_joins(self, whatsapp: ProviderAccount, ada: Customer) -> None:
        add_identity(ada, "phone", NUMBER, actor=SYSTEM, proved_by=ProvedBy.RECEIVED)
        assert wrote(whatsapp).requester == ada
        assert set(ada.identities.values_list("kind", "value")) >= {("whatsapp", GRACE.key), ("whatsapp", NUMBER)}

    def test_that_an_agent_has_typed_is_suggested(self, whatsapp: ProviderAccount, ada: Customer) -> None:
        add_identity(ada, "phone", NUMBER, actor=SYSTEM)
        ticket = wrote(whatsapp)
        assert ticket.requester != ada
        asked = DuplicateSuggestion.objects.get()
        assert {asked.first, asked.second} == {ada, ticket.requester}
        assert reason_in_words(asked.reasons[0]) == "A messenger vouches that +49 1511 2345678 belongs to both"
        look_for_duplicates()
        asked.refresh_from_db()
        assert {reason["kind"] for reason in asked.reasons} == {"vouched", "phone"}

    def test_two_people_who_were_told_apart_stay_apart(self, whatsapp: ProviderAccount, ada: Customer) -> None:
        add_identity(ada, "phone", NUMBER, actor=SYSTEM)
        wrote(whatsapp)
        DuplicateSuggestion.objects.update(state="dismissed")
        wrote(whatsapp, "m2")
        assert DuplicateSuggestion.objects.get().state == "dismissed"


class TestALink:
    def test_known_by_nothing_else_they_become_one(self, telegram: ProviderAccount, ada: Customer) -> None:
        tell(telegram, said("m1", sender=Person("77", "A. L."), thread_key="77"))
        ticket = Ticket.objects.get()
        stranger = ticket.requester
        start = start_for(ada, now=NOW)
        tell(telegram, said("m2", 5, "/start", sender=Person("77"), thread_key="77", start=start, opens_ticket=False))
        ticket.refresh_from_db()
        stranger.refresh_from_db()
        assert (ticket.requester, stranger.merged_into) == (ada, ada)

    def test_known_by_more_an_agent_is_asked(self, telegram: ProviderAccount, ada: Customer) -> None:
        bob = Customer.objects.create(name="Bob")
        add_identity(bob, "email", "bob@example.org", actor=SYSTEM, proved_by=ProvedBy.RECEIVED_MAIL)
        add_identity(bob, "telegram", "77", actor=SYSTEM, proved_by=ProvedBy.RECEIVED)
        tell(telegram, said("m1", sender=Person("77"), thread_key="77", start=start_for(ada, now=NOW)))
        assert Ticket.objects.get().requester == bob
        asked = DuplicateSuggestion.objects.get()
        assert {asked.first, asked.second} == {ada, bob}
        assert "personal link" in reason_in_words(asked.reasons[0])

    @pytest.mark.parametrize("spoil", ["late", "other", "longer", "letters"])
    def test_that_we_did_not_sign_tells_nothing(self, telegram: ProviderAccount, ada: Customer, spoil: str) -> None:
        start = start_for(ada, now=NOW - timedelta(days=8) if spoil == "late" else NOW)
        spoilt = {"other": f"9{start}", "longer": start + "a", "letters": start.replace("_", "\ud83d")}.get(
            spoil, start
        )
        tell(telegram, said("m1", sender=Person("77"), thread_key="77", start=spoilt))
        assert Ticket.objects.get().requester != ada

    def test_it_serves_one_person(self, telegram: ProviderAccount, ada: Customer) -> None:
        start = start_for(ada, now=NOW)
        tell(telegram, said("m1", sender=Person("77"), thread_key="77", start=start))
        tell(telegram, said("m2", sender=Person("78"), thread_key="78", start=start))
        first, second = Ticket.objects.order_by("pk")
        assert (first.requester == ada, second.requester == ada) == (True, False)
        tell(telegram, said("m3", 9, sender=Person("77"), thread_key="77", start=start))
        assert first.messages.count() == 2


class TestFromAChat:
    @pytest.fixture
    def chat(self, support: Inbox) -> Chat:
        """Somebody asked something in a chat, and is known by nothing else."""
        guest = Customer.objects.create(name="Guest")
        widget = ChatWidget.objects.create(name="Shop", inbox=support, languages=["en"])
        visitor = ChatVisitor.objects.create(widget=widget, customer=guest)
        Identity.objects.create(customer=guest, kind="chat", value=str(visitor.pk), proved_by="widget_token")
        ticket = Ticket.objects.create(requester=guest, subject="Which bell?", inbox=support, channel="chat")
        return Chat.objects.create(widget=widget, visitor=visitor, ticket=ticket)

    def test_whatsapp_goes_on_with_the_same_ticket(self, whatsapp: ProviderAccount, chat: Chat) -> None:
        start = start_of_chat(chat.pk, now=NOW)
        ticket = wrote(whatsapp, text=f"Hello! ({start})", start=start)
        assert ticket == chat.ticket
        assert Ticket.objects.count() == 1
        assert ticket.requester.identities.filter(kind="phone", value=NUMBER).exists()
        assert wrote(whatsapp, "m2", text="The loud one") == ticket

    def test_an_agent_leads_there_and_the_chat_is_over_once_they_went(
        self, whatsapp: ProviderAccount, chat: Chat, grace: User
    ) -> None:
        number = "15550783881"
        ProviderAccount.objects.update(options={"number": f"+{number}"})
        ChatWidget.objects.update(whatsapp=f"+{number}")
        Chat.objects.update(state=ChatState.ACTIVE, agent=grace)
        chat = Chat.objects.select_related("widget", "ticket").get()
        lines = [offer_whatsapp(chat, user=grace) for _twice in range(2)]
        assert lines[0].seq == lines[1].seq
        assert f"https://wa.me/{number}?text=" in lines[0].text
        start = word_in(unquote(lines[0].text))
        ticket = wrote(whatsapp, text=f"Hello! ({start})", start=start)
        assert ticket == chat.ticket
        chat.refresh_from_db()
        assert (chat.state, chat.ended_by) == (ChatState.ENDED, EndedBy.VISITOR)
        assert ticket.events.filter(kind="chat.ended").exists()

    def test_there_is_no_way_on_without_a_number(self, chat: Chat, grace: User) -> None:
        with pytest.raises(Refused):
            offer_whatsapp(chat, user=grace)

    def test_of_somebody_whom_we_know_there(self, whatsapp: ProviderAccount, chat: Chat, ada: Customer) -> None:
        add_identity(ada, "phone", NUMBER, actor=SYSTEM, proved_by=ProvedBy.RECEIVED)
        wrote(whatsapp)
        start = start_of_chat(chat.pk, now=NOW)
        ticket = wrote(whatsapp, "m2", text=f"Hello! ({start})", start=start)
        assert (ticket, ticket.requester) == (chat.ticket, ada)

    def test_what_was_proved_to_be_two_stays_two(self, whatsapp: ProviderAccount, chat: Chat, ada: Customer) -> None:
        assert chat.ticket
        guest = chat.ticket.requester
        add_identity(guest, "email", "guest@example.org", actor=SYSTEM, proved_by=ProvedBy.ONE_TIME_LINK)
        add_identity(ada, "phone", NUMBER, actor=SYSTEM, proved_by=ProvedBy.RECEIVED)
        wrote(whatsapp)
        start = start_of_chat(chat.pk, now=NOW)
        ticket = wrote(whatsapp, "m2", text=f"Hello! ({start})", start=start)
        assert (ticket.requester, ticket == chat.ticket) == (ada, False)
        assert DuplicateSuggestion.objects.get().reasons[-1]["kind"] == "link"

    def test_the_subject_is_without_the_word(self, whatsapp: ProviderAccount, ada: Customer) -> None:
        start = start_for(ada, now=NOW)
        ticket = wrote(whatsapp, text=f"Hello! ({start})", start=start)
        assert ticket.subject == "Hello!"
        assert words(ticket.messages.all()) == [f"Hello! ({start})"]


class TestRecordsThatChange:
    def test_a_merge_takes_talks_along_and_its_undo_brings_them_back(
        self, whatsapp: ProviderAccount, ada: Customer
    ) -> None:
        ticket = wrote(whatsapp)
        other = ticket.requester
        done = merge(ada, other, actor=SYSTEM, confirmed=True)
        assert wrote(whatsapp, "m2").requester == ada
        undo(done, actor=SYSTEM)
        assert wrote(whatsapp, "m3").requester == other
        assert ticket.messages.count() == 3

    def test_who_was_erased_is_somebody_new(self, whatsapp: ProviderAccount) -> None:
        ticket = wrote(whatsapp)
        erased = ticket.requester
        run_job(erase(erased, actor=SYSTEM).pk)
        tell(whatsapp, said("m9", 60, "Hello again", thread_key=GRACE.key, sender=GRACE))
        newest = Ticket.objects.order_by("-pk").first()
        assert newest and newest != ticket and newest.requester not in (erased, None)
