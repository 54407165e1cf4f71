"""What the simulator puts in."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset

register = template.Library()


@register.simple_tag
def simulator_styles() -> SafeString:
    """No other page needs them."""
    return format_html('<link rel="stylesheet" href="{}">', asset("simulator.css"))
