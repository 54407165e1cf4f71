"""What Twilio's calls about texts tell, in the documented shapes and in odd ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from channels_app.adapters.sms.adapter import adapter
from channels_app.base import ConsentTold, Hook, MessageIn, ReachChanged, StatusTold, Unhandled
from channels_app.models import PartState, ProviderAccount
from customers.models.consent import Purpose
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.twilio import Twilio
from tests.channels_app.sms.conftest import ADA, hook_of

Tell = Callable[[HookCall], list[Any]]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[2] / "payloads/twilio"
STOPS = ["STOP", "stop", " Stop\n", "STOPALL", "unsubscribe", "CANCEL", "End", "quit", "Revoke", "OptOut"]


@pytest.fixture
def told(twilio: Twilio, number: ProviderAccount) -> Tell:
    """What a call tells; it has to be signed."""

    def tell(call: HookCall) -> list[Any]:
        hook = hook_of(twilio, call)
        assert adapter.is_signed(number, hook)
        adapter.check(number, hook)
        return list(adapter.read(number, hook, now=NOW))

    return tell


def payload(name: str, path: str = "") -> Hook:
    body = (PAYLOADS / name).read_bytes().strip()
    return Hook("POST", path, "", "", {}, body, "application/x-www-form-urlencoded")


def test_a_text(told: Tell, twilio: Twilio) -> None:
    (message,) = told(twilio.text("Grüße 😀 & <b>more</b>", sid="SM1"))
    assert isinstance(message, MessageIn)
    assert (message.external_id, message.thread_key, message.sender.key) == ("SM1", ADA, ADA)
    assert (message.text, message.files, message.opens_ticket) == ("Grüße 😀 & <b>more</b>", [], True)


def test_a_text_by_get(told: Tell, twilio: Twilio) -> None:
    fields = {"MessageSid": "SM1", "From": ADA, "To": twilio.number, "Body": "Hello & bye", "SmsStatus": "received"}
    (message,) = told(twilio.fetched(fields))
    assert message.text == "Hello & bye"


def test_pictures_are_those_that_are_there(told: Tell, twilio: Twilio) -> None:
    twilio.media = {"ME1": ("image/jpeg", b"1"), "ME2": ("text/x-vcard", b"2"), "ME3": ("application/x-new", b"3")}
    (message,) = told(twilio.text("", sid="MM1", media=["ME1", "ME2", "ME3"], NumMedia="1"))
    assert [(file.filename, file.content_type) for file in message.files] == [
        ("mms-1.jpg", "image/jpeg"),
        ("mms-2.vcf", "text/x-vcard"),
        ("mms-3", "application/x-new"),
    ]
    assert message.files[0].ref == {"url": f"{twilio.api}/Messages/MM1/Media/ME1"}


@pytest.mark.parametrize("word", STOPS)
def test_stop_takes_every_consent_back(told: Tell, twilio: Twilio, word: str) -> None:
    message, said = told(twilio.text(word, sid="SM1"))
    assert isinstance(said, ConsentTold)
    assert (said.is_given, said.only_reverses, set(said.purposes)) == (False, False, set(Purpose.values))
    assert "SM1" in said.evidence
    assert not message.opens_ticket


@pytest.mark.parametrize("words", ["Please stop the parcel", "Can I cancel my order?", "stop it", "END OF STORY", ""])
def test_a_word_in_a_sentence_stops_nothing(told: Tell, twilio: Twilio, words: str) -> None:
    (message,) = told(twilio.text(words))
    assert message.opens_ticket


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_start_brings_answers_back_and_no_news(told: Tell, twilio: Twilio, word: str) -> None:
    message, said, reach = told(twilio.text(word))
    assert (said.is_given, said.only_reverses) == (True, False)
    assert set(said.purposes) == {Purpose.SUPPORT, Purpose.SURVEY}
    assert isinstance(reach, ReachChanged)
    assert not reach.reason
    assert not message.opens_ticket


def test_yes_is_an_answer_unless_the_person_was_out(told: Tell, twilio: Twilio) -> None:
    message, said, _reach = told(twilio.text("Yes"))
    assert said.only_reverses
    assert message.opens_ticket


def test_help_is_a_request(told: Tell, twilio: Twilio) -> None:
    (message,) = told(twilio.text("HELP", OptOutType="HELP"))
    assert message.opens_ticket


def test_what_twilio_understood_counts_in_any_language(told: Tell, twilio: Twilio) -> None:
    _message, said = told(twilio.text("Arrêt", OptOutType="STOP"))
    assert not said.is_given
    _message, said, _reach = told(twilio.text("Weiter", OptOutType="START"))
    assert said.is_given


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ("accepted", PartState.SENT),
        ("queued", PartState.SENT),
        ("sent", PartState.SENT),
        ("delivered", PartState.DELIVERED),
        ("read", PartState.READ),
        ("undelivered", PartState.FAILED),
        ("canceled", PartState.FAILED),
    ],
)
def test_states(told: Tell, twilio: Twilio, state: str, part: str) -> None:
    (status,) = told(twilio.status("SM1", state, query="part=6f1c"))
    assert isinstance(status, StatusTold)
    assert (status.external_id, status.state, status.client_key) == ("SM1", part, "6f1c")


@override("en")
def test_failures_say_what_to_do(told: Tell, twilio: Twilio) -> None:
    (status,) = told(twilio.status("SM1", "undelivered", code="30006"))
    assert (status.code, status.is_unreachable) == ("30006", True)
    assert "landline" in status.error
    (status,) = told(twilio.status("SM1", "failed", code="30003"))
    assert not status.is_unreachable
    (unknown,) = told(twilio.status("SM1", "failed", code="31337", ErrorMessage="Something new"))
    assert "Something new" in unknown.error
    (delivered,) = told(twilio.status("SM1", "delivered", code="30003"))  # a code that came along
    assert (delivered.code, delivered.error) == ("", "")


def test_a_status_at_the_address_for_texts_is_a_status(told: Tell, twilio: Twilio) -> None:
    call = twilio.status("SM1", "delivered")
    fields = twilio.call({"MessageSid": "SM1", "SmsStatus": "delivered", "MessageStatus": "delivered"})
    assert call.path == "status/"
    (status,) = told(fields)
    assert isinstance(status, StatusTold)


def test_what_is_not_for_this_number_is_kept_and_not_read(told: Tell, twilio: Twilio, number: ProviderAccount) -> None:
    odd = [
        twilio.text("Hello", To="+15005550007"),
        twilio.text("Hello", sender="whatsapp:+491701234567"),
        twilio.text("Hello", From=""),
        twilio.call({"Body": "Hello"}),
        twilio.status("SM1", "in-orbit"),
        twilio.status("", "delivered"),
        twilio.call({"something": "else"}, path="status/"),
    ]
    for call in odd:
        (unread,) = told(call)
        assert isinstance(unread, Unhandled)
    number.options["messaging_service_sid"] = "MG1"
    (message,) = told(twilio.text("Hello", To="+15005550007", MessagingServiceSid="MG1"))
    assert isinstance(message, MessageIn)  # another number of the same service


def test_letters_in_place_of_a_number_and_hidden_fields(told: Tell, twilio: Twilio) -> None:
    message, reach = told(twilio.text("Your parcel is here", sender="PARCEL", Unknown="1", **{"Media\x00": "2"}))
    assert message.thread_key == reach.thread_key == "PARCEL"
    assert reach.reason


def test_the_documented_payloads(number: ProviderAccount) -> None:
    (message,) = adapter.read(number, payload("sms_in.form"), now=NOW)
    assert isinstance(message, MessageIn)
    assert message.external_id == "SM2ef8732a8c9d4b7ab1e0c5d3f6a79b10"
    assert message.text == "Hello! The pump won't start — what now?"
    (picture,) = adapter.read(number, payload("mms_in.form"), now=NOW)
    assert isinstance(picture, MessageIn)
    assert [file.content_type for file in picture.files] == ["image/jpeg"]
    (status,) = adapter.read(number, payload("status_undelivered.form", "status"), now=NOW)
    assert isinstance(status, StatusTold)
    assert (status.state, status.code) == (PartState.FAILED, "30005")
    _message, said = adapter.read(number, payload("stop_advanced.form"), now=NOW)
    assert isinstance(said, ConsentTold)
    assert not said.is_given
