"""What pages that have the editor of articles put in."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset
from knowledge_base.centres import direction_of

register = template.Library()


@register.simple_tag
def editor_styles() -> SafeString:
    """Of the editor and of articles; no other page of the workspace needs them."""
    return format_html('<link rel="stylesheet" href="{}">', asset("article.css"))


@register.simple_tag
def preview_styles() -> SafeString:
    """The help centre's look without its scripts, which a frame of ours lets nobody run."""
    return format_html('<link rel="stylesheet" href="{}">', asset("help.css"))


@register.inclusion_tag("knowledge/_body.html")
def body_editor(name: str, body: str, language: str, label: str = "") -> dict[str, Any]:
    """The editor over a field that holds the HTML at every moment. `label`: what is written here, if not the text."""
    return {
        "name": name,
        "body": body,
        "language": language,
        "direction": direction_of(language),
        "label": label,
    }
