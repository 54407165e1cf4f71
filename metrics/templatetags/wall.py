"""What the wallboard puts in: its sheet, and times that go on counting in the page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset
from helpdesk.templatetags.clocks import short

register = template.Library()


@register.simple_tag
def wall_styles() -> SafeString:
    """Of the wallboard; no other page needs them."""
    return format_html('<link rel="stylesheet" href="{}">', asset("wallboard.css"))


@register.simple_tag
def waited(since: float | None, now: float) -> SafeString:
    """For how long (seconds since 1970), counting on; a dash where nobody waits."""
    if since is None:
        return format_html('<span class="none">{}</span>', "–")
    seconds = max(0.0, now - since)
    return format_html('<span data-waited="{}">{}</span>', round(seconds), short(seconds))


@register.simple_tag
def left(until: float, now: float) -> SafeString:
    """How long there is still time, counting down."""
    seconds = max(0.0, until - now)
    return format_html('<span data-left="{}">{}</span>', round(seconds), short(seconds))


@register.filter
def lasting(seconds: float | None) -> str:
    return "–" if seconds is None else short(seconds)
