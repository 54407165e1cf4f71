"""Telegram's stand-in on a socket, and our bot there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

from channels_app.base import Hook
from channels_app.models import Conversation, ProviderAccount, ProviderKind
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.telegram import ADA, Telegram
from tests.channels_app.serving import serving
from tickets.models import Inbox


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    stand_in = Telegram()
    with serving(stand_in) as address:
        urls = {**settings.PROVIDER_URLS, "telegram": address}
        with override_settings(PUBLIC_URL="https://desk.example.org", PROVIDER_URLS=urls):
            yield stand_in


@pytest.fixture
def bot(telegram: Telegram, support: Inbox) -> ProviderAccount:
    account = ProviderAccount(kind=ProviderKind.TELEGRAM, name="Bot", inbox=support, hook_token="token")
    account.options = {"way": "webhook", "groups": "refuse"}
    account.set_secrets(token=telegram.token, secret_token=telegram.secret)
    account.save()
    return account


@pytest.fixture
def with_ada(bot: ProviderAccount) -> Conversation:
    return Conversation.objects.create(account=bot, thread_key=str(ADA["id"]), person_name="Ada Lovelace")


def hook_of(call: HookCall) -> Hook:
    """As our hook gets it."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    return Hook(
        call.method, "", "https://desk.example.org/hooks/telegram/token/", "", headers, call.body, call.content_type
    )
