"""Secrets of others that we must know again: stored sealed, so that a copy of the database alone gives none away.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY; keys in SECRET_KEY_FALLBACKS still open.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(ValueError):
    """Sealed under a SECRET_KEY that is gone: the secret has to be given again."""


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises `CannotOpen`."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen("sealed under another SECRET_KEY") from error


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"onethread.sealing\0{secret}".encode()).digest()))
