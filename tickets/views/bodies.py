"""A customer's mail as its sender drew it, for the sandboxed frame: its own document under its own policy."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from helpdesk.lib.html import clean_mail_html
from tickets.models import Message
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, staff_only

# allow-same-origin without allow-scripts: the page may measure the frame, nothing in it can run.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{remote}; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@require_GET
@staff_only
def message_body(request: StaffRequest, message_id: int) -> HttpResponse:
    """`?images=1` lets remote images load: the reader asked for it, so their senders learn that it was read.

    `?quoted=1` is the history that the sender's mail program appended.
    """
    message = visible_message(request, message_id)
    images = request.GET.get("images") == "1"
    html = message.quoted_html if "quoted" in request.GET else message.html
    safe = clean_mail_html(html, cid_urls=inline_images(message, html), allow_remote_images=images)
    response = render(request, "tickets/body.html", {"html": mark_safe(safe)})  # noqa: S308 cleaned above
    # The middleware leaves headers that are there alone.
    response["Content-Security-Policy"] = POLICY.format(remote=" https: http:" if images else "")
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=600"
    return response


def inline_images(message: Message, html: str) -> dict[str, str]:
    """Where we keep the pictures that travelled inside the mail, by Content-ID (RFC 2392 §2)."""
    if "cid:" not in html.lower():
        return {}
    return {
        attachment.content_id.strip("<>"): reverse("attachment", args=[attachment.pk, attachment.filename])
        for attachment in message.attachments.exclude(content_id="")
    }
