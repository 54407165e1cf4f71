"""What pages with chats put in."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset
from tickets.chat.spans import span

register = template.Library()
register.filter("span", span)


@register.simple_tag
def chat_styles() -> SafeString:
    """Of chats; no other page of the workspace needs them."""
    return format_html('<link rel="stylesheet" href="{}">', chat_sheet())


@register.simple_tag
def chat_sheet() -> str:
    """The address, for the script that shows an offer on any page."""
    return asset("chat.css")


@register.filter
def iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
