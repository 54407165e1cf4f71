"""A talk by SMS from its first text to its last status, through hook, worker, ticket and back."""

from __future__ import annotations

import random
from typing import Any

import pytest

from channels_app.models import HookPayload, HookState, PartState, ProviderAccount, ProviderMessage
from customers.actors import Actor
from customers.consent import may_contact
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.twilio import Twilio
from tests.channels_app.hooking import hear, post, send_all
from tests.channels_app.sms.conftest import ADA
from tickets.models import Channel, DeliveryState, Message, Ticket
from tickets.services import Refused, add_reply

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 0


def answer(grace: User, html: str = "<p>Open the valve.</p>") -> Message:
    return add_reply(Ticket.objects.get(), html, actor=Actor.agent(grace))


def test_a_text_its_answer_and_what_became_of_it(number: ProviderAccount, twilio: Twilio, grace: User) -> None:
    hear(number, twilio.text("The pump won't start"))
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject) == (Channel.SMS, "The pump won't start")
    assert ticket.requester.identities.get().value == ADA
    reply = answer(grace)
    send_all()
    (sent,) = twilio.texts
    assert (sent["to"], sent["body"]) == (ADA, "Open the valve.")
    reply.refresh_from_db()
    assert (reply.channel, reply.delivery_state, reply.facts["segments"]) == (Channel.SMS, DeliveryState.SENT, 1)
    told = [twilio.status_of(sent, state) for state in ("delivered", "sent", "queued", "delivered")]
    hear(number, *told)
    reply.refresh_from_db()
    assert reply.delivery_state == DeliveryState.DELIVERED
    hear(number, twilio.text("Thanks"), twilio.status_of(sent, "undelivered", code="30003"))
    reply.refresh_from_db()
    assert reply.delivery_state == DeliveryState.DELIVERED  # what is delivered stays so
    assert Ticket.objects.count() == 1


def test_a_picture_comes_along(number: ProviderAccount, twilio: Twilio) -> None:
    twilio.media = {"ME1": ("image/jpeg", JPEG)}
    hear(number, twilio.text("", media=["ME1"]))
    file = Message.objects.get().attachments.get()
    assert (file.filename, file.content_type, file.size) == ("mms-1.jpg", "image/jpeg", len(JPEG))


def test_the_same_text_twice_is_one(number: ProviderAccount, twilio: Twilio) -> None:
    call = twilio.text("Hello")
    hear(number, call, call)
    hear(number, call)
    assert Message.objects.count() == 1


def test_stop_is_honoured_start_takes_it_back_and_yes_only_then(
    number: ProviderAccount, twilio: Twilio, grace: User
) -> None:
    hear(number, twilio.text("The pump won't start"), twilio.text("YES"))
    customer = Ticket.objects.get().requester
    assert not customer.consents.exists()
    reply = answer(grace)
    hear(number, twilio.text("Stop"))
    send_all()
    reply.refresh_from_db()
    assert (reply.delivery_state, twilio.texts) == (DeliveryState.FAILED, [])  # asked at the last moment
    assert not may_contact(customer, "sms", "support")
    assert not may_contact(customer, "sms", "survey")
    with pytest.raises(Refused):
        answer(grace)
    hear(number, twilio.text("yes"))
    assert may_contact(customer, "sms", "support")
    assert not may_contact(customer, "sms", "outreach")
    evidence = customer.consents.order_by("pk").values_list("source", "is_given").distinct()
    assert set(evidence) == {("keyword", False), ("keyword", True)}


def test_a_stop_of_a_stranger_is_written_down_and_makes_no_work(number: ProviderAccount, twilio: Twilio) -> None:
    hear(number, twilio.text("STOP"))
    assert not Ticket.objects.exists()
    identity = number.conversations.get().identity
    assert identity
    assert not may_contact(identity.customer, "sms", "support")


def test_a_sender_without_a_number_is_heard_and_not_answered(
    number: ProviderAccount, twilio: Twilio, grace: User
) -> None:
    hear(number, twilio.text("Your parcel is here", sender="PARCEL"))
    assert Ticket.objects.get().subject == "Your parcel is here"
    assert number.conversations.get().unreachable
    with pytest.raises(Refused):
        answer(grace)


def test_an_unsure_text_is_settled_by_its_status(number: ProviderAccount, twilio: Twilio, grace: User) -> None:
    """Twilio took it and our call broke: its status comes back with our own key."""
    hear(number, twilio.text("The pump won't start"))
    reply = answer(grace)
    twilio.misbehave("Messages.json", Answered(hangs_up=True))
    send_all()
    part = ProviderMessage.objects.get(message=reply)
    assert part.state == PartState.UNCERTAIN
    send_all()
    assert twilio.texts == []  # never again by itself
    hear(number, twilio.status("SM99", "delivered", query=f"part={part.client_key}"))
    part.refresh_from_db()
    reply.refresh_from_db()
    assert (part.state, part.external_id) == (PartState.DELIVERED, "SM99")
    assert reply.delivery_state == DeliveryState.DELIVERED


def test_who_opted_out_at_twilio_is_unreachable_with_words(
    number: ProviderAccount, twilio: Twilio, grace: User
) -> None:
    hear(number, twilio.text("The pump won't start"))
    twilio.opted_out.add(ADA)
    reply = answer(grace)
    send_all()
    reply.refresh_from_db()
    assert (reply.delivery_state, "START" in reply.delivery_detail) == (DeliveryState.FAILED, True)
    assert number.conversations.get().unreachable


def test_what_is_wrong_is_refused_or_kept(number: ProviderAccount, twilio: Twilio) -> None:
    right = twilio.text("Hello")
    twilio.token = "0" * 32
    assert post(number, twilio.text("Hello")) == 403
    twilio.token = "0123456789abcdef0123456789abcdef"
    odd = [twilio.call({"Body": "who?"}), twilio.status("SM1", "in-orbit"), twilio.text("x", sender="whatsapp:+491")]
    hear(number, right, *odd)
    number.refresh_from_db()
    assert number.refused_count == 1
    states = list(HookPayload.objects.order_by("pk").values_list("state", flat=True))
    assert states == [HookState.APPLIED, *[HookState.UNHANDLED] * 3]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_tells_the_same(number: ProviderAccount, twilio: Twilio, grace: User, seed: int) -> None:
    hear(number, twilio.text("First", sid="SM1"))
    reply = answer(grace)
    send_all()
    (sent,) = twilio.texts
    calls = [
        twilio.text("Second", sid="SM2"),
        twilio.text("Third", sid="SM3"),
        *(twilio.status_of(sent, state) for state in ("queued", "sent", "delivered")),
    ] * 2
    random.Random(seed).shuffle(calls)
    hear(number, *calls)
    reply.refresh_from_db()
    assert reply.delivery_state == DeliveryState.DELIVERED
    said = Message.objects.filter(author_customer__isnull=False).values_list("text", flat=True)
    assert sorted(said) == ["First", "Second", "Third"]
