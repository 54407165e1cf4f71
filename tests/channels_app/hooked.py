"""Posting what a stand-in says to our own hook, and having it read."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from channels_app.messaging import hearing
from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.base import HookCall


def post(account: ProviderAccount, call: HookCall) -> int:
    """The status that we answer."""
    url = f"/hooks/{account.kind}/{account.hook_token}/{call.path}" + (f"?{call.query}" if call.query else "")
    client = Client(raise_request_exception=False)
    headers = dict(call.headers)
    return client.generic(call.method, url, call.body, content_type=call.content_type, headers=headers).status_code


def hear(account: ProviderAccount, *calls: HookCall) -> None:
    """Taken, and read by a worker."""
    for call in calls:
        assert post(account, call) == 200
    hearing.drain(now=timezone.now())
