"""Files of a chat as its visitor's browser gets them: under an address that is good for this file and for a week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core import signing
from django.urls import reverse

GOOD_FOR: Final = timedelta(days=7)  # then saying hello brings fresh ones
SALT: Final = "onethread.chat.file"


def with_addresses(entry: dict[str, Any]) -> dict[str, Any]:
    """A line with an address for each of its files. Only for who may have the line."""
    if not entry["files"]:
        return entry
    return {**entry, "files": [described(file) for file in entry["files"]]}


def described(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "url": reverse("widget-file", args=[_signer().sign(str(file["id"]))])}


def read(signed: str) -> int | None:
    """The attachment's number; None for what we did not sign, or too long ago."""
    try:
        return int(_signer().unsign(signed, max_age=GOOD_FOR))
    except signing.BadSignature:
        return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT)
