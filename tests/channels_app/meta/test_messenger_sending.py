"""What we say by Messenger and Instagram, as the Graph gets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.base import NotThere
from channels_app.models import Conversation, PartState, ProviderMedia, ProviderMessage
from channels_app.registry import adapter_of
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered
from helpdesk.demo.stand_ins.graph import GraphStandIn, error
from tests.channels_app.messaging.paper import picture
from tests.channels_app.meta.accounts import account_of
from tests.channels_app.meta.talks import answer, begin, deliver
from tickets.attachments import upload
from tickets.models import Inbox
from tickets.services import Refused

pytestmark = pytest.mark.django_db
PERSON = "25000000000000001"


@pytest.fixture
def support_inbox(support: Inbox, settings: Settings) -> Inbox:
    settings.UNDO_SEND_SECONDS = 0
    return support


def talk_on(
    graph: GraphStandIn, inbox: Inbox, ada: Customer, kind: str = "messenger", key: str = PERSON, **more: Any
) -> Conversation:
    hours_ago = more.pop("hours_ago", 0.1)
    return begin(account_of(graph, kind, **more), inbox, ada, key, hours_ago=hours_ago, name="m_IN1")


def test_an_answer_within_the_day(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada)
    (part,) = deliver(answer(talk, grace))
    (said,) = graph.said
    assert said["recipient"] == {"id": PERSON} and said["messaging_type"] == "RESPONSE" and "tag" not in said
    assert said["message"] == {"text": "Oil it.", "metadata": str(part.client_key)}
    assert (part.state, part.external_id) == (PartState.SENT, said["id"])
    assert graph.calls[-1].bare_path == f"/{graph.page_id}/messages"


def test_after_it_only_what_a_person_writes(
    graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User
) -> None:
    talk = talk_on(graph, support_inbox, ada, has_human_agent=True, hours_ago=30)
    graph.closed.add(PERSON)
    message = answer(talk, grace)
    (part,) = deliver(message)
    assert part.state == PartState.SENT
    assert (graph.said[0]["messaging_type"], graph.said[0]["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    message.is_automatic = True
    message.save()
    ProviderMessage.objects.filter(pk=part.pk).update(
        state=PartState.WAITING,
        due_at=timezone.now() - timedelta(seconds=1),
        body={"type": "text", "text": "By a rule"},
    )
    (part,) = deliver(message)
    assert part.state == PartState.FAILED and len(graph.said) == 1


def test_without_metas_permission_the_day_is_all(
    graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User
) -> None:
    talk = talk_on(graph, support_inbox, ada, hours_ago=30)
    with pytest.raises(Refused):
        answer(talk, grace)
    assert adapter_of("messenger").can(talk).human_window is None


def test_after_a_week_nothing(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada, has_human_agent=True, hours_ago=8 * 24)
    with pytest.raises(Refused):
        answer(talk, grace)


def test_text_and_files_are_messages_of_their_own(
    graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User
) -> None:
    talk = talk_on(graph, support_inbox, ada)
    files = [upload(grace, "oil.png", picture()), upload(grace, "how.pdf", b"%PDF-1.4 oil")]
    parts = deliver(answer(talk, grace, attachment_ids=[file.pk for file in files]))
    assert [part.state for part in parts] == [PartState.SENT] * 3
    text, image, document = (said["message"] for said in graph.said)
    assert text["text"] == "Oil it."
    assert (image["attachment"]["type"], document["attachment"]["type"]) == ("image", "file")
    assert graph.files[image["attachment"]["payload"]["attachment_id"]][1] == "image/png"


def test_instagram(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada, "instagram", login="instagram")
    file = upload(grace, "oil.png", picture())
    deliver(answer(talk, grace, attachment_ids=[file.pk]))
    assert graph.said[0]["message"] == {"text": "Oil it."}
    assert {call.bare_path for call in graph.calls} == {
        f"/{graph.ig_id}/messages",
        f"/{graph.ig_id}/message_attachments",
    }
    uploaded = next(call for call in graph.calls if "attachments" in call.path)
    assert b'name="platform"\r\n\r\ninstagram' in uploaded.body and "appsecret_proof" not in uploaded.path


def test_instagram_behind_a_page(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada, "instagram", login="facebook")
    deliver(answer(talk, grace))
    assert graph.calls[-1].bare_path == "/me/messages" and "appsecret_proof" in graph.calls[-1].path


def test_instagram_counts_bytes(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada, "instagram")
    with pytest.raises(Refused):
        answer(talk, grace, f"<p>{'ü' * 501}</p>")
    (part,) = deliver(answer(talk, grace, f"<p>{'ü' * 500}</p>"))
    assert part.state == PartState.SENT


@pytest.mark.parametrize(("kind", "edge"), [("messenger", "comments"), ("instagram", "replies")])
def test_comments_are_answered_below_them(
    graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User, kind: str, edge: str
) -> None:
    talk = talk_on(graph, support_inbox, ada, kind, f"post:900:{PERSON}", hours_ago=400)
    (part,) = deliver(answer(talk, grace))
    assert graph.calls[-1].bare_path == f"/m_IN1/{edge}" and graph.said[0]["message"] == "Oil it."
    assert (part.state, part.external_id) == (PartState.SENT, graph.said[0]["id"])
    assert not adapter_of(kind).can(talk).files_per_message


def test_a_comment_that_was_deleted(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada, key=f"post:900:{PERSON}")
    graph.gone.add("m_IN1")
    (part,) = deliver(answer(talk, grace))
    assert part.state == PartState.FAILED
    talk.account.refresh_from_db()
    assert talk.account.problem == ""


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (error(10, "Outside of allowed window", subcode=2018278), PartState.FAILED),
        (error(613, "Calls to this api have exceeded the rate limit."), PartState.WAITING),
        (error(190, "Session has expired", status=401), PartState.WAITING),
        (Answered(hangs_up=True), PartState.UNCERTAIN),
        (Answered.of({"recipient_id": PERSON}), PartState.UNCERTAIN),
    ],
)
def test_what_becomes_of_it(
    graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User, refusal: Answered, state: str
) -> None:
    talk = talk_on(graph, support_inbox, ada)
    graph.misbehave("/messages", refusal)
    (part,) = deliver(answer(talk, grace))
    assert part.state == state


def test_who_has_blocked_us(graph: GraphStandIn, support_inbox: Inbox, ada: Customer, grace: User) -> None:
    talk = talk_on(graph, support_inbox, ada)
    graph.gone.add(PERSON)
    (part,) = deliver(answer(talk, grace))
    talk.refresh_from_db()
    assert part.state == PartState.FAILED and talk.unreachable


def test_reading_typing_and_reacting(graph: GraphStandIn, support_inbox: Inbox, ada: Customer) -> None:
    talk, adapter = talk_on(graph, support_inbox, ada), adapter_of("messenger")
    adapter.show_typing(talk.account, talk)
    adapter.react(talk.account, talk, "m_IN1", "❤️")
    adapter.react(talk.account, talk, "m_IN1", "")
    assert [said["sender_action"] for said in graph.said] == ["mark_seen", "typing_on", "react", "unreact"]
    assert graph.said[2]["payload"] == {"message_id": "m_IN1", "reaction": "love"}


def test_files_come_from_metas_hosts_alone(graph: GraphStandIn) -> None:
    adapter, page = adapter_of("messenger"), account_of(graph, "messenger")
    graph.files["photo.png"] = (b"a picture", "image/png")
    here = ProviderMedia(ref={"url": f"{_address(graph)}/cdn/photo.png"})
    assert adapter.fetch(page, here).content == b"a picture"
    assert "authorization" not in graph.calls[-1].headers
    for url in ("https://example.com/a.png", "https://fbcdn.net.example/a.png", "http://10.0.0.1/", "", "x"):
        with pytest.raises(NotThere):
            adapter.fetch(page, ProviderMedia(ref={"url": url}))


def _address(graph: GraphStandIn) -> str:
    adapter_of("messenger").probe(account_of(graph, "messenger"))
    return f"http://{graph.calls[-1].headers['host']}"


def test_the_test_of_the_connection(graph: GraphStandIn) -> None:
    for kind in ("messenger", "instagram"):
        assert adapter_of(kind).probe(account_of(graph, kind)) == {"name": "Acme Ltd.", "username": "acme"}
