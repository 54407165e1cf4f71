"""How a file of a message is listed: shown in place, offered, or held back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.templatetags.ui import longdate
from tickets.downloads import SHOWN_INLINE
from tickets.models import ScanState

register = template.Library()

MOST_FOR_THUMBNAIL = 6 * 1024 * 1024  # bytes: a thumbnail is the picture itself


@register.filter
def preview_kind(file: dict[str, Any]) -> str:
    """image, pdf, text, video or audio: what <ot-preview> shows in place; empty for what is only downloaded."""
    kind = file["content_type"]
    if kind not in SHOWN_INLINE:
        return ""
    return "pdf" if kind == "application/pdf" else kind.partition("/")[0]


@register.filter
def has_thumbnail(file: dict[str, Any]) -> bool:
    return preview_kind(file) == "image" and file["size"] <= MOST_FOR_THUMBNAIL


@register.filter
def removal(file: dict[str, Any]) -> str:
    """Who redacted it, and when; without a name its time was over."""
    day = longdate(datetime.fromisoformat(file["removed_at"]))
    return _("by %(name)s, %(day)s") % {"name": file["removed_by"], "day": day} if file["removed_by"] else day


@register.filter
def held_back(file: dict[str, Any]) -> str:
    """In a few words why nobody gets it now (tickets.scanning.why_blocked has the sentence); empty if they do."""
    state, found = file.get("scan_state", ""), file.get("scan_detail", "")
    if state == ScanState.INFECTED:
        return _("Malware: %(found)s") % {"found": found}
    if not settings.CLAMD_URL or settings.SERVE_UNSCANNED:
        return ""
    if state == ScanState.PENDING:
        return _("Being checked for malware")
    return _("Could not be checked for malware") if state == ScanState.FAILED else ""
