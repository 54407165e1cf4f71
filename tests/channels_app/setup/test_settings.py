"""Settings: connecting accounts, their health, taking them away; through the pages that admins use."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.base import MessageIn, Person
from channels_app.messaging.applying import apply
from channels_app.models import HookPayload, HookState, ProviderAccount, ProviderKind
from channels_app.setup.accounts import save_account
from channels_app.setup.health import health_of
from channels_app.setup.setups import SETUPS, setup_of
from customers.actors import Actor
from helpdesk.accounts.models import Role, User
from tests.cast import staff
from tickets.models import DeliveryState, Inbox, SavedView, Ticket
from tickets.routes import routes_of
from tickets.services import add_reply

pytestmark = pytest.mark.django_db
SECRET = "EAAG" + "x" * 40
FILLED = {
    "name": "WhatsApp Berlin",
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "access_token": SECRET,
    "app_secret": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(staff("radia@onethread.test", "Radia Perlman", Role.ADMIN))
    return client


@pytest.fixture
def account(support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind=ProviderKind.GENERIC, name="Matrix", inbox=support, external_id="matrix")
    account.set_secrets(key="whsec_" + "A" * 44)
    account.options = {"send_url": "https://bridge.example.com/out"}
    account.save()
    return account


@pytest.mark.parametrize(
    ("kind", "wrong", "words"),
    [
        ("whatsapp", {"phone_number_id": "+49 30"}, "Digits alone"),
        ("whatsapp", {"access_token": "a b"}, "too short, or has spaces"),
        ("telegram", {"token": "12345"}, "Digits, a colon"),
        ("twilio-sms", {"number": "0170 1"}, "With + and the country"),
        ("twilio-sms", {"account_sid": "SK1"}, "begins with AC"),
        ("generic", {"send_url": "javascript:alert(1)"}, "begins with https://"),
    ],
)
def test_a_wrong_value_is_told_what_it_should_look_like(
    admin: Client, support: Inbox, kind: str, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post(f"/settings/channels/new/{kind}/", {"name": "Ours", "inbox": support.pk, **wrong})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in answer.content.decode() and not ProviderAccount.objects.exists()


@pytest.mark.parametrize("kind", list(SETUPS))
def test_every_kind_has_a_form(admin: Client, kind: str) -> None:
    page = admin.get(f"/settings/channels/new/{kind}/").content.decode()
    for field in setup_of(kind).fields:
        assert (f'name="{field.name}"' in page) is not field.is_made_by_us


def test_no_such_kind(admin: Client) -> None:
    assert admin.get("/settings/channels/new/pigeon/").status_code == 404


def test_what_is_missing_or_wrong_is_said_at_its_field(admin: Client, support: Inbox) -> None:
    answer = admin.post("/settings/channels/new/whatsapp/", {"inbox": support.pk, "phone_number_id": "a number"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() >= {"name", "phone_number_id", "access_token", "app_secret"}
    assert not ProviderAccount.objects.exists()


def test_two_accounts_of_one_number_are_refused(admin: Client, support: Inbox) -> None:
    ProviderAccount.objects.create(kind="whatsapp", name="First", inbox=support, external_id="106540352242922")
    answer = admin.post("/settings/channels/new/whatsapp/", {**FILLED, "inbox": support.pk})
    assert answer.status_code == 422
    assert "phone_number_id" in answer.context["form"].errors


def test_one_bot_is_connected_once(admin: Client, support: Inbox, settings: pytest.FixtureRequest) -> None:
    settings.PROVIDER_URLS = {"telegram": "http://127.0.0.1:1"}  # type: ignore[attr-defined]
    filled = {
        "name": "Bot",
        "inbox": support.pk,
        "token": f"7000000001:{'A' * 35}",
        "way": "polling",
        "groups": "refuse",
    }
    assert admin.post("/settings/channels/new/telegram/", filled).status_code == 302
    assert ProviderAccount.objects.get().external_id == "7000000001"
    again = admin.post("/settings/channels/new/telegram/", filled | {"token": f"7000000001:{'B' * 35}"})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["token"])


def test_connecting_seals_secrets_and_shows_what_the_provider_needs(
    admin: Client, support: Inbox, settings: pytest.FixtureRequest
) -> None:
    settings.PROVIDER_URLS = {"graph": "http://127.0.0.1:1"}  # type: ignore[attr-defined]
    answer = admin.post("/settings/channels/new/whatsapp/", {**FILLED, "inbox": support.pk}, follow=True)
    account = ProviderAccount.objects.get()
    page = answer.content.decode()
    assert account.external_id == "106540352242922"
    assert account.option("waba_id") == "102290129340398"
    assert account.secret("access_token") == SECRET
    assert SECRET not in account.sealed_secrets
    assert SECRET not in page
    assert f"/hooks/whatsapp/{account.hook_token}/" in page
    assert account.secret("verify_token") in page


def test_a_form_that_is_sent_twice_connects_one(admin: Client, support: Inbox) -> None:
    empty = admin.get("/settings/channels/new/generic/").context["form"]
    filled = {"name": "Forum", "inbox": support.pk, "submit_key": empty.initial["submit_key"]}
    answers = [admin.post("/settings/channels/new/generic/", filled) for _pressed_twice in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {
        f"/settings/channels/{ProviderAccount.objects.get().pk}/"
    }
    admin.post("/settings/channels/new/generic/", {**filled, "submit_key": str(uuid4())})
    assert ProviderAccount.objects.count() == 2


def test_public_posts_get_a_view_once(radia: User, support: Inbox) -> None:
    values = {"page_id": "110000000000001", "app_id": "1", "access_token": SECRET, "app_secret": "0" * 32}
    reads = {**values, "reads_comments": "1"}
    account = save_account(None, "messenger", name="Page", inbox=support, values=values, by=radia)
    assert not SavedView.objects.exists()
    for _again in range(2):
        save_account(
            account, "messenger", name="Page", inbox=support, values={**values, "reads_comments": "1"}, by=radia
        )
        account.refresh_from_db()
    view = SavedView.objects.get()
    assert (view.title, view.owner, view.conditions["all"][0]["value"]) == ("Public posts to sort", None, "new")
    view.delete()
    save_account(account, "messenger", name="Page", inbox=support, values=reads, by=radia)
    assert not SavedView.objects.exists()


def test_a_secret_left_empty_stays(admin: Client, account: ProviderAccount, support: Inbox) -> None:
    key = account.secret("key")
    filled = {"name": "Matrix 2", "inbox": support.pk, "send_url": "https://bridge.example.com/out"}
    assert admin.post(f"/settings/channels/{account.pk}/edit/", filled).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.secret("key")) == ("Matrix 2", key)
    assert account.option("send_url") == "https://bridge.example.com/out"


def test_what_a_worker_renewed_meanwhile_stays(account: ProviderAccount, support: Inbox) -> None:
    renewed = ProviderAccount.objects.get(pk=account.pk)
    renewed.set_secrets(access_token="renewed")
    renewed.refused_count = 7
    renewed.save()
    save_account(account, account.kind, name="Matrix", inbox=support, values={})
    now = ProviderAccount.objects.get(pk=account.pk)
    assert (now.secret("access_token"), now.refused_count) == ("renewed", 7)


def test_pausing_and_going_on(admin: Client, account: ProviderAccount) -> None:
    for active in (False, True):
        admin.post(f"/settings/channels/{account.pk}/activity/", {"active": "1" if active else "0"})
        account.refresh_from_db()
        assert account.is_active is active


def test_a_test_message_answers_who_wrote_last(admin: Client, account: ProviderAccount) -> None:
    page = f"/settings/channels/{account.pk}/"
    assert "Send a test message" not in admin.get(page).content.decode()
    refused = admin.post(f"{page}test/", follow=True)
    assert "Nobody has written here yet" in refused.content.decode()
    now = timezone.now()
    apply(account, MessageIn(now, "m1", "t1", Person("u1", "Ada Lovelace"), "It rattles."), now=now)
    assert "To Ada Lovelace, who wrote last" in admin.get(page).content.decode()
    key = {"submit_key": str(uuid4())}
    for _pressed_twice in range(2):
        admin.post(f"{page}test/", key)
    part = account.messages.get(direction="out")
    assert part.message is not None
    assert part.message.text == "This is a test of Matrix. It works."


def test_disconnecting_asks_first(admin: Client, account: ProviderAccount) -> None:
    assert "Disconnect Matrix?" in admin.get(f"/settings/channels/{account.pk}/removal/").content.decode()
    assert ProviderAccount.objects.exists()
    admin.post(f"/settings/channels/{account.pk}/removal/")
    assert not ProviderAccount.objects.exists()


def test_it_stays_while_something_is_being_sent(admin: Client, account: ProviderAccount) -> None:
    account.messages.create(direction="out", state="sending")
    answer = admin.post(f"/settings/channels/{account.pk}/removal/", follow=True)
    assert "just being sent" in answer.content.decode()
    assert not ProviderAccount.objects.get().is_active


def test_what_waits_says_that_it_was_not_sent(admin: Client, account: ProviderAccount, grace: User) -> None:
    now = timezone.now()
    apply(account, MessageIn(now, "m1", "t1", Person("u1", "Ada Lovelace"), "It rattles."), now=now)
    ticket = Ticket.objects.get()
    later: dict[str, Any] = {"actor": Actor.agent(grace), "route": routes_of(ticket)[0]}
    replies = [
        add_reply(ticket, "<p>Now.</p>", **later),
        add_reply(ticket, "<p>Tomorrow.</p>", send_at=now + timedelta(days=1), **later),
    ]
    admin.post(f"/settings/channels/{account.pk}/removal/")
    assert not ProviderAccount.objects.exists()
    for reply in replies:
        reply.refresh_from_db()
        assert reply.delivery_state == DeliveryState.FAILED
        assert "disconnected before" in reply.delivery_detail


def test_what_could_not_be_read_is_read_again(admin: Client, account: ProviderAccount) -> None:
    payload = HookPayload.objects.create(account=account, raw=b"{}", state=HookState.FAILED, reason="KeyError: 'id'")
    assert "KeyError" in admin.get(f"/settings/channels/{account.pk}/").content.decode()
    admin.post(f"/settings/channels/payloads/{payload.pk}/reading/")
    payload.refresh_from_db()
    assert (payload.state, payload.reason) == (HookState.RECEIVED, "")


def test_health_says_what_matters_most(account: ProviderAccount) -> None:
    now = timezone.now()
    assert health_of(account, now=now).tone == "blue"
    account.last_refused_at = now - timedelta(minutes=5)
    assert health_of(account, now=now).word == "wrong signatures"
    account.first_event_at = account.last_event_at = now
    assert health_of(account, now=now).word == "connected"
    account.token_expires_at = now + timedelta(days=3)
    assert health_of(account, now=now).word == "expires soon"
    account.token_expires_at = now - timedelta(days=3)
    assert health_of(account, now=now).tone == "red"
    account.problem = "The token was revoked."
    assert health_of(account, now=now).sentence == "The token was revoked."
    account.is_active = False
    assert health_of(account, now=now).word == "paused"


def test_the_page_shows_what_the_provider_told(admin: Client, account: ProviderAccount) -> None:
    now = timezone.now()
    account.facts = {"probed_at": now.isoformat(), "comes_to_us": False, "quality_rating": "RED", "last_error": "502"}
    account.save()
    assert health_of(account, now=now).word == "goes elsewhere"
    page = admin.get(f"/settings/channels/{account.pk}/live/").content.decode()
    assert all(words in page for words in ("Comes to us", "low: Meta may send less", "502", "goes elsewhere"))
    account.first_event_at = account.last_event_at = now + timedelta(seconds=1)  # something has come all the same
    assert health_of(account, now=now).word == "connected"


def test_health_asks_for_itself_again(admin: Client, account: ProviderAccount) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(first_event_at=timezone.now())
    fragment = admin.get(f"/settings/channels/{account.pk}/live/").content.decode()
    assert "connected" in fragment
    assert "<html" not in fragment
