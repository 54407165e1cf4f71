"""Where each kind of account says what it needs."""

from __future__ import annotations

from functools import cache
from typing import cast

from django.utils.module_loading import import_string

from channels_app.models import ProviderKind
from channels_app.setup.fields import Setup

SETUPS = {
    ProviderKind.WHATSAPP: "channels_app.adapters.whatsapp.config.SETUP",
    ProviderKind.TWILIO_SMS: "channels_app.adapters.sms.config.SETUP",
    ProviderKind.TWILIO_VOICE: "channels_app.adapters.voice.config.SETUP",
    ProviderKind.MESSENGER: "channels_app.adapters.messenger.config.MESSENGER",
    ProviderKind.INSTAGRAM: "channels_app.adapters.messenger.config.INSTAGRAM",
    ProviderKind.TELEGRAM: "channels_app.adapters.telegram.config.SETUP",
    ProviderKind.X: "channels_app.adapters.x.config.SETUP",
    ProviderKind.GENERIC: "channels_app.adapters.generic.config.SETUP",
}


@cache
def setup_of(kind: str) -> Setup:
    """Raises `KeyError` for a kind that can't be connected."""
    return cast(Setup, import_string(SETUPS[ProviderKind(kind)]))
