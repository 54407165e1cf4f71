"""What a reader has looked at lately, remembered by their own browser: a cookie with a few numbers of articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "help_recent"
LASTS: Final = timedelta(days=30)
MOST: Final = 6  # of which all but the page's own are shown


def recent_of(request: HttpRequest) -> list[int]:
    """Numbers, the newest first. Whether they may still be read is asked when they are shown."""
    parts = request.COOKIES.get(COOKIE, "").split(".")[:MOST]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]


def remember(request: HttpRequest, response: HttpResponse, article: int) -> None:
    numbers = [article, *(number for number in recent_of(request) if number != article)][:MOST]
    response.set_cookie(
        COOKIE,
        ".".join(map(str, numbers)),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )
