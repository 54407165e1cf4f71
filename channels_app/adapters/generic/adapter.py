"""Any other network: the open scheme of Standard Webhooks in both directions, in our own shape of a message.

An account's secrets are `key` and, while it is being changed, `former_key`; its options `send_url` (where our answers
go) and `trusts_addresses` (the other side has proved the e-mail addresses and numbers that it names).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app import calling
from channels_app.adapters.generic import sending
from channels_app.adapters.generic.reading import missing_field, read_or_say
from channels_app.base import (
    Adapter,
    Capabilities,
    Fetched,
    FileRule,
    Happening,
    Hook,
    Malformed,
    NotThere,
    Sent,
)
from channels_app.models import Conversation, ProviderAccount, ProviderKind, ProviderMedia, ProviderMessage
from customers.models import IdentityKind
from helpdesk.lib import standard_webhooks
from tickets.models import Channel, Message

LARGEST_FILE = 25 * 1024 * 1024


class GenericAdapter(Adapter):
    kind = ProviderKind.GENERIC
    channel = Channel.GENERIC
    identity_kind = IdentityKind.EXTERNAL
    contact_channel = ""  # consent for it is the other network's to keep
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
        may_repeat=True,
    )

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        keys = [key for key in (account.secret("key"), account.secret("former_key")) if key]
        return standard_webhooks.verify(keys, hook.headers, hook.body, now=timezone.now().timestamp())

    def check(self, account: ProviderAccount, hook: Hook) -> None:
        if name := missing_field(hook.json()):
            raise Malformed(f"{name} is missing")

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return read_or_say(hook.json(), now=now, trusts_addresses=bool(account.option("trusts_addresses")))

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        return sending.bodies_of(message)

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        return sending.send(account, conversation, part)

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        """From wherever the other side says, as long as that is a public address."""
        url = str(media.ref.get("url", ""))
        try:
            host = urlsplit(url).hostname or ""
        except ValueError as error:
            raise NotThere(_("The file is at an address that may not be asked.")) from error
        found = calling.download(url, hosts=[host.lower()], largest=settings.MAX_ATTACHMENT_BYTES)
        return Fetched(found.content, found.content_type or media.content_type, media.filename)

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        """Post a call of the type `ping`, which the other side need not understand."""
        sending.post(account, {"type": "ping"}, webhook_id=str(uuid4()))
        return {}


adapter = GenericAdapter()
