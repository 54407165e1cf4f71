"""The simulator: what a phone does arrives over the network at our own hook, and what we answer at the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from channels_app.messaging import hearing, media, sending
from channels_app.messaging.reacting import react_to
from channels_app.models import (
    HookPayload,
    HookState,
    LegOf,
    PartState,
    ProviderAccount,
    ProviderKind,
    ProviderMessage,
)
from channels_app.setup.accounts import probe
from channels_app.voice.connecting import bring_together
from channels_app.voice.recordings import fetch_due
from customers.actors import Actor
from helpdesk.accounts.models import Availability, User
from helpdesk.demo.channels import ACCOUNTS, connected
from helpdesk.demo.simulator import exchange
from helpdesk.demo.simulator.phones import PHONES
from helpdesk.demo.simulator.providers import provider
from helpdesk.demo.simulator.views import PEOPLE
from tickets.calls.settling import settle_call
from tickets.models import AgentPhone, Call, CallbackReason, CallbackRequest, CallState, Inbox, Message, Ticket
from tickets.routes import routes_of
from tickets.services import add_reply

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phones(client: Client, grace: User, settings: LazySettings, live_server: LiveServer) -> Client:
    settings.DEMO, settings.UNDO_SEND_SECONDS = True, 0
    settings.PORT = int(live_server.url.rpartition(":")[2])
    settings.PUBLIC_URL = live_server.url
    names = (*settings.PROVIDER_URLS, "network")
    settings.PROVIDER_URLS = {name: f"http://127.0.0.1:{settings.PORT}/demo/providers/{name}" for name in names}
    provider.cache_clear()
    client.force_login(grace)
    return client


def account_of(kind: str, inbox: Inbox) -> ProviderAccount:
    known = ProviderKind(kind)
    return connected(known, ACCOUNTS[known], inbox)


def act(client: Client, account: ProviderAccount, what: str, **more: str) -> None:
    key, name = PEOPLE[account.kind]
    answer = client.post(f"/agent/simulator/{account.pk}/act/", {"key": key, "name": name, "act": what, **more})
    assert answer.status_code == 302
    hearing.drain(now=timezone.now())
    assert {payload.state for payload in HookPayload.objects.all()} <= {HookState.APPLIED}


@pytest.mark.parametrize("kind", sorted(PHONES))
def test_a_message_there_and_back(phones: Client, support: Inbox, grace: User, kind: str) -> None:
    account = account_of(kind, support)
    act(phones, account, "text", words="It rattles.", twice="1")
    assert [message.text for message in Message.objects.all()] == ["It rattles."]
    ticket = Ticket.objects.get()
    add_reply(ticket, "<p>We look into it.</p>", actor=Actor.agent(grace), route=routes_of(ticket)[0])
    sending.sweep(now=timezone.now() + timedelta(minutes=1))
    part = ProviderMessage.objects.get(direction="out")
    assert (part.state, part.error) == (PartState.SENT, "")
    if "read" in PHONES[kind].states:
        act(phones, account, "read", about=part.external_id)
        part.refresh_from_db()
        assert part.state == PartState.READ
    page = phones.get(f"/agent/simulator/?account={account.pk}").content.decode()
    assert "It rattles." in page
    assert "We look into it." in page
    assert all(f'value="{state}"' in page for state in PHONES[kind].states)


@pytest.mark.parametrize("kind", [kind for kind, phone in sorted(PHONES.items()) if "photo" in phone.acts])
def test_a_photo_is_fetched_from_the_stand_in(phones: Client, support: Inbox, kind: str) -> None:
    account = account_of(kind, support)
    act(phones, account, "photo")
    media.sweep(now=timezone.now() + timedelta(minutes=1))
    file = Message.objects.get().attachments.get()
    assert file.content_type == "image/jpeg"
    page = phones.get(f"/agent/simulator/?account={account.pk}").content.decode()
    assert f"/agent/attachments/{file.pk}/" in page


def test_the_phone_shows_what_arrived_and_who_reacted(phones: Client, support: Inbox, grace: User) -> None:
    account = account_of(ProviderKind.WHATSAPP, support)
    act(phones, account, "text", words="It rattles.")
    ticket = Ticket.objects.get()
    react_to(Message.objects.get(), "🙏", user=grace, now=timezone.now())
    add_reply(ticket, "<p>We look into it.</p>", actor=Actor.agent(grace), route=routes_of(ticket)[0])
    page = phones.get(f"/agent/simulator/?account={account.pk}").content.decode()
    assert "🙏" in page
    assert "We look into it." not in page


@pytest.mark.parametrize("kind", [kind for kind, phone in sorted(PHONES.items()) if "edit" in phone.acts])
def test_new_words(phones: Client, support: Inbox, kind: str) -> None:
    account = account_of(kind, support)
    act(phones, account, "text", words="It ratles.")
    act(phones, account, "edit", words="It rattles.", about=ProviderMessage.objects.get().external_id)
    assert Message.objects.get().text == "It rattles."


def test_there_is_none_but_in_a_demo(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert client.get("/agent/simulator/").status_code == 404
    assert client.post("/demo/providers/twilio/x").status_code == 404


class TestCalls:
    """Twilio's exchange reads what our hooks answer. What it does a moment later, the test does at once."""

    @pytest.fixture
    def due(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Callable[..., None], tuple[object, ...]]]:
        kept: list[tuple[Callable[..., None], tuple[object, ...]]] = []
        monkeypatch.setattr(exchange, "later", lambda _seconds, what, *asked: kept.append((what, asked)))
        return kept

    @pytest.fixture
    def line(self, phones: Client, support: Inbox) -> ProviderAccount:
        return account_of(ProviderKind.TWILIO_VOICE, support)

    @pytest.fixture
    def grace_there(self, grace: User) -> User:
        User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
        AgentPhone.objects.create(user=grace, number="+493011111111")
        return grace

    def test_nobody_there_a_voicemail(self, phones: Client, line: ProviderAccount) -> None:
        act(phones, line, "ring")
        call = Call.objects.get()
        sid = call.legs.get().external_id
        act(phones, line, "speak", about=sid)
        assert Call.objects.get().state == CallState.ENDED
        settle_call(call.pk, now=timezone.now())
        assert fetch_due(now=timezone.now() + timedelta(seconds=20)) == 1
        files = Call.objects.get().message.attachments.all()  # type: ignore[union-attr]
        assert [file.content_type for file in files] == ["audio/mpeg"]

    @pytest.mark.parametrize("kind", [ProviderKind.TWILIO_VOICE, ProviderKind.TWILIO_SMS])
    def test_its_number_comes_to_us(self, phones: Client, support: Inbox, kind: str) -> None:
        account = account_of(kind, support)
        assert probe(account).is_well
        account.refresh_from_db()
        assert account.facts["comes_to_us"]

    def test_to_be_called_back(self, phones: Client, line: ProviderAccount, grace_there: User) -> None:
        act(phones, line, "ring")
        page = phones.get(f"/agent/simulator/?account={line.pk}").content.decode()
        assert "Press 1" in page and "Hello, this is Marshwren." in page
        act(phones, line, "press", about=Call.objects.get().legs.get().external_id)
        assert CallbackRequest.objects.get().reason == CallbackReason.ASKED
        assert Call.objects.get().state == CallState.ENDED

    def test_taken_held_and_ended(
        self,
        phones: Client,
        line: ProviderAccount,
        grace_there: User,
        due: list[tuple[Callable[..., None], tuple[object, ...]]],
    ) -> None:
        def go_on() -> None:
            while due:
                what, asked = due.pop(0)
                what(*asked)

        act(phones, line, "ring")
        call = Call.objects.get()
        phones.post(f"/agent/calls/{call.pk}/taking/")
        go_on()
        bring_together(call.legs.get(of=LegOf.AGENT).pk)
        go_on()
        call.refresh_from_db()
        assert (call.state, call.agent) == (CallState.ANSWERED, grace_there)
        phones.post(f"/agent/calls/{call.pk}/control/", {"do": "hold"})
        go_on()
        call.refresh_from_db()
        assert call.state == CallState.HELD
        phones.post(f"/agent/calls/{call.pk}/control/", {"do": "resume"})
        go_on()
        phones.post(f"/agent/calls/{call.pk}/control/", {"do": "end"})
        go_on()
        call.refresh_from_db()
        assert call.state == CallState.ENDED
        assert call.recordings.count() == 1
        hearing.drain(now=timezone.now())
        assert {payload.state for payload in HookPayload.objects.all()} <= {HookState.APPLIED}
