"""What a person's own page, goals and the voice of customers put in."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset
from helpdesk.templatetags.clocks import short

register = template.Library()


@register.simple_tag
def people_styles() -> SafeString:
    """Of these pages; the other reports do without."""
    return format_html('<link rel="stylesheet" href="{}">', asset("people.css"))


@register.filter
def timesince_short(moment: datetime, now: datetime) -> str:
    """ "4m", "3h", "2d"."""
    return short(max(0.0, (now - moment).total_seconds()))
