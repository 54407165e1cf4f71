"""What the settings of chats put in."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset

register = template.Library()


@register.simple_tag
def chat_settings_styles() -> SafeString:
    """Of the preview; no other page needs them."""
    return format_html('<link rel="stylesheet" href="{}">', asset("chat-settings.css"))
