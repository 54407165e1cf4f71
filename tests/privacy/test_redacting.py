"""Words taken out of a message are gone from every place that repeats them; what happened is told without them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from channels_app import inbound
from channels_app.inbound import reprocess
from channels_app.models import ChannelAccount, Delivery, InboundPayload
from customers.actors import Actor
from customers.models import Customer, PrivacyEntry
from helpdesk.accounts.models import User
from tests.channels_app.letters import letter, receive, store, with_file
from tests.integrations.receiver import Receiver
from tests.privacy import seeding
from tests.privacy.seeding import NAME, WORDS, found
from tickets import services
from tickets.insights import board
from tickets.models import Attachment, Excerpt, Inbox, Message, Ticket, TicketEvent
from tickets.search import upkeep
from tickets.services import Refused, redact_message
from tickets.unused_files import delete_unused

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(support: Inbox, grace: User, radia: User, receiver: Receiver, other: Customer) -> Message:
    """The person's first mail, of a ticket with everything on it."""
    person = seeding.seed(support, grace, radia, receiver.url, other)
    return Message.objects.filter(author_customer=person).order_by("pk")[0]


def test_the_words_are_found_nowhere_afterwards(first: Message, grace: User) -> None:
    quoted = f"<p>You wrote <b>{WORDS['mailbody']}</b> rattles, says {NAME}.</p>"
    services.add_reply(first.ticket, quoted, actor=Actor.agent(grace))
    services.save_draft(first.ticket, "reply", quoted, user=grace, version=99)
    upkeep.learn_words()
    passage = f"{WORDS['mailbody']} rattles"
    assert len(list(found([WORDS["mailbody"]]))) > 6
    redact_message(first, [passage], actor=Actor.agent(grace))
    assert list(found([WORDS["mailbody"]])) == []
    message = Message.objects.get(pk=first.pk)
    assert message.text.startswith(f"▇▇▇, says {NAME}.")
    assert WORDS["mailquote"] in message.quoted_text + message.text


def test_the_event_tells_how_much_and_never_what(first: Message, grace: User) -> None:
    services.redact_message(first, [WORDS["mailbody"], WORDS["mailquote"]], actor=Actor.agent(grace))
    event = TicketEvent.objects.get(kind="message.redacted")
    assert event.payload == {"message_id": first.pk, "passages": 2, "files": 0, "elsewhere": 0}
    entry = PrivacyEntry.objects.get(kind="message.redacted")
    assert (entry.actor_user, entry.ticket_number, entry.customer_number) == (
        grace, first.ticket_id, first.author_customer_id,
    )  # fmt: skip
    assert entry.data == {"message": first.pk, "passages": 2, "files": 0}


def test_sources_are_removed_and_say_so(first: Message, grace: User) -> None:
    redact_message(first, [WORDS["mailbody"]], actor=Actor.agent(grace))
    payload = InboundPayload.objects.get(message=first)
    assert (bytes(payload.raw), payload.state) == (b"", "applied")
    assert "redacted" in payload.reason
    assert not Delivery.objects.filter(message__ticket=first.ticket_id).exclude(raw=None).exists()


def test_a_file_is_removed_and_its_place_says_by_whom(first: Message, grace: User, client: Client) -> None:
    file = first.attachments.get()
    redact_message(first, [], actor=Actor.agent(grace), attachment_ids=[file.pk])
    delete_unused()
    assert list(found([WORDS["filebytes"], WORDS["filename"]])) == []
    file.refresh_from_db()
    assert (file.removed_by, file.filename, bool(file.removed_at)) == ("Grace Hopper", "", True)
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{first.ticket_id}/").content.decode()
    assert "File removed" in page and "by Grace Hopper" in page
    assert client.get(f"/agent/attachments/{file.pk}/x.txt").status_code == 404


def test_what_the_product_team_reads_is_redacted_too(adas_ticket: Ticket, grace: User) -> None:
    said = Message.objects.get(ticket=adas_ticket)
    topic = board.create_topic("Quieter engines", by=grace)
    board.share_feedback(topic, adas_ticket.requester, "rattles when it multiplies", by=grace, message=said)
    redact_message(said, ["rattles when"], actor=Actor.agent(grace))
    assert Excerpt.objects.get().words == "▇▇▇ it multiplies"


def test_sources_of_copies_and_of_moved_messages_are_removed(support: Inbox, grace: User, ada: Customer) -> None:
    sales = Inbox.objects.create(name="Sales", address="sales@onethread.test", team=support.team)
    ChannelAccount.objects.get_or_create(inbox=sales)
    store(letter("My card is 4111 1111 1111 1111.", Cc="sales@onethread.test"), support, sales)
    inbound.drain()
    said = Message.objects.get(text__contains="4111")
    there = services.open_ticket(ada, "Other", inbox=support, channel="email", actor=Actor.agent(grace))
    services.join_message(said, there, actor=Actor.agent(grace))
    said.refresh_from_db()
    assert len([row for row in InboundPayload.objects.all() if b"4111" in bytes(row.raw)]) == 2
    redact_message(said, ["4111 1111 1111 1111"], actor=Actor.agent(grace))
    assert not [row for row in InboundPayload.objects.all() if b"4111" in bytes(row.raw)]


def test_a_held_mail_that_repeats_the_words_is_removed(adas_ticket: Ticket, support: Inbox, grace: User) -> None:
    held = receive(letter("You wrote: it rattles when it multiplies", Auto_Submitted="auto-replied"), support)
    InboundPayload.objects.filter(pk=held.pk).update(state="held", ticket=adas_ticket, message=None)
    said = Message.objects.filter(ticket=adas_ticket).order_by("pk")[0]
    redact_message(said, ["rattles when"], actor=Actor.agent(grace))
    held.refresh_from_db()
    assert (bytes(held.raw), held.state) == (b"", "refused")
    assert not reprocess(held)


def test_the_mails_of_a_removed_file_are_removed(support: Inbox, grace: User, ada: Customer) -> None:
    for _time in range(2):
        receive(with_file("passport.bin", b"passport number L01X00T47"), support)
    one, two = Message.objects.order_by("pk")
    if two.ticket_id != one.ticket_id:
        services.join_message(two, one.ticket, actor=Actor.agent(grace))
    redact_message(one, [], actor=Actor.agent(grace), attachment_ids=[one.attachments.get().pk])
    assert not [row for row in InboundPayload.objects.all() if b"L01X00T47" in bytes(row.raw)]


def test_bytes_that_another_message_shares_stay(first: Message, grace: User, other: Customer) -> None:
    file = first.attachments.get()
    elsewhere = Message.objects.filter(ticket__requester=other)[0]
    Attachment.objects.create(
        message=elsewhere, file=file.file.name, filename="same.txt", size=file.size, sha256=file.sha256
    )
    redact_message(first, [], actor=Actor.agent(grace), attachment_ids=[file.pk])
    delete_unused()
    assert {place for place, _word in found([WORDS["filebytes"]])} == {"storage"}


@pytest.mark.parametrize("passages", [[], ["   "], ["nowhere in it"], ["x" * 30_000], ["a"] * 60])
def test_what_can_not_be_redacted_is_refused_and_nothing_changes(
    first: Message, grace: User, passages: list[str]
) -> None:
    before = Message.objects.filter(ticket=first.ticket).values_list("text", "html")
    kept = list(before)
    with pytest.raises(Refused):
        redact_message(first, [*passages], actor=Actor.agent(grace))
    assert list(before.all()) == kept
    assert not TicketEvent.objects.filter(kind="message.redacted").exists()


def test_short_words_are_redacted_in_the_chosen_message_only(adas_ticket: Ticket, grace: User) -> None:
    note = services.add_note(adas_ticket, "<p>PIN 4711 and 47112</p>", actor=Actor.agent(grace))
    again = services.add_note(adas_ticket, "<p>Box 4711</p>", actor=Actor.agent(grace))
    redact_message(note, ["4711"], actor=Actor.agent(grace))
    note.refresh_from_db()
    again.refresh_from_db()
    assert (note.text, again.text) == ("PIN ▇▇▇ and ▇▇▇2", "Box 4711")


def test_a_reply_that_waits_goes_out_redacted(adas_ticket: Ticket, grace: User) -> None:
    reply = services.add_reply(adas_ticket, "<p>Your secret is plover-egg</p>", actor=Actor.agent(grace))
    redact_message(reply, ["plover-egg"], actor=Actor.agent(grace))
    seeding.send(reply)
    assert "plover-egg" not in seeding.decoded_bytes(Delivery.objects.get(message=reply))


def post(client: Client, message: Message, **data: Any) -> Any:
    return client.post(f"/agent/messages/{message.pk}/redactions/", data)


def test_by_form(adas_ticket: Ticket, grace: User, linus: User, client: Client) -> None:
    message = adas_ticket.messages.get()
    client.force_login(linus)
    assert post(client, message, words="rattles").status_code == 403
    client.force_login(grace)
    answer = post(client, message, words="not there")
    assert (answer.status_code, "not in the message" in answer.content.decode()) == (422, True)
    assert post(client, message, words="rattles\nmultiplies", passage="It").status_code == 302
    message.refresh_from_db()
    assert message.text == "▇▇▇ ▇▇▇ when ▇▇▇ ▇▇▇.\n\nAda"


def test_a_card_number_is_pointed_out(adas_ticket: Ticket, grace: User, client: Client) -> None:
    message = adas_ticket.messages.get()
    Message.objects.filter(pk=message.pk).update(text="My card: 4111 1111 1111 1111")
    client.force_login(grace)
    assert "number of a payment card" in client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    form = client.get(f"/agent/messages/{message.pk}/redactions/?cards=1").content.decode()
    assert ">4111 1111 1111 1111</textarea>" in form.replace("\n", "")
