"""What we say by WhatsApp, as the Cloud API gets it, and what its answers make of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from channels_app.adapters.whatsapp.markup import whatsapp_text
from channels_app.base import NotThere
from channels_app.models import Conversation, MessageTemplate, PartState, ProviderAccount, ProviderMedia
from channels_app.pieces import in_pieces
from channels_app.registry import adapter_of
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.graph import GraphStandIn, busy, error
from tests.channels_app.messaging.paper import picture
from tests.channels_app.meta.talks import answer, begin, deliver
from tickets.attachments import File, store, upload
from tickets.models import DeliveryState, Inbox
from tickets.services import Refused

pytestmark = pytest.mark.django_db
HIDDEN = "US.13491208655302741918"


@pytest.fixture
def talk(
    number: ProviderAccount, support: Inbox, ada: Customer, settings: Settings, graph: GraphStandIn
) -> Conversation:
    settings.UNDO_SEND_SECONDS = 0
    return begin(number, support, ada, "4915112345678", name="wamid.IN1")


def test_a_text(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    (part,) = deliver(answer(talk, grace, "<p>Oil it <strong>well</strong>.</p>"))
    (said,) = graph.said
    assert said["to"] == "4915112345678" and "recipient" not in said
    assert said["text"] == {"body": "Oil it *well*.", "preview_url": False}
    assert UUID(said["biz_opaque_callback_data"]) == part.client_key
    assert (part.state, part.external_id) == (PartState.SENT, said["id"])


def test_who_hides_the_number_is_written_to_by_id(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    Conversation.objects.filter(pk=talk.pk).update(thread_key=HIDDEN)
    deliver(answer(talk, grace))
    assert graph.said[0]["recipient"] == HIDDEN and "to" not in graph.said[0]


def test_an_answer_to_one_message(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    ticket = talk.ticket
    assert ticket
    theirs = ticket.messages.get()
    deliver(answer(talk, grace, facts={"reply_to": theirs.pk}))
    assert graph.said[0]["context"] == {"message_id": "wamid.IN1"}


def test_a_picture_takes_the_words_along(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    file = upload(grace, "oil.png", picture())
    (part,) = deliver(answer(talk, grace, attachment_ids=[file.pk]))
    (said,) = graph.said
    assert said["type"] == "image" and said["image"]["caption"] == "Oil it."
    assert graph.files[said["image"]["id"]][1] == "image/png"
    assert part.state == PartState.SENT


def test_several_files_come_after_the_words(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    files = [upload(grace, "oil.png", picture()), upload(grace, "how to.pdf", b"%PDF-1.4 oil")]
    parts = deliver(answer(talk, grace, attachment_ids=[file.pk for file in files]))
    assert [said["type"] for said in graph.said] == ["text", "image", "document"]
    assert graph.said[2]["document"]["filename"] == "how to.pdf"
    assert {part.state for part in parts} == {PartState.SENT}


def test_an_upload_that_breaks_off_has_told_nobody_anything(
    graph: GraphStandIn, talk: Conversation, grace: User
) -> None:
    graph.misbehave("/media", Answered(hangs_up=True))
    file = upload(grace, "oil.png", picture())
    (part,) = deliver(answer(talk, grace, attachment_ids=[file.pk]))
    assert part.state == PartState.WAITING and not graph.said


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (error(131047, "Re-engagement message"), PartState.FAILED),
        (error(131026, "Message undeliverable"), PartState.FAILED),
        (error(131056, "Pair rate limit hit"), PartState.WAITING),
        (busy(5), PartState.WAITING),
        (error(190, "Session has expired", status=401), PartState.WAITING),
        (error(131000, "Something went wrong", status=500), PartState.WAITING),
        (Answered(hangs_up=True), PartState.UNCERTAIN),
        (Answered(502, b"", "text/html"), PartState.UNCERTAIN),
        (Answered(200, b"<html>", "text/html"), PartState.UNCERTAIN),
    ],
)
def test_what_becomes_of_it(
    graph: GraphStandIn, talk: Conversation, grace: User, refusal: Answered, state: str
) -> None:
    graph.misbehave("/messages", refusal)
    (part,) = deliver(answer(talk, grace))
    assert (part.state, bool(part.error)) == (state, True)


def test_a_fault_that_whatsapp_does_not_explain_is_tried_once_more(
    graph: GraphStandIn, talk: Conversation, grace: User
) -> None:
    graph.misbehave("/messages", *[error(131000, "Something went wrong")] * 2)
    message = answer(talk, grace)
    (part,) = deliver(message)
    assert part.state == PartState.WAITING
    part.due_at = message.created_at
    part.save()
    (part,) = deliver(message)
    assert part.state == PartState.FAILED and message.delivery_state == DeliveryState.FAILED


def test_a_limit_that_is_nearly_reached_is_not_run_into(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    full = {"messages": [{"id": "wamid.OUT9"}]}
    graph.misbehave("/messages", Answered.of(full, X_App_Usage='{"call_count": 99, "total_time": 1}'))
    (part,) = deliver(answer(talk, grace))
    assert part.state == PartState.SENT
    talk.account.refresh_from_db()
    assert talk.account.paused_until


COMPONENTS: list[dict[str, Any]] = [
    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://x"]}},
    {
        "type": "BODY",
        "text": "Hello {{1}}, your parcel {{2}} is on its way.",
        "example": {"body_text": [["Ada", "77"]]},
    },
    {"type": "FOOTER", "text": "Acme"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Thanks"},
            {"type": "URL", "text": "Track", "url": "https://acme.example/{{1}}", "example": ["77"]},
        ],
    },
]


def template(account: ProviderAccount, components: list[dict[str, Any]], state: str = "approved") -> MessageTemplate:
    return MessageTemplate.objects.create(
        account=account, name="parcel", language="en", components=components, state=state
    )


def test_a_template_after_the_window(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    graph.closed.add(talk.thread_key)
    template(talk.account, COMPONENTS)
    given = {
        "header.image": "https://acme.example/a.png",
        "body.1": "Ada",
        "body.2": "77",
        "button.1.1": "77",
    }
    chosen = {"name": "parcel", "language": "en", "parameters": given}
    message = answer(talk, grace, "", template=chosen)
    assert "Hello Ada, your parcel 77 is on its way." in message.text
    (part,) = deliver(message)
    assert part.state == PartState.SENT
    assert graph.said[0]["template"] == {
        "name": "parcel",
        "language": {"code": "en"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://acme.example/a.png"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "77"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "77"}]},
        ],
    }


def test_named_variables(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    template(talk.account, [{"type": "BODY", "text": "Hello {{first_name}}"}])
    chosen = {"name": "parcel", "language": "en", "parameters": {"body.first_name": "Ada"}}
    deliver(answer(talk, grace, "", template=chosen))
    (component,) = graph.said[0]["template"]["components"]
    assert component["parameters"] == [{"type": "text", "parameter_name": "first_name", "text": "Ada"}]


@pytest.mark.parametrize(
    ("components", "state", "given"),
    [
        (COMPONENTS, "paused", {}),
        (COMPONENTS, "approved", {"body.1": "Ada"}),
        (COMPONENTS[:1], "approved", {"header.image": "http://acme.example/a.png"}),
        ([{"type": "CAROUSEL", "cards": []}], "approved", {}),
    ],
)
def test_templates_that_can_not_be_sent(
    talk: Conversation, grace: User, components: list[dict[str, Any]], state: str, given: dict[str, str]
) -> None:
    template(talk.account, components, state)
    with pytest.raises(Refused):
        answer(talk, grace, "", template={"name": "parcel", "language": "en", "parameters": given})


def test_reading_typing_and_reacting(graph: GraphStandIn, talk: Conversation) -> None:
    adapter = adapter_of("whatsapp")
    adapter.show_typing(talk.account, talk)
    adapter.react(talk.account, talk, "wamid.IN1", "👍")
    typing, reaction = graph.said
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1"}
    assert typing == {**read, "typing_indicator": {"type": "text"}}
    assert reaction["reaction"] == {"message_id": "wamid.IN1", "emoji": "👍"}


def test_files_are_fetched_with_our_token(graph: GraphStandIn, number: ProviderAccount) -> None:
    graph.files["8001"] = (b"a voice", "audio/ogg")
    fetched = adapter_of("whatsapp").fetch(number, ProviderMedia(ref={"id": "8001"}))
    assert (fetched.content, fetched.content_type) == (b"a voice", "audio/ogg")
    assert graph.calls[-1].headers["authorization"] == f"Bearer {graph.access_token}"


@pytest.mark.parametrize("ref", [{"id": "404"}, {"id": ""}, {"id": "../me"}, {}])
def test_files_that_are_not_there(graph: GraphStandIn, number: ProviderAccount, ref: dict[str, str]) -> None:
    with pytest.raises(NotThere):
        adapter_of("whatsapp").fetch(number, ProviderMedia(ref=ref))


def test_a_file_elsewhere_is_not_asked_for(graph: GraphStandIn, number: ProviderAccount) -> None:
    graph.misbehave("/8001", Answered.of({"url": "https://169.254.169.254/latest", "id": "8001"}))
    with pytest.raises(NotThere):
        adapter_of("whatsapp").fetch(number, ProviderMedia(ref={"id": "8001"}))


def test_the_test_of_the_connection(graph: GraphStandIn, number: ProviderAccount) -> None:
    told = adapter_of("whatsapp").probe(number)
    assert (told["quality_rating"], told["messaging_limit_tier"]) == ("GREEN", "TIER_1K")


def test_buttons_that_we_offer(graph: GraphStandIn, talk: Conversation, grace: User) -> None:
    message = answer(talk, grace)
    adapter = adapter_of("whatsapp")
    message.facts["buttons"] = [{"title": "Yes"}, {"title": "No"}]
    (two,) = adapter.split(talk.account, talk, message)
    assert two["type"] == "interactive"
    message.facts = {"location": {"latitude": 52.5, "longitude": 13.4}}
    store(File("oil.png", "image/png", picture()), message=message)
    assert [part["type"] for part in adapter.split(talk.account, talk, message)] == ["file", "location"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a <b>bold</b> <i>word</i></p>", "a *bold* _word_"),
        ("<p><b>two<br>lines </b>end</p>", "*two*\n*lines* end"),
        ("<p><b><i>both</i></b></p>", "*_both_*"),
        ("<p><b> </b>x</p>", "x"),
        ('<p>see <a href="https://a.example/x">here</a></p>', "see here <https://a.example/x>"),
        ("<p>1 &lt; 2</p>", "1 < 2"),
    ],
)
def test_whatsapps_own_signs(html: str, text: str) -> None:
    assert whatsapp_text(html) == text


def test_long_texts_are_cut_where_a_person_would() -> None:
    text = "A sentence of words. " * 500
    pieces = list(in_pieces(text, 4096))
    assert len(pieces) == 3 and all(len(piece) <= 4096 and piece.endswith(".") for piece in pieces)
    assert " ".join(pieces).split() == text.split()
    assert list(in_pieces("🙂" * 600, 1000, counts_bytes=True)) == ["🙂" * 250, "🙂" * 250, "🙂" * 100]
    assert list(in_pieces("  ", 10)) == []
