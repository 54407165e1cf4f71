"""Whatever a provider answers to a message of ours: the message says in plain words what became of it, and is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels_app.messaging import sending
from channels_app.models import Conversation, MessageTemplate, PartState, ProviderAccount, ProviderMessage
from channels_app.registry import adapter_of
from customers.actors import Actor
from customers.models import Customer, Identity
from helpdesk.accounts.models import User
from helpdesk.demo.stand_ins.base import Answered, Asked, StandIn
from tests.channels_app.serving import serving
from tickets.models import DeliveryState, Inbox, Message
from tickets.routes import routes_of
from tickets.services import Incoming, add_reply, open_ticket, receive_message

KINDS = {
    "whatsapp": "4915112345678", "messenger": "25000000000000001", "instagram": "17841499999999001",
    "telegram": "77", "twilio-sms": "+491701234567", "x": "1234567890", "generic": "t1",
}  # fmt: skip
# What goes another way there than words to one person: where everybody reads it, and as a template.
IN_PUBLIC = {"messenger in public": "post:9:25", "instagram in public": "post:9:17", "x in public": "post:9:123"}
BY_TEMPLATE = "whatsapp by template"
WAYS = {**KINDS, **IN_PUBLIC, BY_TEMPLATE: KINDS["whatsapp"]}
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>"
# How the provider answers → what the part may be then. A message that may have been taken is never tried again alone.
FATES: dict[str, tuple[Answered, set[str]]] = {
    "too many, wait a minute": (Answered.of({}, 429, **{"Retry-After": "60"}), {PartState.WAITING}),
    "too many, no word of when": (Answered(429, b""), {PartState.WAITING}),
    "too many, for a year": (
        Answered.of({}, 429, **{"Retry-After": "31536000"}),
        {PartState.WAITING, PartState.FAILED},
    ),
    "too many, nonsense": (Answered.of({}, 429, **{"Retry-After": "soon\x7f"}), {PartState.WAITING}),
    "out of service": (Answered(503, b""), {PartState.WAITING, PartState.UNCERTAIN}),
    "fault": (Answered(500, b"{}"), {PartState.WAITING, PartState.UNCERTAIN}),
    "gateway": (Answered(502, PAGE, "text/html"), {PartState.WAITING, PartState.UNCERTAIN}),
    "hang up": (Answered(hangs_up=True), {PartState.UNCERTAIN}),
    "credentials": (Answered(401, b"{}"), {PartState.WAITING}),
    "refused": (Answered(400, b"{}"), {PartState.FAILED}),
    "a page of somebody else": (Answered(404, PAGE, "text/html"), {PartState.FAILED, PartState.WAITING}),
    "elsewhere": (
        Answered(302, b"", headers={"Location": "http://169.254.169.254/"}),
        {PartState.FAILED, PartState.WAITING, PartState.UNCERTAIN},
    ),
    "yes, and a page": (Answered(200, PAGE, "text/html"), {PartState.UNCERTAIN}),
    "yes, and a list": (Answered(200, b"[1]"), {PartState.UNCERTAIN}),
    "yes, and numbers for words": (
        Answered(200, b'{"messages": 5, "ok": "x", "result": [], "sid": {}, "data": 1, "error": [], "id": {}}'),
        {PartState.UNCERTAIN, PartState.FAILED},
    ),
    "deep": (Answered(200, b"[" * 50_000), {PartState.UNCERTAIN}),
    "words that are no words": (
        Answered(400, b'{"error": {"message": "\\ud83d\\u0000 x", "code": "x\\u0000"}, "description": "\\udc00"}'),
        {PartState.FAILED},
    ),
}  # fmt: skip


class Moody(StandIn):
    """The same to everybody, whatever was asked."""

    mood = Answered()

    def behave(self, asked: Asked) -> Answered:
        return self.mood


@pytest.fixture
def moody(settings: Settings) -> Iterator[Moody]:
    settings.UNDO_SEND_SECONDS = 0
    provider = Moody()
    with serving(provider) as there:
        settings.PROVIDER_URLS = dict.fromkeys((*settings.PROVIDER_URLS, "network"), there)
        yield provider


def account_of(kind: str, inbox: Inbox, there: str) -> ProviderAccount:
    account = ProviderAccount(kind=kind, name="Ours", inbox=inbox, external_id="15550783881")
    account.options = {"account_sid": "AC1", "app_id": "1", "client_id": "client", "send_url": f"{there}/in"}
    account.set_secrets(
        access_token="access-token-1", app_secret="app-secret-1", auth_token="auth-token-1", token="7:token-token",
        consumer_secret="consumer-1", refresh_token="refresh-1", key="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )  # fmt: skip
    account.save()
    return account


@pytest.fixture(params=sorted(WAYS))
def talk(
    request: pytest.FixtureRequest, moody: Moody, support: Inbox, ada: Customer, settings: Settings
) -> Conversation:
    way: str = request.param
    kind, key, is_public = way.partition(" ")[0], WAYS[way], way in IN_PUBLIC
    account = account_of(kind, support, settings.PROVIDER_URLS["network"])
    adapter, actor = adapter_of(kind), Actor.of_customer(ada)
    identity = Identity.objects.create(
        customer=ada, kind=adapter.identity_kind, value=key.rpartition(":")[2], proved_by="received"
    )
    ticket = open_ticket(ada, "Rattles", inbox=support, channel=adapter.channel, actor=actor)
    talk = Conversation.objects.create(
        account=account, thread_key=key, identity=identity, ticket=ticket, last_inbound_at=timezone.now(),
        is_public=is_public,
    )  # fmt: skip
    incoming = Incoming(text="It rattles", from_address=key, facts={"conversation": talk.pk})
    message = receive_message(ticket, incoming, customer=ada, channel=adapter.channel, actor=actor)
    ProviderMessage.objects.create(
        account=account, conversation=talk, message=message, direction="in", external_id="in-1", said_at=timezone.now()
    )
    if way == BY_TEMPLATE:
        body = [{"type": "BODY", "text": "Oil it, {{1}}."}]
        MessageTemplate.objects.create(account=account, name="oil", language="en", components=body, state="approved")
    return talk


def tried(talk: Conversation, by: User) -> ProviderMessage:
    assert talk.ticket
    route = next(route for route in routes_of(talk.ticket) if route.conversation == talk.pk)
    chosen = {"name": "oil", "language": "en", "parameters": {"body.1": "Ada"}}
    template = chosen if MessageTemplate.objects.filter(account=talk.account).exists() else None
    message = add_reply(talk.ticket, "<p>Oil it.</p>", actor=Actor.agent(by), route=route, template=template)
    part = ProviderMessage.objects.get(message=message)
    sending.deliver(part.pk)
    part.refresh_from_db()
    return part


PLAIN = re.compile(r"[{}<>\x00-\x08]|Traceback|Error\(|None\b|object at")
SHOWN = {
    PartState.WAITING: DeliveryState.DEFERRED,
    PartState.FAILED: DeliveryState.FAILED,
    PartState.UNCERTAIN: DeliveryState.UNKNOWN,
    PartState.SENT: DeliveryState.SENT,
}


def test_each_answer(talk: Conversation, moody: Moody, grace: User, client: Client) -> None:
    may_repeat = adapter_of(talk.account.kind).capabilities.may_repeat
    client.force_login(grace)
    for name, (mood, allowed) in FATES.items():
        moody.mood = mood
        part = tried(talk, grace)
        states = allowed | ({PartState.WAITING} if may_repeat and PartState.UNCERTAIN in allowed else set())
        if talk.account.kind == "generic" and mood.status == 200 and not mood.hangs_up:
            states = {PartState.SENT}  # any 2xx is a yes there
        assert part.state in states, (name, part.state, part.error)
        message = Message.objects.get(pk=part.message_id or 0)
        assert message.delivery_state == SHOWN[PartState(part.state)], name
        if part.state != PartState.SENT:
            assert part.error, name
            assert not PLAIN.search(part.error), (name, part.error)
            assert message.delivery_detail == part.error, name
            page = client.get(f"/agent/tickets/{talk.ticket_id}/").content.decode()
            assert f"/agent/messages/{message.pk}/retry/" in page, name
        ProviderMessage.objects.filter(pk=part.pk).delete()
        ProviderAccount.objects.update(problem="", problem_at=None, paused_until=None)
        Conversation.objects.update(unreachable="")


def test_a_named_wait_is_kept_and_a_long_one_is_bounded(talk: Conversation, moody: Moody, grace: User) -> None:
    moody.mood = FATES["too many, wait a minute"][0]
    now = timezone.now()
    part = tried(talk, grace)
    account = ProviderAccount.objects.get(pk=talk.account_id)
    again = max(part.due_at or now, account.paused_until or now)
    named = talk.account.kind not in ("telegram", "x")  # theirs stands in the body, or in a header of their own
    assert again > now + timedelta(seconds=50 if named else 3)
    assert again < now + timedelta(minutes=20)


def test_nobody_there(talk: Conversation, moody: Moody, grace: User, settings: Settings) -> None:
    settings.PROVIDER_URLS = dict.fromkeys(settings.PROVIDER_URLS, "http://127.0.0.1:9")
    talk.account.options["send_url"] = "http://127.0.0.1:9/in"
    talk.account.save()
    part = tried(talk, grace)
    assert (part.state, bool(part.error)) == (PartState.WAITING, True)
    assert part.due_at
    assert part.due_at > timezone.now()
