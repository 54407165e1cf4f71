"""The widths that a person has given the panes, in time for the first picture of the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

LIMITS = {"list": (240, 560), "ctx": (240, 480)}  # pixels, as templates/components/divider.html has them


@register.simple_tag
def pane_widths(request: Any) -> SafeString:
    """A rule for the cookie `panes` ("list:360,ctx:300"); what is no width of ours is left out."""
    rules = "".join(
        f"--{name}-w:clamp({LIMITS[name][0]}px,{width}px,38vw);"
        for name, width in _widths(request.COOKIES.get("panes", "")).items()
    )
    if not rules:
        return SafeString("")
    return format_html('<style nonce="{}">:root{{{}}}</style>', request.csp_nonce, mark_safe(rules))  # noqa: S308 numbers


def _widths(cookie: str) -> dict[str, int]:
    pairs = (part.partition(":") for part in unquote(cookie[:80]).split(","))
    return {
        name: min(max(int(width), LIMITS[name][0]), LIMITS[name][1])
        for name, _colon, width in pairs
        if name in LIMITS and width.isascii() and width.isdecimal()
    }
