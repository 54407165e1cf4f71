"""Signed addresses around a request: the one in the mail proves the mailbox, the one of the page proves nothing.

Neither is stored. Whoever sent the form is shown a page by which it can be withdrawn again; only the link in the mail
lets it become a ticket.
"""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.urls import reverse

from helpdesk.lib.signing import sign, verify
from knowledge_base.centres import address_of
from tickets.models import ContactRequest

MAIL, PAGE = "contact-mail", "contact-page"
_TOKEN: Final = re.compile(r"(?P<request>[0-9]{1,18})\.(?P<mac>[a-z2-7]{16})")


def mail_link(request: ContactRequest) -> str:
    """Back to the help centre where the form was filled in: its visitor's cookie is known there."""
    host = address_of(request.centre) if request.centre else settings.PUBLIC_URL
    return host + reverse("contact-request", args=[token_of(request, MAIL)])


def page_path(request: ContactRequest) -> str:
    return reverse("contact-sent", args=[token_of(request, PAGE)])


def token_of(request: ContactRequest, use: str) -> str:
    return f"{request.pk}.{sign(use, request.pk, request.submit_key)}"


def read_token(token: str, use: str) -> ContactRequest | None:
    """The request that we signed so; None for any other."""
    match = _TOKEN.fullmatch(token)
    if not match:
        return None
    request = ContactRequest.objects.select_related("form", "ticket").filter(pk=match["request"]).first()
    if request is None or not verify(match["mac"], use, request.pk, request.submit_key):
        return None
    return request
