"""Files of ours under an address that needs no sign-in, for providers that fetch what they are to send.

The address names the file, is signed, and is good for a few hours. Whether the file may be handed out is asked when it
is: one that turned out to hold malware, or was removed, is gone from there as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from tickets import scanning
from tickets.downloads import send_file
from tickets.models import Attachment

GOOD_FOR: Final = timedelta(hours=4)  # a text may wait that long at its provider
SALT: Final = "onethread.shared-file"


def address_of(attachment: Attachment) -> str:
    """Whole, as a provider calls it."""
    path = reverse("shared-file", args=[_signer().sign(str(attachment.pk)), attachment.filename])
    return f"{settings.PUBLIC_URL}{path}"


@require_safe
def shared_file(request: HttpRequest, signed: str, filename: str) -> HttpResponseBase:
    """404 for all that is not, no longer or not yet to be had: whoever asks is no user who could read why."""
    try:
        number = int(_signer().unsign(signed, max_age=GOOD_FOR))
    except signing.BadSignature as error:
        raise Http404 from error
    attachment = Attachment.objects.filter(pk=number, removed_at=None).first()
    if attachment is None or scanning.why_blocked(attachment.filename, attachment.scan_state):
        raise Http404
    try:
        response = send_file(request, attachment)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Type"] = attachment.content_type  # what the provider decides by; it is saved, never shown by us
    response["X-Robots-Tag"] = "noindex"
    return response


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT)
