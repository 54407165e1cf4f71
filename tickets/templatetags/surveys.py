"""What pages about surveys put in."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset

register = template.Library()


@register.simple_tag
def survey_styles() -> SafeString:
    """Of the editor's preview; no other page needs them."""
    return format_html('<link rel="stylesheet" href="{}">', asset("surveys.css"))
