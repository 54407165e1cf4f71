"""What somebody's phone can do, for each kind of account: the signed call of our hook that tells of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from channels_app.models import ProviderAccount, ProviderKind, ProviderMessage
from helpdesk.demo.simulator.providers import PHOTO
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.graph_messenger import MessengerHooks
from helpdesk.demo.stand_ins.graph_whatsapp import WhatsAppHooks, Writer
from helpdesk.demo.stand_ins.telegram import Telegram
from helpdesk.demo.stand_ins.twilio import Twilio
from helpdesk.demo.stand_ins.x import X
from helpdesk.lib import standard_webhooks


@dataclass(frozen=True)
class Phone:
    """One person with a phone; `key` is how the provider names them. What a kind can't do is not in `acts`."""

    account: ProviderAccount
    key: str
    name: str
    acts: ClassVar[tuple[str, ...]] = ()
    states: ClassVar[tuple[str, ...]] = ()

    def text(self, words: str) -> HookCall:
        raise NotImplementedError

    def post(self, words: str) -> HookCall:
        """Where everybody can read it: a mention of us, a comment below something of ours."""
        raise NotImplementedError

    def photo(self) -> HookCall:
        raise NotImplementedError

    def edit(self, about: str, words: str) -> HookCall:
        raise NotImplementedError

    def withdraw(self, about: str) -> HookCall:
        raise NotImplementedError

    def react(self, about: str, emoji: str) -> HookCall:
        raise NotImplementedError

    def status(self, part: ProviderMessage, state: str) -> HookCall:
        raise NotImplementedError


class SmsPhone(Phone):
    acts = ("photo",)
    states = ("delivered", "failed")

    @property
    def twilio(self) -> Twilio:
        hook = f"{settings.PUBLIC_URL}/hooks/{self.account.kind}/{self.account.hook_token}/"
        return Twilio(
            hook_url=hook,
            address=settings.PROVIDER_URLS["twilio"],
            account=self.account.option("account_sid"),
            token=self.account.secret("auth_token"),
            number=self.account.external_id,
            media={PHOTO.name: (PHOTO.content_type, PHOTO.content)},
        )

    def text(self, words: str) -> HookCall:
        return self.twilio.text(words, sender=self.key, sid=f"SM{uuid4().hex}")

    def photo(self) -> HookCall:
        return self.twilio.text("", sender=self.key, sid=f"MM{uuid4().hex}", media=[PHOTO.name])

    def status(self, part: ProviderMessage, state: str) -> HookCall:
        code = "30003" if state == "failed" else ""
        return self.twilio.status(
            part.external_id, "undelivered" if code else state, code=code, query=f"part={part.client_key}", To=self.key
        )


class WhatsAppPhone(Phone):
    acts = ("photo", "react", "edit", "withdraw")
    states = ("delivered", "read", "failed")

    @property
    def hooks(self) -> WhatsAppHooks:
        return WhatsAppHooks(_graph(self.account), now=int(time.time()))

    @property
    def writer(self) -> Writer:
        return Writer(name=self.name, wa_id=self.key.removeprefix("+"), user_id="")

    def text(self, words: str) -> HookCall:
        return self.hooks.text(words, self.writer, name=f"wamid.{uuid4().hex}")

    def photo(self) -> HookCall:
        told = {"id": PHOTO.name, "mime_type": PHOTO.content_type, "sha256": "2b3cTk"}
        return self.hooks.message("image", told, self.writer, name=f"wamid.{uuid4().hex}")

    def edit(self, about: str, words: str) -> HookCall:
        newer = {"type": "text", "text": {"body": words}}
        told = {"original_message_id": about, "message": newer}
        return self.hooks.message("edit", told, self.writer, name=f"wamid.{uuid4().hex}")

    def withdraw(self, about: str) -> HookCall:
        told = {"original_message_id": about}
        return self.hooks.message("revoke", told, self.writer, name=f"wamid.{uuid4().hex}")

    def react(self, about: str, emoji: str) -> HookCall:
        told = {"message_id": about, "emoji": emoji}
        return self.hooks.message("reaction", told, self.writer, name=f"wamid.{uuid4().hex}")

    def status(self, part: ProviderMessage, state: str) -> HookCall:
        return self.hooks.status(part.external_id, state, self.writer, code=131026 if state == "failed" else 0)


class MessengerPhone(Phone):
    acts: ClassVar[tuple[str, ...]] = ("post", "photo", "react", "edit")
    states: ClassVar[tuple[str, ...]] = ("delivered", "read")
    is_instagram: ClassVar[bool] = False

    @property
    def hooks(self) -> MessengerHooks:
        return MessengerHooks(_graph(self.account), is_instagram=self.is_instagram, now=int(time.time() * 1000))

    def text(self, words: str) -> HookCall:
        return self.hooks.text(words, self.key, name=f"m_{uuid4().hex}")

    def post(self, words: str) -> HookCall:
        return self.hooks.comment(words, self.key, name=str(time.time_ns()), author=self.name)

    def photo(self) -> HookCall:
        url = f"{settings.PROVIDER_URLS['graph']}/cdn/{PHOTO.name}"
        told = {"mid": f"m_{uuid4().hex}", "attachments": [{"type": "image", "payload": {"url": url}}]}
        return self.hooks.event({"message": told}, self.key)

    def edit(self, about: str, words: str) -> HookCall:
        return self.hooks.edit(about, words, int(time.time()), self.key)

    def withdraw(self, about: str) -> HookCall:
        return self.hooks.unsend(about, self.key)

    def react(self, about: str, emoji: str) -> HookCall:
        return self.hooks.reaction(about, emoji, self.key)

    def status(self, part: ProviderMessage, state: str) -> HookCall:
        if state == "delivered":
            return self.hooks.delivered(part.external_id, person=self.key)
        return self.hooks.read(part.external_id, self.key)


class InstagramPhone(MessengerPhone):
    acts = ("post", "photo", "react", "withdraw")
    states = ("read",)
    is_instagram = True


class TelegramPhone(Phone):
    acts = ("photo", "edit", "react")

    @property
    def telegram(self) -> Telegram:
        now = int(time.time())
        return Telegram(
            token=self.account.secret("token"),
            secret=self.account.secret("secret_token"),
            now=now,
            updates=time.time_ns() // 1_000_000,
            messages=now % 1_000_000_000,
        )

    @property
    def sender(self) -> dict[str, Any]:
        first, _space, last = self.name.partition(" ")
        return {"id": int(self.key), "is_bot": False, "first_name": first or "Nobody", "last_name": last}

    def text(self, words: str) -> HookCall:
        return self.telegram.text(words, sender=self.sender)

    def photo(self) -> HookCall:
        telegram = self.telegram
        return telegram.call(telegram.update("message", telegram.photo(PHOTO.name, sender=self.sender)))

    def edit(self, about: str, words: str) -> HookCall:
        telegram = self.telegram
        message = telegram.message(words, sender=self.sender) | {"message_id": _number_of(about)}
        return telegram.edited(message)

    def react(self, about: str, emoji: str) -> HookCall:
        telegram = self.telegram
        message = telegram.message("…", sender=self.sender) | {"message_id": _number_of(about)}
        return telegram.reaction(message, emoji, user=self.sender)


class XPhone(Phone):
    acts = ("post",)

    @property
    def x(self) -> X:
        return X(user=self.account.external_id, secret=self.account.secret("consumer_secret"))

    def text(self, words: str) -> HookCall:
        return self.x.direct_anew(self.key, words, at=timezone.now(), key=str(time.time_ns()), name=self.name)

    def post(self, words: str) -> HookCall:
        said = words if "@" in words else f"@{self.account.option('handle', 'us')} {words}"
        return self.x.mention(self.key, said, at=timezone.now(), key=str(time.time_ns()), name=self.name)


class GenericPhone(Phone):
    acts = ("edit", "withdraw")
    states = ("delivered", "read", "failed")

    def text(self, words: str) -> HookCall:
        return self._signed({"type": "message.created", "id": uuid4().hex, "text": words, **self._sender()})

    def edit(self, about: str, words: str) -> HookCall:
        return self._signed({"type": "message.updated", "id": about, "text": words, **self._sender()})

    def withdraw(self, about: str) -> HookCall:
        return self._signed({"type": "message.deleted", "id": about, **self._sender()})

    def status(self, part: ProviderMessage, state: str) -> HookCall:
        error = {"error": {"code": "gone", "message": "Nobody is there"}} if state == "failed" else {}
        return self._signed({"type": "message.status", "id": part.external_id, "status": state, **error})

    def _sender(self) -> dict[str, Any]:
        return {"conversation_id": self.key, "sender": {"id": self.key, "name": self.name}}

    def _signed(self, body: dict[str, Any]) -> HookCall:
        raw = json.dumps(body | {"created_at": timezone.now().isoformat()}).encode()
        key = self.account.secret("key")
        return HookCall(raw, standard_webhooks.headers([key], f"msg_{uuid4().hex}", int(time.time()), raw))


PHONES: dict[str, type[Phone]] = {
    ProviderKind.TWILIO_SMS: SmsPhone,
    ProviderKind.WHATSAPP: WhatsAppPhone,
    ProviderKind.MESSENGER: MessengerPhone,
    ProviderKind.INSTAGRAM: InstagramPhone,
    ProviderKind.TELEGRAM: TelegramPhone,
    ProviderKind.X: XPhone,
    ProviderKind.GENERIC: GenericPhone,
}


def _number_of(external_id: str) -> int:
    """Of a message in its chat: what follows the chat's own number."""
    return int(external_id.rpartition(":")[2])


def _graph(account: ProviderAccount) -> GraphStandIn:
    secrets = account.secrets
    return GraphStandIn(
        app_secret=secrets.get("app_secret", ""),
        access_token=secrets.get("access_token", ""),
        app_id=account.option("app_id", ""),
        phone_number_id=account.external_id,
        page_id=account.external_id,
        ig_id=account.external_id,
        waba_id=account.option("waba_id", ""),
        display_phone_number=account.option("number", "").lstrip("+").replace(" ", ""),
    )
