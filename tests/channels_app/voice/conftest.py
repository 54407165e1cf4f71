"""Twilio's telephone on a socket, our number there, and Grace with a telephone of her own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from channels_app.models import ProviderAccount, ProviderKind
from helpdesk.accounts.models import Availability, User
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.twilio import NUMBER
from helpdesk.demo.stand_ins.twilio_voice import TwilioVoice
from tests.channels_app.serving import serving
from tickets.models import AgentPhone, Inbox

Hear = Callable[[HookCall], str]


@pytest.fixture
def twilio() -> Iterator[TwilioVoice]:
    stand_in = TwilioVoice()
    with serving(stand_in) as address:
        stand_in.address = address
        urls = {**settings.PROVIDER_URLS, "twilio": address}
        with override_settings(PUBLIC_URL="https://desk.example.org", PROVIDER_URLS=urls):
            yield stand_in


@pytest.fixture
def line(twilio: TwilioVoice, support: Inbox) -> ProviderAccount:
    account = ProviderAccount(
        kind=ProviderKind.TWILIO_VOICE,
        name="Support line",
        inbox=support,
        external_id=NUMBER,
        hook_token="token",
        options={"account_sid": twilio.account, "record": True},
    )
    account.set_secrets(auth_token=twilio.token)
    account.save()
    return account


@pytest.fixture
def grace_there(grace: User) -> User:
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    grace.refresh_from_db()
    AgentPhone.objects.create(user=grace, number="+493011111111")
    return grace


def post(call: HookCall, *, signature: str = "") -> Any:
    headers = dict(call.headers)
    if signature:
        headers["X-Twilio-Signature"] = signature
    path = f"/hooks/twilio-voice/token/{call.path}" + (f"?{call.query}" if call.query else "")
    if call.method == "GET":
        return Client().get(path, headers=headers)
    return Client().post(path, call.body, content_type=call.content_type, headers=headers)


@pytest.fixture
def hear(line: ProviderAccount) -> Hear:
    """What is said to a call of the hook."""

    def heard(call: HookCall) -> str:
        answer = post(call)
        assert answer.status_code == 200, answer.status_code
        assert answer["Content-Type"].startswith("text/xml")
        return str(answer.content.decode())

    return heard
