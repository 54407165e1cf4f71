"""The installation's key for messages to browsers (VAPID, RFC 8292): made once, or given by the environment."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from py_vapid import Vapid02, VapidException
from py_vapid.utils import b64urlencode

VALID_FOR = 12 * 3600  # seconds; push services allow a day at most


def public_key() -> str:
    """What a browser is given when it subscribes: it takes messages signed by this key only."""
    point = _key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def authorization(endpoint: str, *, now: float) -> str:
    """The Authorization header of a message to `endpoint`."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(now) + VALID_FOR,
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    return str(_key().sign(claims)["Authorization"])


def _key() -> Vapid02:
    return _read(settings.VAPID_PRIVATE_KEY, Path(settings.VAPID_KEY_FILE))


@cache
def _read(given: str, path: Path) -> Vapid02:
    if given:
        try:
            return Vapid02.from_string(given)
        except (VapidException, ValueError) as error:
            raise ImproperlyConfigured("VAPID_PRIVATE_KEY must be a P-256 key in base64url") from error
    if not path.exists():
        _make(path)
    return Vapid02.from_pem(path.read_bytes())


def _make(path: Path) -> None:
    """Written whole and then given its name, which only one process can: the others read that one's."""
    key = Vapid02()
    key.generate_keys()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key.private_pem())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
