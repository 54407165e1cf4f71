"""Any other network: the open scheme of Standard Webhooks in both directions, in our own shape of a message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from channels_app.adapters.generic.reading import missing_field, read_or_say
from channels_app.base import Adapter, Capabilities, FileRule, Happening, Hook, Malformed
from channels_app.models import ProviderAccount, ProviderKind
from customers.models import IdentityKind
from helpdesk.lib import standard_webhooks
from tickets.models import Channel

LARGEST_FILE = 25 * 1024 * 1024


class GenericAdapter(Adapter):
    kind = ProviderKind.GENERIC
    channel = Channel.GENERIC
    identity_kind = IdentityKind.EXTERNAL
    contact_channel = ""
    capabilities = Capabilities(
        text_limit=60_000,
        markup="markdown",
        files_per_message=10,
        files=(FileRule(("",), LARGEST_FILE),),
        sees_edits=True,
        sees_deletes=True,
        can_reply_to=True,
        tells_delivered=True,
        tells_read=True,
    )

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        keys = [key for key in (account.secret("key"), account.secret("former_key")) if key]
        return standard_webhooks.verify(keys, hook.headers, hook.body, now=timezone.now().timestamp())

    def check(self, account: ProviderAccount, hook: Hook) -> None:
        if name := missing_field(hook.json()):
            raise Malformed(f"{name} is missing")

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return read_or_say(hook.json(), now=now, trusts_addresses=bool(account.option("trusts_addresses")))


adapter = GenericAdapter()
