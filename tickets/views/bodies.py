"""A customer's mail as its sender drew it, for the sandboxed frame: its own document under its own policy."""

from __future__ import annotations

import re
from urllib.parse import quote

from csp.decorators import csp_exempt
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from tickets.models import Message
from tickets.views.composer import visible_message
from tickets.views.support import StaffRequest, staff_only

# allow-same-origin without allow-scripts: the page may measure the frame, nothing in it can run.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{remote}; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
CID = re.compile(r"""(?<=src=")cid:([^"]+)(?=")""", re.IGNORECASE)


@require_GET
@csp_exempt()
@xframe_options_sameorigin
@staff_only
def message_body(request: StaffRequest, message_id: int) -> HttpResponse:
    """`?images=1` lets remote images load: the reader asked for it, so their senders learn that it was read."""
    message = visible_message(request, message_id)
    quoted = "quoted" in request.GET
    html = with_inline_images(message, message.quoted_html if quoted else message.html)
    response = render(request, "tickets/body.html", {"html": mark_safe(html)})  # noqa: S308 sanitised when received
    remote = " https: http:" if request.GET.get("images") == "1" else ""
    response["Content-Security-Policy"] = POLICY.format(remote=remote)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=600"
    return response


def with_inline_images(message: Message, html: str) -> str:
    """Pictures that travelled inside the mail (RFC 2392 `cid:`) at the addresses where we keep them."""
    if "cid:" not in html.lower():
        return html
    kept = {
        attachment.content_id.strip("<>"): reverse("attachment", args=[attachment.pk, quote(attachment.filename)])
        for attachment in message.attachments.exclude(content_id="")
    }
    return CID.sub(lambda found: kept.get(found[1], found[0]), html)
