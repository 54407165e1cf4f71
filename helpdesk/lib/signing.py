"""Short signatures for what travels through mail: addresses, Message-IDs, footers.

HMAC-SHA256 under a key derived from SECRET_KEY for each purpose, cut to 80 bits and written in lower-case base32,
since mail addresses lose their case. Keys in SECRET_KEY_FALLBACKS still verify: that is how a key is rotated.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

MAC_LENGTH = 16  # characters: 80 bits in base32


def sign(purpose: str, *parts: object) -> str:
    """The signature of `parts` for `purpose`; 16 characters of a-z and 2-7."""
    return _mac(settings.SECRET_KEY, purpose, parts)


def verify(mac: str, purpose: str, *parts: object) -> bool:
    """True when `mac` was made by `sign` with the same arguments, under this key or a retired one."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    given = mac.lower().encode()
    return any(hmac.compare_digest(_mac(key, purpose, parts).encode(), given) for key in keys)


def _mac(secret: str, purpose: str, parts: tuple[object, ...]) -> str:
    key = hashlib.sha256(f"onethread.{purpose}\0{secret}".encode()).digest()
    digest = hmac.digest(key, "\0".join(map(str, parts)).encode(), "sha256")
    return base64.b32encode(digest[:10]).decode().lower()
