"""Texts and pictures to mobile phones, by Twilio.

An account's external_id is our number; `options` account_sid, messaging_service_sid (optional), and what
`channels_app.twilio` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels_app import twilio
from channels_app.adapters.sms.reading import read
from channels_app.adapters.sms.segments import segments_of
from channels_app.base import (
    Adapter,
    Capabilities,
    Fetched,
    FileRule,
    Happening,
    Hook,
    HookAnswer,
    Rejected,
    Sent,
    Uncertain,
)
from channels_app.models import Conversation, ProviderAccount, ProviderKind, ProviderMedia, ProviderMessage
from channels_app.out_files import files_of, sendable
from channels_app.pieces import in_pieces
from channels_app.shared_files import address_of
from channels_app.twilio_codes import UNREACHABLE, meaning_of
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from helpdesk.lib.html import html_to_text, spell_out_links
from tickets.models import Attachment, Channel, Message

LONGEST = 1600  # characters, whatever the number of segments
MOST_FILES = 10
LARGEST = 5 * 1000 * 1000  # bytes of all files of a text together; phone companies may take less
KINDS = ("image/", "video/", "audio/", "text/vcard", "text/x-vcard", "text/calendar", "application/pdf")


class SmsAdapter(Adapter):
    kind = ProviderKind.TWILIO_SMS
    channel = Channel.SMS
    identity_kind = IdentityKind.PHONE
    contact_channel = ContactChannel.SMS
    kept_headers = twilio.KEPT_HEADERS
    capabilities = Capabilities(
        text_limit=LONGEST,
        counts_segments=True,
        files_per_message=MOST_FILES,
        files=(FileRule(KINDS, LARGEST),),
        starts=True,
        tells_delivered=True,
    )

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        return twilio.is_signed(account, hook)

    def check(self, account: ProviderAccount, hook: Hook) -> None:
        twilio.check(hook)

    def answer(self, account: ProviderAccount, hook: Hook) -> HookAnswer:
        return twilio.NOTHING_TO_DO

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return read(account, hook, now=now)

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        """One text with its pictures; what is longer or heavier goes in several, the words first."""
        words = html_to_text(spell_out_links(message.html)) if message.html else message.text
        texts = list(in_pieces(words, LONGEST))
        files = list(_bundles(files_of(message)))
        return [{"text": text, "files": pks} for text, pks in zip_longest(texts, files, fillvalue=None)]

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        text, files = part.body.get("text") or "", [sendable(pk) for pk in part.body.get("files") or []]
        form = [("To", conversation.thread_key), _sender(account), ("StatusCallback", _callback(account, part))]
        form += [("Body", text)] if text else []
        form += [("MediaUrl", address_of(file)) for file in files]
        told = twilio.request(account, "POST", "Messages.json", form)
        sid, code = str(told.get("sid") or ""), str(told.get("error_code") or "")
        if not sid:
            raise Uncertain(_("Twilio's answer could not be read: it may have taken the message."))
        if told.get("status") in ("failed", "undelivered"):
            raise Rejected(meaning_of(code or "failed"), code=code, is_unreachable=code in UNREACHABLE)
        counted = str(told.get("num_segments") or "0")  # 0 while a messaging service still chooses our number
        segments = int(counted[:6]) if counted.isdecimal() else 0
        segments = segments or (0 if files else segments_of(text).count)
        return Sent(sid, facts={"segments": segments} if segments else {})

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        return twilio.download(account, str(media.ref.get("url", "")), largest=settings.MAX_ATTACHMENT_BYTES)

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        """What our number can do, and whether its texts come to us."""
        path = f"IncomingPhoneNumbers.json?PhoneNumber={quote(account.external_id)}"
        found = twilio.request(account, "GET", path).get("incoming_phone_numbers")
        numbers = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        if not numbers:
            raise Rejected(_("This Twilio account has no such number: check both in the channel's settings."))
        can = numbers[0].get("capabilities")
        can = can if isinstance(can, dict) else {}
        here = f"{settings.PUBLIC_URL}/hooks/{account.kind}/{account.hook_token}/"
        return {
            "can_text": bool(can.get("sms")),
            "can_send_pictures": bool(can.get("mms")),
            "comes_to_us": numbers[0].get("sms_url") == here or bool(account.option("messaging_service_sid", "")),
        }


def _bundles(files: Iterable[Attachment]) -> Iterator[list[int]]:
    bundle: list[int] = []
    size = 0
    for file in files:
        if bundle and (len(bundle) == MOST_FILES or size + file.size > LARGEST):
            yield bundle
            bundle, size = [], 0
        bundle.append(file.pk)
        size += file.size
    if bundle:
        yield bundle


def _sender(account: ProviderAccount) -> tuple[str, str]:
    """A messaging service chooses one of its numbers, the one that this person knows."""
    if service := account.option("messaging_service_sid", ""):
        return "MessagingServiceSid", service
    return "From", account.external_id


def _callback(account: ProviderAccount, part: ProviderMessage) -> str:
    """Our own key comes back with each status: it settles a text whose sending had no answer."""
    return f"{settings.PUBLIC_URL}/hooks/{account.kind}/{account.hook_token}/status/?part={part.client_key}"


adapter = SmsAdapter()
