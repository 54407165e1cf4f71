"""A provider's refusal may say back what it was told: what proves who we are is taken out before anybody reads it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

HIDDEN = b"[hidden]"
SHORTEST = 8  # what is shorter would be found inside words
PROOFS = re.compile(r"token|secret|password|proof|authorization|api-?key|signature|assertion", re.IGNORECASE)
IN_PATH = re.compile(r"/bot([^/]+)/")  # Telegram's


def masked(said: bytes, url: str, headers: Mapping[str, str], form: Collection[tuple[str, str]] = ()) -> bytes:
    """`said` without the secrets of the call that was answered so."""
    for secret in sorted(set(_secrets(url, headers, form)), key=len, reverse=True):
        if len(secret) >= SHORTEST:
            said = said.replace(secret.encode("utf-8", "ignore"), HIDDEN)
    return said


def _secrets(url: str, headers: Mapping[str, str], form: Collection[tuple[str, str]]) -> Iterator[str]:
    parts = urlsplit(url)
    for found in IN_PATH.findall(parts.path):
        yield from (found, unquote(found))
    for name, value in (*parse_qsl(parts.query), *form, *headers.items()):
        if PROOFS.search(name):
            yield value
            yield from _inside(value)


def _inside(value: str) -> Iterator[str]:
    """What an Authorization header is made of: behind its scheme, and inside Basic's letters (RFC 7617)."""
    scheme, _space, rest = value.partition(" ")
    if not rest:
        return
    yield rest
    if scheme.lower() == "basic":
        try:
            yield base64.b64decode(rest).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return
