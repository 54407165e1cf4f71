"""Who looked, searched and then wrote to us: a random number in a cookie of ours, for as long as that is asked.

It is made only where something is written down (a reading, a search, a vote), says nothing about the person, and is
forgotten after three days: as long as a ticket counts as written after a search (docs/help-centre.md).
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "visitor"
LASTS: Final = timedelta(days=3)
_FORM: Final = re.compile(r"[0-9a-f]{32}")


def visitor_of(request: HttpRequest) -> str:
    """The number of the browser that asks; a new one where it has none. Whoever keeps it sends it: `know_again`."""
    known: str = getattr(request, "_visitor", "") or request.COOKIES.get(COOKIE, "")
    if not _FORM.fullmatch(known):
        known = secrets.token_hex(16)
    request._visitor = known  # type: ignore[attr-defined]
    return known


def known_visitor(request: HttpRequest) -> str:
    """Empty for a browser about which nothing was written down."""
    known = request.COOKIES.get(COOKIE, "")
    return known if _FORM.fullmatch(known) else ""


def know_again(request: HttpRequest, response: HttpResponse) -> None:
    """The three days begin again."""
    response.set_cookie(
        COOKIE,
        visitor_of(request),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )
