"""What pages with calls put in."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset
from tickets.calls.callers import shown
from tickets.models import Call, CallDirection, Outcome

register = template.Library()
register.filter("phone_number", shown)

UNANSWERED = (Outcome.MISSED, Outcome.NO_ANSWER, Outcome.BUSY)


@register.simple_tag
def call_styles() -> SafeString:
    """Of the phone; no other page of the workspace needs them."""
    return format_html('<link rel="stylesheet" href="{}">', call_sheet())


@register.simple_tag
def call_sheet() -> str:
    """The address, for the script that shows on any page what rings."""
    return asset("calls.css")


@register.filter
def call_icon(call: Call) -> str:
    if call.outcome == Outcome.VOICEMAIL:
        return "voicemail"
    if call.outcome in UNANSWERED:
        return "phone-missed"
    return "phone-incoming" if call.direction == CallDirection.IN else "phone-outgoing"
