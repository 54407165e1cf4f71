"""Twilio Voice: a listener that answers while it rings. What was told is applied at once, and again by the worker that
reads the stored call, which changes nothing: so a process that dies in between loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app import twilio
from channels_app.adapters.voice.reading import Told, read
from channels_app.adapters.voice.speaking import apologise, speak
from channels_app.base import Capabilities, Happening, Hook, HookAnswer, Listener, Rejected, Unhandled
from channels_app.messaging.echoes import NotYet
from channels_app.messaging.text import storable
from channels_app.models import ProviderAccount, ProviderKind
from channels_app.voice.addresses import hook_url
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from tickets.models import Channel

SPOKEN = ("", "wait", "queue", "dial", "voicemail")  # the parts whose answer somebody hears

logger = logging.getLogger(__name__)


class VoiceAdapter(Listener):
    kind = ProviderKind.TWILIO_VOICE
    channel = Channel.PHONE
    identity_kind = IdentityKind.PHONE
    contact_channel = ContactChannel.PHONE
    capabilities = Capabilities(text_limit=None)
    kept_headers = twilio.KEPT_HEADERS

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        return twilio.is_signed(account, hook)

    def check(self, account: ProviderAccount, hook: Hook) -> None:
        twilio.check(hook)

    def answer(self, account: ProviderAccount, hook: Hook) -> HookAnswer:
        now = timezone.now()
        try:
            if account.is_active:
                self.apply_now(account, hook, now)
            return speak(account, hook.path, told_by(hook, now)) if hook.path in SPOKEN else twilio.NOTHING_TO_DO
        except Exception:  # the caller hears something all the same; the stored call is read again by a worker
            logger.exception("a call of the voice hook of account %s could not be answered", account.pk)
            return apologise(account) if hook.path in SPOKEN else twilio.NOTHING_TO_DO

    def apply_now(self, account: ProviderAccount, hook: Hook, now: datetime) -> None:
        from channels_app.messaging.applying import apply  # it knows all listeners' happenings

        for happening in self.read(account, hook, now=now):
            if isinstance(happening, Unhandled):
                continue
            try:
                apply(account, happening, now=now)
            except NotYet:
                logger.info("a call of the voice hook of account %s came early, a worker reads it again", account.pk)

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return read(hook.path, told_by(hook, now))

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        """What our number can do, and whether its calls come to us."""
        path = f"IncomingPhoneNumbers.json?PhoneNumber={quote(account.external_id)}"
        found = twilio.request(account, "GET", path).get("incoming_phone_numbers")
        numbers = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        if not numbers:
            raise Rejected(_("This Twilio account has no such number: check both in the channel's settings."))
        number = numbers[0]
        can = number.get("capabilities")
        here = hook_url(account)
        return {
            "can_call": bool(can.get("voice")) if isinstance(can, dict) else False,
            "comes_to_us": number.get("voice_url") == here or bool(number.get("voice_application_sid")),
            "tells_states": number.get("status_callback") == hook_url(account, "status"),
        }


def told_by(hook: Hook, now: datetime) -> Told:
    """By GET our own query and what Twilio adds come together."""
    said = {name: storable(value) for name, value in twilio.fields(hook).items()}
    asked = {name: storable(value) for name, value in parse_qsl(hook.query)}
    return Told(said, {name: value for name, value in asked.items() if name in OURS}, now)


OURS = ("call", "user", "how", "leg", "hold", "voicemail", "end")  # what our own addresses carry

adapter = VoiceAdapter()
