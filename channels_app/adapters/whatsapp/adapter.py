"""WhatsApp's Cloud API: one account is one number of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels_app import meta
from channels_app.adapters.whatsapp import reading, sending, templates
from channels_app.base import (
    Adapter,
    Capabilities,
    Fetched,
    FileRule,
    Happening,
    Hook,
    HookAnswer,
    NotThere,
    SendError,
    Sent,
    TemplateFound,
)
from channels_app.models import Conversation, Direction, ProviderAccount, ProviderKind, ProviderMedia, ProviderMessage
from channels_app.shapes import words
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from tickets.models import Channel, Message

MB = 1024 * 1024
PROFILE = "display_phone_number,verified_name,quality_rating,messaging_limit_tier,name_status,code_verification_status"
DOCUMENTS = (
    "application/pdf", "text/plain", "application/msword", "application/vnd.ms-", "application/vnd.openxmlformats-",
)  # fmt: skip


class WhatsApp(Adapter):
    kind = ProviderKind.WHATSAPP
    channel = Channel.WHATSAPP
    identity_kind = IdentityKind.WHATSAPP
    contact_channel = ContactChannel.WHATSAPP
    is_asked_hourly = True
    capabilities = Capabilities(
        text_limit=sending.TEXT_LIMIT,
        markup="whatsapp",
        files_per_message=10,  # each is a message of its own
        files=(
            FileRule(("image/jpeg", "image/png"), 5 * MB),
            FileRule(("video/mp4", "video/3gpp"), 16 * MB),
            FileRule(sending.SOUNDS, 16 * MB),
            FileRule(DOCUMENTS, 100 * MB),
        ),
        caption_limit=sending.CAPTION_LIMIT,
        has_templates=True,
        starts=True,
        window=timedelta(hours=24),
        sees_edits=True,  # of numbers that are used on a telephone as well
        sees_deletes=True,
        reactions_in=True,
        reactions_out=True,
        can_reply_to=True,
        tells_delivered=True,
        tells_read=True,
        shows_typing=True,
    )

    def greet(self, account: ProviderAccount, hook: Hook) -> HookAnswer | None:
        return meta.greet(account, hook)

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        return meta.is_signed(account, hook)

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return reading.read(account, hook.json(), now=now)

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        return sending.split(message)

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        return sending.send(account, conversation, part)

    def react(self, account: ProviderAccount, conversation: Conversation, external_id: str, emoji: str) -> None:
        sending.react(account, conversation, external_id, emoji)

    def thread_of(self, identity: str) -> str:
        """WhatsApp writes numbers without their plus."""
        return identity.removeprefix("+")

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        """First where it is, which is told for five minutes; then the file, from there and with our token."""
        named = words(media.ref.get("id"))
        if not named.isalnum():  # it becomes a part of the address
            raise NotThere(_("WhatsApp did not say where the file is."))
        try:
            told = meta.graph(account, "GET", named, query={"phone_number_id": account.external_id}).data
        except SendError as error:
            raise meta.as_not_there(error) from error
        token = {"Authorization": f"Bearer {account.secret('access_token')}"}
        return meta.download(words(told.get("url")), largest=settings.MAX_ATTACHMENT_BYTES, headers=token)

    def show_typing(self, account: ProviderAccount, conversation: Conversation) -> None:
        theirs = conversation.messages.filter(direction=Direction.IN).exclude(external_id="")
        if newest := theirs.order_by("-pk").values_list("external_id", flat=True).first():
            sending.show_typing(account, newest)

    def templates_of(self, account: ProviderAccount) -> Iterable[TemplateFound]:
        return templates.found(account)

    def token_ends(self, account: ProviderAccount) -> datetime | None:
        return meta.token_ends(account)

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        told = meta.graph(account, "GET", account.external_id, query={"fields": PROFILE}).data
        return {name: words(told.get(name)) for name in PROFILE.split(",") if words(told.get(name))}


adapter = WhatsApp()
