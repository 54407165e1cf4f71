"""The Standard Webhooks scheme (standardwebhooks.com, v1): HMAC-SHA256 over id, timestamp and body, base64.

Keys are written `whsec_` + base64 of 24 to 64 bytes. Several signatures, parted by spaces, let a key be rotated.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
KEY_BYTES = range(24, 65)
TOLERANCE = 300  # seconds that a timestamp may be off, for who verifies
LONGEST_STAMP = 12  # digits


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises ValueError for what is no such key."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(key) not in KEY_BYTES:
        raise ValueError("24 to 64 bytes")
    return key


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()


def headers(keys: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message_id, timestamp, body) for key in keys),
    }


def verify(keys: Iterable[str], given: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """Whether `given` (lower-case names) was made by `headers` under one of `keys`, in the last five minutes."""
    message_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    is_stamp = stamp.isascii() and stamp.isdecimal() and len(stamp) <= LONGEST_STAMP
    if not message_id or not is_stamp or abs(now - int(stamp)) > TOLERANCE:
        return False
    offered = given.get("webhook-signature", "").split(" ")
    expected = [signature(key, message_id, int(stamp), body) for key in keys]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in offered for other in expected)
