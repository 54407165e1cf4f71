"""The demo company's accounts elsewhere, each with its stand-in behind it, and what a few customers wrote there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from channels_app.base import Hook
from channels_app.messaging.hearing import read_now
from channels_app.messaging.storing import store_hook
from channels_app.models import ProviderAccount, ProviderKind
from channels_app.registry import adapter_of
from channels_app.setup.accounts import made_secret
from channels_app.setup.setups import setup_of
from helpdesk.demo.simulator.phones import PHONES
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.telegram import TOKEN as TELEGRAM_TOKEN
from helpdesk.demo.stand_ins.twilio import ACCOUNT, NUMBER, TOKEN
from helpdesk.demo.stand_ins.x import SECRET, US
from helpdesk.demo.stand_ins.x import TOKEN as X_TOKEN
from tickets.models import Inbox

GRAPH: Final = GraphStandIn()
META: Final = {"access_token": GRAPH.access_token, "app_secret": GRAPH.app_secret}


@dataclass(frozen=True)
class Connected:
    name: str
    external_id: str
    options: dict[str, Any]
    secrets: dict[str, str]


ACCOUNTS: Final = {
    ProviderKind.WHATSAPP: Connected(
        "WhatsApp", GRAPH.phone_number_id, {"waba_id": GRAPH.waba_id, "number": f"+{GRAPH.display_phone_number}"}, META
    ),
    ProviderKind.TWILIO_SMS: Connected("Texts", NUMBER, {"account_sid": ACCOUNT}, {"auth_token": TOKEN}),
    ProviderKind.TWILIO_VOICE: Connected(
        "Support line",
        NUMBER,
        {"account_sid": ACCOUNT, "language": "en-GB", "greeting": "Hello, this is Marshwren.", "record": True},
        {"auth_token": TOKEN},
    ),
    ProviderKind.MESSENGER: Connected(
        "Marshwren on Facebook", GRAPH.page_id, {"app_id": GRAPH.app_id, "reads_comments": True}, META
    ),
    ProviderKind.INSTAGRAM: Connected(
        "@marshwren on Instagram",
        GRAPH.ig_id,
        {"app_id": GRAPH.app_id, "login": "facebook", "reads_comments": True},
        META,
    ),
    ProviderKind.TELEGRAM: Connected(
        "@marshwren_bot on Telegram",
        TELEGRAM_TOKEN.partition(":")[0],
        {"way": "webhook", "groups": "refuse", "username": "marshwren_bot"},
        {"token": TELEGRAM_TOKEN},
    ),
    ProviderKind.X: Connected(
        "@marshwren on X",
        US,
        {"handle": "marshwren", "client_id": "demo", "reads_mentions": True},
        {"consumer_secret": SECRET, "access_token": X_TOKEN},
    ),
    ProviderKind.GENERIC: Connected("Garden forum", "forum", {}, {}),
}


@dataclass(frozen=True)
class Wrote:
    kind: str
    key: str
    name: str
    ago: timedelta
    words: str
    in_public: bool = False


WROTE: Final = (
    Wrote(
        ProviderKind.WHATSAPP, "+447700900114", "Imogen Tarrant", timedelta(hours=5),
        "Hi, my Heron has shown 0 mm of rain since Tuesday, and it has been pouring here",
    ),
    Wrote(
        ProviderKind.WHATSAPP, "+447700900114", "Imogen Tarrant", timedelta(hours=4, minutes=58),
        "The little bucket inside moves freely, I checked",
    ),
    Wrote(
        ProviderKind.TWILIO_SMS, "+4915112345678", "", timedelta(hours=3),
        "Hallo, wann kommt meine Lieferung? Bestellung 20418",
    ),
    Wrote(
        ProviderKind.MESSENGER, "25000000000000042", "", timedelta(hours=2, minutes=10),
        "Do you ship to Norway?",
    ),
    Wrote(
        ProviderKind.X, "31415926535", "Pelle Lindqvist", timedelta(minutes=50),
        "Is the almanac down? The app says “no forecast” since this morning.",
    ),
    Wrote(
        ProviderKind.X, "27182818284", "Oona Halvorsen", timedelta(minutes=35),
        "@marshwren third parcel in a row that arrives broken. Unacceptable!! Don't buy there.", in_public=True,
    ),
    Wrote(
        ProviderKind.MESSENGER, "25000000000000043", "Petra Vogt", timedelta(minutes=20),
        "Does the new colour come as a large one, too?", in_public=True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A message told in its time, by the very way of real ones but for the network."""

    wrote: Wrote
    account: ProviderAccount
    at: datetime

    def run(self) -> Iterator[datetime]:
        yield self.at
        phone = PHONES[self.wrote.kind](self.account, self.wrote.key, self.wrote.name)
        call = phone.post(self.wrote.words) if self.wrote.in_public else phone.text(self.wrote.words)
        hook = Hook(call.method, call.path, "", call.query, dict(call.headers), call.body, call.content_type)
        kept = adapter_of(self.wrote.kind).kept_headers
        payload = store_hook(self.account, hook, kept_headers=kept, now=self.at)
        read_now(payload.pk, now=self.at)


def channel_tellings(*, now: datetime) -> Iterator[Written]:
    """Connect the accounts; then what was written there."""
    inbox = Inbox.objects.get(address="support@demo.test")
    accounts = {kind: connected(kind, known, inbox) for kind, known in ACCOUNTS.items()}
    for wrote in WROTE:
        yield Written(wrote, accounts[ProviderKind(wrote.kind)], now - wrote.ago)


def _answered_at(kind: ProviderKind) -> dict[str, str]:
    """Any other network says where our answers go: to its stand-in, in a demo."""
    network = settings.PROVIDER_URLS.get("network")
    return {"send_url": f"{network}/out"} if network and kind == ProviderKind.GENERIC else {}


def connected(kind: ProviderKind, known: Connected, inbox: Inbox) -> ProviderAccount:
    made = {field.name: made_secret(kind) for field in setup_of(kind).fields if field.is_made_by_us}
    account = ProviderAccount(kind=kind, name=known.name, inbox=inbox, external_id=known.external_id)
    account.options = {**known.options, **_answered_at(kind)}
    account.set_secrets(**{**made, **known.secrets})
    account.save()
    return account
