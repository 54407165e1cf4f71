"""Which adapter speaks for which kind of account."""

from __future__ import annotations

from functools import cache
from typing import cast

from django.utils.module_loading import import_string

from channels_app.base import Adapter, Listener
from channels_app.models import ProviderKind
from tickets.models import Channel

ADAPTERS = {
    ProviderKind.TWILIO_SMS: "channels_app.adapters.sms.adapter.adapter",
    ProviderKind.WHATSAPP: "channels_app.adapters.whatsapp.adapter.adapter",
    ProviderKind.MESSENGER: "channels_app.adapters.messenger.adapter.messenger",
    ProviderKind.INSTAGRAM: "channels_app.adapters.messenger.adapter.instagram",
    ProviderKind.TELEGRAM: "channels_app.adapters.telegram.adapter.adapter",
    ProviderKind.X: "channels_app.adapters.x.adapter.adapter",
    ProviderKind.GENERIC: "channels_app.adapters.generic.adapter.adapter",
}
# Who hears what is called at /hooks/<kind>/: the adapters, and one for telephone calls, which are answered while they
# ring (its `answer` says what the caller is to hear).
LISTENERS: dict[ProviderKind, str] = {
    **ADAPTERS,
    ProviderKind.TWILIO_VOICE: "channels_app.adapters.voice.adapter.adapter",
}
CHANNELS = {
    ProviderKind.TWILIO_SMS: Channel.SMS,
    ProviderKind.TWILIO_VOICE: Channel.PHONE,
    ProviderKind.WHATSAPP: Channel.WHATSAPP,
    ProviderKind.MESSENGER: Channel.MESSENGER,
    ProviderKind.INSTAGRAM: Channel.INSTAGRAM,
    ProviderKind.TELEGRAM: Channel.TELEGRAM,
    ProviderKind.X: Channel.X,
    ProviderKind.GENERIC: Channel.GENERIC,
}


@cache
def adapter_of(kind: str) -> Adapter:
    """Raises `KeyError` for kinds that don't write messages: telephone calls have their own way."""
    return cast(Adapter, import_string(ADAPTERS[ProviderKind(kind)]))


def channel_of(kind: str) -> Channel:
    return CHANNELS[ProviderKind(kind)]


def listener_of(kind: str) -> Listener | None:
    """None for kinds that nobody hears."""
    return _listener(LISTENERS[ProviderKind(kind)]) if kind in LISTENERS else None


@cache
def _listener(path: str) -> Listener:
    return cast(Listener, import_string(path))
