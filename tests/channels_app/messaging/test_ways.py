"""The ways of an answer in the composer: which there are, what is said of them, and what the form makes of a choice."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.base import TryLater
from channels_app.messaging import sending
from channels_app.messaging.typing import show_typing
from channels_app.models import Conversation, Direction, MessageTemplate, ProviderAccount, ProviderMessage
from customers.actors import SYSTEM
from customers.consent import set_consent
from customers.models import ContactChannel, Customer, Identity, IdentityKind, Purpose
from helpdesk.accounts.models import User
from tests.channels_app.messaging.conftest import NUMBER, says
from tests.channels_app.messaging.paper import Paper
from tickets.models import Attachment, Channel, Draft, Message, Ticket
from tickets.routes import routes_of

BODY = {"type": "BODY", "text": "Hello {{1}}, your parcel comes on {{2}}."}


@pytest.fixture
def desk(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


@pytest.fixture
def template(account: ProviderAccount) -> MessageTemplate:
    return MessageTemplate.objects.create(
        account=account, name="delivery", language="en", components=[BODY], state="approved"
    )


def send(desk: Client, ticket: Ticket, **fields: object) -> Message:
    answer = desk.post(f"/agent/tickets/{ticket.pk}/messages/", {"mode": "reply", "body": "Oil it.", **fields})
    assert answer.status_code == HTTPStatus.FOUND, answer.content
    return ticket.messages.order_by("-pk").first() or pytest.fail("nothing was sent")


def refused(desk: Client, ticket: Ticket, **fields: object) -> tuple[str, str]:
    answer = desk.post(
        f"/agent/tickets/{ticket.pk}/messages/", {"mode": "reply", "body": "Oil it.", **fields}, HTTP_HX_REQUEST="true"
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    return answer.json()["field"], answer.json()["detail"]


def test_a_house_without_accounts_pays_no_statement(desk: Client, adas_ticket: Ticket) -> None:
    desk.get(f"/agent/tickets/{adas_ticket.pk}/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = desk.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
    assert "channels_app" not in " ".join(query["sql"] for query in asked.captured_queries)
    assert 'name="route"' not in page and "messaging" not in page


def test_the_page_offers_where_the_customer_wrote_and_says_how_long(
    post: Paper, desk: Client, ticket: Ticket, talk: Conversation
) -> None:
    page = desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert f'<option value="c{talk.pk}"' in page and 'data-limit="160"' in page
    assert "Open for 23 hours; after that choose a template." in page.replace("\xa0", " ")
    assert '<option value="email"' in page


def test_the_composer_says_who_has_refused_the_channel(
    post: Paper, desk: Client, ticket: Ticket, talk: Conversation, ada: Customer
) -> None:
    for is_given in (False, True):
        set_consent(ada, ContactChannel.WHATSAPP, Purpose.SUPPORT, is_given, actor=SYSTEM)
        set_consent(ada, ContactChannel.SMS, Purpose.SUPPORT, not is_given, actor=SYSTEM)
        set_consent(ada, ContactChannel.WHATSAPP, Purpose.OUTREACH, not is_given, actor=SYSTEM)
        page = desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()
        assert ("does not want to be written to by WhatsApp" in page) is not is_given


def test_the_choice_of_the_form_is_obeyed(post: Paper, desk: Client, ticket: Ticket, talk: Conversation) -> None:
    by_mail = send(desk, ticket, route="email", to="ada@example.org")
    assert (by_mail.channel, by_mail.to) == (Channel.EMAIL, ["ada@example.org"])
    there = send(desk, ticket, route=f"c{talk.pk}", to="ada@example.org")
    assert (there.channel, there.to) == (Channel.WHATSAPP, [NUMBER])
    assert refused(desk, ticket, route="c0")[0] == "route"


def test_one_message_is_answered_by_itself(post: Paper, desk: Client, ticket: Ticket, talk: Conversation) -> None:
    theirs = ProviderMessage.objects.get(external_id="in-1")
    answer = send(desk, ticket, route=f"c{talk.pk}", answers=theirs.message_id)
    assert answer.facts["reply_to"] == theirs.message_id
    assert ProviderMessage.objects.get(message=answer).reply_to == "in-1"
    page = desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert f'href="#m{theirs.message_id}"' in page
    other = send(desk, ticket, route=f"c{talk.pk}", body="Again.", answers=answer.pk + 1000)
    assert "reply_to" not in other.facts


def test_a_picture_is_quoted_by_its_name(post: Paper, desk: Client, ticket: Ticket, talk: Conversation) -> None:
    """Who answers a picture sees which, before and after."""
    theirs = ProviderMessage.objects.get(external_id="in-1").message
    assert theirs
    Attachment.objects.create(message=theirs, filename="<rust>.jpg", size=3, sha256="0" * 64, file="rust.jpg")
    Message.objects.filter(pk=theirs.pk).update(text="", html="")
    page = desk.get(f"/agent/tickets/{ticket.pk}/?answers={theirs.pk}").content.decode()
    assert '<span class="clip">&lt;rust&gt;.jpg</span>' in page
    send(desk, ticket, route=f"c{talk.pk}", answers=theirs.pk)
    assert "</bdi></b> &lt;rust&gt;.jpg</span></a>" in desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()


def test_a_template_carries_on_when_the_window_is_over(
    post: Paper, desk: Client, ticket: Ticket, talk: Conversation, template: MessageTemplate
) -> None:
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    key = f"c{talk.pk}"
    assert "data-needs-template" in desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert refused(desk, ticket, route=key)[0] == "route"
    page = desk.get(f"/agent/tickets/{ticket.pk}/templates/?route={key}", HTTP_HX_REQUEST="true").content.decode()
    assert 'name="var.body.1"' in page and "your parcel comes on" in page
    wish = {"route": key, "template": "delivery|en", "body": "", "var.body.1": "Ada", "var.body.2": "<Tuesday>"}
    assert refused(desk, ticket, **{**wish, "var.body.2": ""}) == ("template", "Fill in {{2}}.")
    message = send(desk, ticket, **wish)
    assert message.text.strip() == "Hello Ada, your parcel comes on <Tuesday>."
    assert message.facts["template"]["parameters"] == [
        {"part": "body", "key": "1", "text": "Ada"},
        {"part": "body", "key": "2", "text": "<Tuesday>"},
    ]
    assert sending.deliver(ProviderMessage.objects.get(message=message).pk)
    MessageTemplate.objects.update(state="paused")
    assert refused(desk, ticket, **wish)[0] == "template"


def test_a_page_without_scripts_has_templates_too(
    post: Paper, desk: Client, ticket: Ticket, template: MessageTemplate
) -> None:
    listed = desk.get(f"/agent/tickets/{ticket.pk}/templates/").content.decode()
    assert "template=delivery%7Cen" in listed
    page = desk.get(f"/agent/tickets/{ticket.pk}/templates/?template=delivery|en").content.decode()
    assert 'name="template"' in page and f'action="/agent/tickets/{ticket.pk}/messages/"' in page


def test_we_may_begin_at_a_number_that_we_know(
    post: Paper, desk: Client, adas_ticket: Ticket, ada: Customer, account: ProviderAccount, template: MessageTemplate
) -> None:
    Identity.objects.create(customer=ada, kind=IdentityKind.WHATSAPP, value=NUMBER)
    (route,) = routes_of(adas_ticket)
    assert (route.conversation, route.takes_words(timezone.now())) == (0, False)
    wish = {"template": "delivery|en", "body": "", "var.body.1": "Ada", "var.body.2": "Tuesday"}
    message = send(desk, adas_ticket, route=route.key, **wish)
    begun = Conversation.objects.get(account=account)
    assert (begun.thread_key, message.facts["conversation"]) == (NUMBER.removeprefix("+"), begun.pk)
    sending.deliver(ProviderMessage.objects.get(message=message).pk)
    begun.refresh_from_db()
    assert begun.ticket == adas_ticket


def test_who_writes_opens_the_window_of_the_page_that_is_open(
    post: Paper, desk: Client, ticket: Ticket, talk: Conversation
) -> None:
    Conversation.objects.update(last_inbound_at=None)
    address = f"/agent/tickets/{ticket.pk}/ways/"
    assert "data-needs-template" in desk.get(address).content.decode()
    Conversation.objects.update(last_inbound_at=timezone.now())
    assert "data-needs-template" not in desk.get(address).content.decode()


def test_a_reaction_is_given_and_taken_back(post: Paper, desk: Client, ticket: Ticket, talk: Conversation) -> None:
    message = ProviderMessage.objects.get(external_id="in-1").message
    assert message is not None
    address = f"/agent/messages/{message.pk}/reaction/"
    assert "👍" in desk.get(address, HTTP_HX_REQUEST="true").content.decode()
    for emoji in ("👍", "🙏", ""):
        assert desk.post(address, {"emoji": emoji}, HTTP_HX_REQUEST="true").status_code == HTTPStatus.NO_CONTENT
        message.refresh_from_db()
        assert [each["emoji"] for each in message.facts["reactions"]] == ([emoji] if emoji else [])
    assert post.reacted == [("in-1", "👍"), ("in-1", "🙏"), ("in-1", "")]
    assert desk.post(address, {"emoji": "<b>"}, HTTP_HX_REQUEST="true").status_code == HTTPStatus.CONFLICT


def test_what_strangers_give_is_never_markup(post: Paper, desk: Client, ticket: Ticket, talk: Conversation) -> None:
    evil = "<script>alert(1)</script>"
    part = says(talk, evil, "in-2")
    facts = {
        "conversation": talk.pk,
        "location": {"latitude": 1.5, "longitude": 2, "name": evil, "address": evil},
        "contacts": [{"name": evil, "phones": [evil], "emails": [evil]}],
        "reactions": [{"who": evil, "emoji": evil, "is_ours": False}],
        "files_missing": [{"filename": evil, "reason": evil, "state": "failed"}],
        "buttons": [{"title": evil}],
        "earlier": [{"text": evil, "at": "2026-01-01T10:00:00+00:00"}],
        "post_url": "javascript:alert(1)",
        "template": {"name": evil},
    }
    assert part.message_id
    Message.objects.filter(pk=part.message_id).update(facts=facts)
    page = desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert evil not in page and "javascript:alert" not in page
    assert "openstreetmap.org/?mlat=1.5" in page and "&lt;script&gt;" in page


def test_light_agents_and_strangers_do_nothing_there(
    post: Paper, client: Client, ticket: Ticket, talk: Conversation, linus: User
) -> None:
    client.force_login(linus)
    message = ProviderMessage.objects.get(external_id="in-1", direction=Direction.IN).message_id
    for address in (f"/agent/messages/{message}/reaction/", f"/agent/tickets/{ticket.pk}/templates/"):
        assert client.get(address).status_code == HTTPStatus.FORBIDDEN


def test_a_conversation_is_begun_with_a_template(
    post: Paper, desk: Client, account: ProviderAccount, template: MessageTemplate
) -> None:
    address = f"/agent/new/message/?account={account.pk}"
    assert address in desk.get("/agent/new/").content.decode()
    assert "template=delivery%7Cen" in desk.get(address).content.decode()
    assert 'name="var.body.1"' in desk.get(f"{address}&template=delivery|en").content.decode()
    wish = {
        "number": "+49 151 12345678", "name": "Ada", "subject": "Parcel", "template": "delivery|en",
        "var.body.1": "Ada", "submit_key": str(uuid4()),
    }  # fmt: skip
    missing = desk.post(address, wish)
    assert missing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "Fill in {{2}}." in missing.content.decode()
    assert not Ticket.objects.exists()
    for _twice in range(2):
        begun = desk.post(address, {**wish, "var.body.2": "Tuesday"})
        assert begun.status_code == HTTPStatus.FOUND
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.inbox, str(ticket.requester)) == (Channel.WHATSAPP, account.inbox, "Ada")
    part = ProviderMessage.objects.get()
    assert sending.deliver(part.pk)
    assert post.said == ["Hello Ada, your parcel comes on Tuesday."]
    again = desk.post(address, {**wish, "var.body.2": "Friday", "submit_key": str(uuid4())})
    assert f"on ticket #{ticket.pk} already" in again.content.decode()
    wrong = desk.post(address, {**wish, "number": "call me", "submit_key": str(uuid4())})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_conversation_is_begun_in_own_words_where_the_channel_lets_us(
    post: Paper, desk: Client, account: ProviderAccount
) -> None:
    post.now_can(window=None, has_templates=False)
    address = f"/agent/new/message/?account={account.pk}"
    wish = {"number": NUMBER, "subject": "Parcel", "body": "Hello!\nIt has come."}
    assert desk.post(address, wish).status_code == HTTPStatus.FOUND
    assert ProviderMessage.objects.get().body == {"text": "Hello!\nIt has come."}
    post.now_can(starts=False)
    assert desk.get(address).status_code == HTTPStatus.NOT_FOUND


def test_a_template_that_is_taken_back_is_chosen_again_and_no_draft(
    post: Paper, desk: Client, ticket: Ticket, talk: Conversation, template: MessageTemplate, settings: Settings
) -> None:
    settings.UNDO_SEND_SECONDS = 10
    wish = {"route": f"c{talk.pk}", "template": "delivery|en", "var.body.1": "Ada", "var.body.2": "Tuesday"}
    message = send(desk, ticket, **wish)
    answer = desk.post(f"/agent/messages/{message.pk}/retraction/", HTTP_HX_REQUEST="true").json()
    values = {"var.body.1": "Ada", "var.body.2": "Tuesday"}
    assert answer["template"] == {"route": f"c{talk.pk}", "template": "delivery|en", "values": values}
    assert (answer["html"], answer["draft"], Draft.objects.count()) == ("", None, 0)


def test_words_that_are_taken_back_may_go_by_another_way(
    post: Paper, desk: Client, ticket: Ticket, settings: Settings
) -> None:
    """A number is nobody's e-mail address."""
    settings.UNDO_SEND_SECONDS = 10
    message = send(desk, ticket)
    answer = desk.post(f"/agent/messages/{message.pk}/retraction/", HTTP_HX_REQUEST="true").json()
    assert "Oil it." in answer["html"]
    assert (answer["draft"]["recipients"], answer["template"]) == (None, None)


def test_who_waits_sees_that_somebody_writes(post: Paper, desk: Client, ticket: Ticket, talk: Conversation) -> None:
    assert not show_typing(talk.pk)  # a channel that can't show it
    post.now_can(shows_typing=True)
    assert "data-typing" in desk.get(f"/agent/tickets/{ticket.pk}/").content.decode()
    assert show_typing(talk.pk)
    assert post.typed == [talk.pk]
    post.answers = [TryLater("Too fast.")]
    assert not show_typing(talk.pk)
    ProviderAccount.objects.update(problem="Refused.")
    assert not show_typing(talk.pk)
    assert len(post.typed) == 2
    for route in (f"c{talk.pk}", "email", "c0", ""):
        assert desk.post(f"/agent/tickets/{ticket.pk}/typing/", {"route": route}).status_code == HTTPStatus.NO_CONTENT
