"""Messenger (an account is a Facebook page) and Instagram (a professional account): one platform, two instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels_app import meta
from channels_app.adapters.messenger import private_replies, reading, sending
from channels_app.adapters.messenger.comments import post_in
from channels_app.base import (
    Adapter,
    Capabilities,
    Fetched,
    FileRule,
    Happening,
    Hook,
    HookAnswer,
    NotThere,
    Person,
    Post,
    Sent,
)
from channels_app.messaging.reach import open_until
from channels_app.models import Conversation, ProviderAccount, ProviderKind, ProviderMedia, ProviderMessage
from channels_app.public_threads import author_of
from channels_app.shapes import count, words
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from tickets.models import Channel, Message

MB = 1024 * 1024
YEAR = 366 * 24 * 3600  # seconds
HEART = "❤️"


class Messenger(Adapter):
    kind: ClassVar[str] = ProviderKind.MESSENGER
    channel: ClassVar[str] = Channel.MESSENGER
    identity_kind: ClassVar[str] = IdentityKind.MESSENGER
    contact_channel: ClassVar[str] = ContactChannel.MESSENGER
    tells_names = True
    tells_posts = True
    is_asked_hourly = True
    known_as = "page"
    name_fields = "name"
    post_fields = ("permalink_url", "message")
    profile_fields = "name,username"
    comment_limit = 8000
    capabilities = Capabilities(
        text_limit=2000,
        files_per_message=10,  # each is a message of its own
        files=(FileRule(("image/",), 8 * MB), FileRule(("video/", "audio/", "application/", "text/"), 25 * MB)),
        window=timedelta(hours=24),
        human_window=timedelta(days=7),
        sees_edits=True,
        reactions_in=True,
        reactions_out=True,
        can_reply_to=True,
        tells_delivered=True,
        tells_read=True,
        shows_typing=True,
    )

    def can(self, conversation: Conversation) -> Capabilities:
        """Comments are words without a window. Seven days only where Meta lets our people answer for so long."""
        if conversation.is_public:
            return Capabilities(text_limit=self.comment_limit, can_reply_to=True, sees_deletes=True)
        if not conversation.account.option("has_human_agent"):
            return replace(self.capabilities, human_window=None)
        return self.capabilities

    def greet(self, account: ProviderAccount, hook: Hook) -> HookAnswer | None:
        return meta.greet(account, hook)

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        return meta.is_signed(account, hook)

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return reading.read(account, self.known_as, hook.json(), now=now)

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        parts = sending.split(message, self.can(conversation), is_public=conversation.is_public)
        private_replies.check(conversation, message, parts)
        return parts

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        return sending.send(account, conversation, part, open_until(conversation))

    def react(self, account: ProviderAccount, conversation: Conversation, external_id: str, emoji: str) -> None:
        if emoji:
            reaction = "love" if emoji == HEART else emoji
            sending.act(account, conversation, "react", message_id=external_id, reaction=reaction)
        else:
            sending.act(account, conversation, "unreact", message_id=external_id)

    def private_thread_of(self, conversation: Conversation) -> str:
        """The same id: whoever comments has it for our page or account alone, as whoever writes."""
        return author_of(conversation.thread_key)

    def allow_private(self, public: Conversation, private: Conversation) -> None:
        private_replies.allow(public, private)

    def private_link(self, account: ProviderAccount) -> str:
        return f"https://m.me/{quote(account.external_id, safe='')}"

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        """Its address is signed and expires; it needs no token of ours."""
        url = words(media.ref.get("url"))
        if not url:
            raise NotThere(_("Meta did not say where the file is."))
        return meta.download(url, largest=settings.MAX_ATTACHMENT_BYTES)

    def show_typing(self, account: ProviderAccount, conversation: Conversation) -> None:
        sending.act(account, conversation, "mark_seen")
        sending.act(account, conversation, "typing_on")

    def profile_of(self, account: ProviderAccount, key: str) -> Person:
        """Messages name nobody. Who has not agreed to it stays without a name."""
        told = sending.looked_up(account, key, fields=self.name_fields)
        return Person(key, words(told.get("name")), words(told.get("username")))

    def post_of(self, account: ProviderAccount, thread_key: str) -> Post:
        url, text = self.post_fields
        told = sending.looked_up(account, post_in(thread_key), fields=f"{url},{text}")
        return Post(words(told.get(url)), words(told.get(text)))

    def token_ends(self, account: ProviderAccount) -> datetime | None:
        return meta.token_ends(account) if sending.host_of(account) == "graph" else None

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        node, host = sending.node_of(account), sending.host_of(account)
        told = meta.graph(account, "GET", node, provider=host, query={"fields": self.profile_fields}).data
        return {name: words(told.get(name)) for name in ("name", "username") if words(told.get(name))}


class Instagram(Messenger):
    kind = ProviderKind.INSTAGRAM
    channel = Channel.INSTAGRAM
    identity_kind = IdentityKind.INSTAGRAM
    contact_channel = ContactChannel.INSTAGRAM
    known_as = "instagram"
    name_fields = "name,username"
    post_fields = ("permalink", "caption")
    comment_limit = 300
    capabilities = replace(
        Messenger.capabilities,
        text_limit=1000,
        counts_bytes=True,
        files=(
            FileRule(("image/",), 8 * MB),
            FileRule(("video/", "audio/", "application/pdf"), 25 * MB),
        ),
        sees_deletes=True,
        tells_delivered=False,
    )

    def private_link(self, account: ProviderAccount) -> str:
        """By the account's name, which a test of the connection brings."""
        name = words(account.facts.get("username"))
        return f"https://ig.me/m/{quote(name, safe='')}" if name else ""

    def renewed_token(self, account: ProviderAccount, *, now: datetime) -> tuple[str, datetime] | None:
        """Of Instagram's own login: a token holds for sixty days; once a day old it may be changed for another."""
        if sending.host_of(account) != "instagram":
            return None
        query = {"grant_type": "ig_refresh_token", "access_token": account.secret("access_token")}
        told = meta.graph(account, "GET", "refresh_access_token", provider="instagram", query=query).data
        token, seconds = words(told.get("access_token")), count(told.get("expires_in"))
        return (token, now + timedelta(seconds=min(seconds, YEAR))) if token and seconds else None


messenger = Messenger()
instagram = Instagram()
