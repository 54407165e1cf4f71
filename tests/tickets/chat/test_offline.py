"""Words left while nobody is there: one ticket of the visitor's own record, whatever address they type."""

from __future__ import annotations

from uuid import uuid4

import pytest

from customers.models import Customer, Identity, ProvedBy
from tickets.chat.addresses import address_of, holder_of
from tickets.chat.offline import leave_message
from tickets.chat.pre_chat import WrongAnswers
from tickets.match_words import explain_match
from tickets.models import Channel, ChatMail, ChatVisitor, ChatWidget, Status, Ticket, TicketEvent
from tickets.services import Refused, reply_recipients

NEW = "byron@example.net"


def test_words_become_a_ticket_of_the_visitors_own(visitor: ChatVisitor) -> None:
    ticket = leave_message(
        visitor, "Where is my lamp?\nIt is late.", client_id=uuid4(), name="Annabella", email=NEW, language="de"
    )
    visitor.refresh_from_db()
    assert (ticket.channel, ticket.subject, ticket.status) == (Channel.CHAT, "Where is my lamp?", Status.NEW)
    assert ticket.requester == visitor.customer and ticket.team == visitor.widget.team
    assert (visitor.claimed_name, visitor.claimed_email) == ("Annabella", NEW)
    identity = Identity.objects.get(value=NEW)
    assert (identity.customer, identity.proved_by, identity.is_verified) == (visitor.customer, ProvedBy.CLAIMED, False)
    assert reply_recipients(ticket) == ([NEW], [])
    kinds = list(TicketEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[0] == "ticket.opened" and kinds.count("message.received") == 1
    ticket.requester.refresh_from_db()
    assert ticket.requester.language == "de"


def test_the_same_words_twice_are_one_ticket(visitor: ChatVisitor) -> None:
    key = uuid4()
    first = leave_message(visitor, "Hello?", client_id=key, email=NEW)
    assert leave_message(visitor, "Hello?", client_id=key, email=NEW) == first
    assert Ticket.objects.count() == 1 and ChatMail.objects.count() == 1


def test_an_address_of_somebody_else_gives_nothing_of_theirs(visitor: ChatVisitor, ada: Customer) -> None:
    ticket = leave_message(visitor, "It's me, Ada", client_id=uuid4(), email="Ada@example.org")
    assert ticket.requester != ada and not ada.tickets.exists()
    assert Identity.objects.get(value="ada@example.org").customer == ada
    assert reply_recipients(ticket)[0] == ["ada@example.org"], "an answer goes where they said"
    message = ticket.messages.get()
    assert "ada@example.org" in explain_match(message) and "nothing proves it" in explain_match(message)
    visitor.refresh_from_db()
    holder = holder_of(visitor)
    assert holder is not None and holder.customer == ada


@pytest.mark.parametrize("email", ["", "nonsense", "support@onethread.test", "a" * 250 + "@example.org"])
def test_an_address_to_answer_to_is_needed(visitor: ChatVisitor, email: str) -> None:
    ChatVisitor.objects.update(claimed_email="")
    with pytest.raises(Refused) as refusal:
        leave_message(visitor, "Hello?", client_id=uuid4(), email=email)
    assert refusal.value.field == "email"
    assert not Ticket.objects.exists() and not ChatMail.objects.exists()


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001])
def test_nothing_and_too_much_are_refused(visitor: ChatVisitor, text: str) -> None:
    with pytest.raises(Refused):
        leave_message(visitor, text, client_id=uuid4(), email=NEW)
    assert not Ticket.objects.exists()


def test_answers_stand_below_the_words(visitor: ChatVisitor, widget: ChatWidget) -> None:
    widget.fields = [
        {
            "key": "topic", "kind": "choice", "texts": {"en": {"label": "What is it about?"}}, "goes_to": "tags",
            "options": [{"value": "returns", "texts": {"en": {"label": "A return"}}}, {"value": "other", "texts": {}}],
        }
    ]  # fmt: skip
    widget.save()
    ticket = leave_message(visitor, "Hello", client_id=uuid4(), email=NEW, answers={"topic": "returns"}, language="en")
    assert ticket.messages.get().text == "Hello\n\nWhat is it about? A return"
    ticket.refresh_from_db()
    assert ticket.tags == ["returns"]
    with pytest.raises(WrongAnswers):
        leave_message(visitor, "Hello", client_id=uuid4(), email=NEW, answers={"topic": "robbery"})


def test_one_address_gets_only_so_many_mails(widget: ChatWidget) -> None:
    for _n in range(6):
        visitor = ChatVisitor.objects.create(widget=widget)
        leave_message(visitor, "Hello", client_id=uuid4(), email=NEW)
    assert Ticket.objects.count() == 6 and ChatMail.objects.count() == 4
    assert address_of(ChatVisitor.objects.select_related("customer").latest("first_seen_at")) == NEW
