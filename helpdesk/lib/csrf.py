"""The CSRF token of a page: as Django's `get_token`, whose mask of single choices takes a tenth of a millisecond."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_bytes

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, get_token

SIZE = len(CSRF_ALLOWED_CHARS)
FAIR = 256 - 256 % SIZE  # bytes below it fall on each sign equally often
PLACES = {sign: place for place, sign in enumerate(CSRF_ALLOWED_CHARS)}


def token_of(request: HttpRequest) -> str:
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # as Django does, so that the cookie lives on
    return masked(secret)


def masked(secret: str) -> str:
    """A mask and the secret moved along by it: another text each time, so that compressing it betrays nothing."""
    mask = [place for place, _sign in zip(_places(), secret, strict=False)]
    moved = [CSRF_ALLOWED_CHARS[(place + PLACES[sign]) % SIZE] for place, sign in zip(mask, secret, strict=True)]
    return "".join([CSRF_ALLOWED_CHARS[place] for place in mask] + moved)


def _places() -> Iterator[int]:
    while True:
        yield from (byte % SIZE for byte in token_bytes(48) if byte < FAIR)
