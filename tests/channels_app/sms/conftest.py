"""Twilio's stand-in on a socket, and our number there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

from channels_app.base import Hook
from channels_app.models import Conversation, ProviderAccount, ProviderKind
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.twilio import NUMBER, Twilio
from tests.channels_app.serving import serving
from tickets.models import Inbox

ADA = "+491701234567"


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    stand_in = Twilio()
    with serving(stand_in) as address:
        stand_in.address = address
        urls = {**settings.PROVIDER_URLS, "twilio": address}
        with override_settings(PUBLIC_URL="https://desk.example.org", PROVIDER_URLS=urls):
            yield stand_in


@pytest.fixture
def number(twilio: Twilio, support: Inbox) -> ProviderAccount:
    """The account of our number."""
    account = ProviderAccount(
        kind=ProviderKind.TWILIO_SMS,
        name="Text line",
        inbox=support,
        external_id=NUMBER,
        hook_token="token",
        options={"account_sid": twilio.account},
    )
    account.set_secrets(auth_token=twilio.token)
    account.save()
    return account


@pytest.fixture
def with_ada(number: ProviderAccount) -> Conversation:
    return Conversation.objects.create(account=number, thread_key=ADA, person_name="Ada")


def hook_of(twilio: Twilio, call: HookCall) -> Hook:
    """As our hook gets it."""
    url = f"{twilio.hook_url}{call.path}" + (f"?{call.query}" if call.query else "")
    headers = {name.lower(): value for name, value in call.headers.items()}
    return Hook(call.method, call.path.strip("/"), url, call.query, headers, call.body, call.content_type)
