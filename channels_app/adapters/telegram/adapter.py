"""Telegram's Bot API: one account is one bot.

`secrets` token (BotFather's) and secret_token (ours, which Telegram sends with each call); `options` way (webhook or
polling) and groups (refuse or handle).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels_app.adapters.telegram import api, reading, sending
from channels_app.base import (
    Adapter,
    Capabilities,
    Fetched,
    FileRule,
    Happening,
    Hook,
    HookAnswer,
    LockedOut,
    Sent,
)
from channels_app.models import Conversation, ProviderAccount, ProviderKind, ProviderMedia, ProviderMessage
from channels_app.shapes import at, count, thing, words
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from tickets.models import Channel, Message

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 the name of a header
TOGETHER = 40  # calls of our hook at once


class Telegram(Adapter):
    kind = ProviderKind.TELEGRAM
    channel = Channel.TELEGRAM
    identity_kind = IdentityKind.TELEGRAM
    contact_channel = ContactChannel.TELEGRAM
    capabilities = Capabilities(
        text_limit=sending.TEXT_LIMIT,
        markup="telegram",
        files_per_message=10,  # each is a message of its own
        files=(FileRule(("",), sending.LARGEST),),
        caption_limit=sending.CAPTION_LIMIT,
        sees_edits=True,
        reactions_in=True,
        reactions_out=True,
        can_reply_to=True,
        shows_typing=True,
    )

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        """The body is not signed: Telegram says a word that only it was told."""
        ours = account.secret("secret_token").encode()
        said = hook.headers.get(SECRET, "").encode(errors="replace")
        return hook.method == "POST" and bool(ours) and hmac.compare_digest(ours, said)

    def answer(self, account: ProviderAccount, hook: Hook) -> HookAnswer:
        """A button that was pressed stops spinning. What becomes of a call in an answer is not told: no matter here."""
        pressed = words(at(hook.json(), "callback_query", "id"))
        if not pressed:
            return HookAnswer()
        said = {"method": "answerCallbackQuery", "callback_query_id": pressed}
        return HookAnswer(body=json.dumps(said).encode(), content_type="application/json")

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return reading.read(account, hook.json(), now=now)

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        return sending.split(message)

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        return sending.send(account, conversation, part)

    def react(self, account: ProviderAccount, conversation: Conversation, external_id: str, emoji: str) -> None:
        sending.react(account, external_id, emoji)

    def show_typing(self, account: ProviderAccount, conversation: Conversation) -> None:
        sending.show_typing(account, conversation)

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        return api.download(account, words(media.ref.get("file_id")), largest=settings.MAX_ATTACHMENT_BYTES)

    def connect(self, account: ProviderAccount) -> None:
        """Have Telegram call us, or have it stop, since nobody may ask while it does."""
        if is_polled(account):
            api.call(account, "deleteWebhook", {"drop_pending_updates": False})
            return
        secret = account.secret("secret_token")
        if not secret:
            raise LockedOut(_("There is no secret token yet: save the channel's settings."))
        told = {"url": hook_url(account), "secret_token": secret, "allowed_updates": reading.ALLOWED}
        api.call(account, "setWebhook", {**told, "max_connections": TOGETHER, "drop_pending_updates": False})

    def disconnect(self, account: ProviderAccount) -> None:
        api.call(account, "deleteWebhook", {"drop_pending_updates": False})

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        """Who the bot is, and whether what people write comes to us."""
        bot = thing(api.call(account, "getMe"))
        hook = thing(api.call(account, "getWebhookInfo"))
        wanted = "" if is_polled(account) else hook_url(account)
        return {
            "username": words(bot.get("username")),
            "name": words(bot.get("first_name")),
            "reads_groups": bot.get("can_read_all_group_messages") is True,
            "comes_to_us": words(hook.get("url")) == wanted,
            "waiting": count(hook.get("pending_update_count")),
            "last_error": words(hook.get("last_error_message"))[:300],
        }


def is_polled(account: ProviderAccount) -> bool:
    return bool(account.option("way", "webhook") == "polling")


def hook_url(account: ProviderAccount) -> str:
    return f"{settings.PUBLIC_URL}/hooks/{account.kind}/{account.hook_token}/"


adapter = Telegram()
