"""A provider's call on its whole way: through our hook, stored, read; and what is due, sent."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from channels_app.messaging import hearing, media, sending
from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.base import HookCall


def post(account: ProviderAccount, call: HookCall) -> int:
    """The status that the provider hears."""
    url = f"/hooks/{account.kind}/{account.hook_token}/{call.path}" + (f"?{call.query}" if call.query else "")
    client = Client(raise_request_exception=False)
    headers = dict(call.headers)
    if call.method == "GET":
        return client.get(url, headers=headers).status_code
    return client.post(url, call.body, content_type=call.content_type, headers=headers).status_code


def hear(account: ProviderAccount, *calls: HookCall) -> None:
    """Calls come in, in this order, and are read."""
    for call in calls:
        assert post(account, call) == 200
    read_all()


def read_all() -> None:
    later = timezone.now() + timedelta(seconds=1)
    hearing.drain(now=later)
    media.sweep(now=later)


def send_all() -> None:
    """What is due in a minute goes out, each part of a conversation in its turn."""
    later = timezone.now() + timedelta(minutes=1)
    while sending.sweep(now=later):
        pass
