"""A call of our own hook, through the network, as the provider would make it."""

from __future__ import annotations

from http.client import HTTPConnection

from django.conf import settings

from channels_app.models import ProviderAccount
from helpdesk.demo.stand_ins.base import HookCall

TIMEOUT = 10.0  # seconds


def post(account: ProviderAccount, call: HookCall) -> tuple[int, bytes]:
    """The status and the body that our hook answers."""
    path = f"/hooks/{account.kind}/{account.hook_token}/{call.path}" + (f"?{call.query}" if call.query else "")
    connection = HTTPConnection("127.0.0.1", settings.PORT, timeout=TIMEOUT)
    try:
        connection.request(call.method, path, call.body, {**call.headers, "Content-Type": call.content_type})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
