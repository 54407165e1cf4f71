"""Keys by which a company's site says who its visitor is. The secret is shown once, and kept sealed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.sealing import seal
from tickets.models import ChatKey, ChatWidget, KeyAlgorithm
from tickets.services import Refused

IN_USE: Final = 4  # at a time: two while one follows the other, of two kinds
SMALLEST: Final = 2048  # bits of an RSA key


@transaction.atomic
def create_key(
    widget: ChatWidget, algorithm: str, *, public_key: str = "", now: datetime | None = None
) -> tuple[ChatKey, str]:
    """The key, and its secret to be shown this once; empty for RS256, whose private key never leaves the company.

    Earlier keys stay in use until they are retired, so that sites can change over. Raises `Refused` with the field.
    """
    widget = ChatWidget.objects.select_for_update().get(pk=widget.pk)
    if algorithm not in KeyAlgorithm.values:
        raise Refused(_("Choose how the site signs."), field="algorithm")
    if widget.keys.filter(retired_at=None).count() >= IN_USE:
        raise Refused(_("Retire a key first: at most %(count)s are in use at a time.") % {"count": IN_USE})
    is_public = algorithm == KeyAlgorithm.RS256
    secret = "" if is_public else secrets.token_urlsafe(48)
    key = ChatKey.objects.create(
        widget=widget,
        algorithm=algorithm,
        secret=seal(secret) if secret else "",
        public_key=_checked(public_key) if is_public else "",
        created_at=now or timezone.now(),
    )
    if not widget.token_audience:  # tokens made for something else must not open a chat
        widget.token_audience = f"onethread-chat-{widget.key[:8].lower()}"
        widget.save(update_fields=["token_audience", "updated_at"])
    return key, secret


@transaction.atomic
def retire_key(key: ChatKey, *, now: datetime | None = None) -> None:
    """What was signed by it counts no more, from this moment on."""
    ChatKey.objects.filter(pk=key.pk, retired_at=None).update(retired_at=now or timezone.now(), secret="")


def _checked(pem: str) -> str:
    pem = pem.strip()
    if "PRIVATE KEY" in pem:
        raise Refused(
            _("This is the private key. Keep it to yourself, and give us the public one."), field="public_key"
        )
    try:
        known = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise Refused(_("This is no public key in PEM form."), field="public_key") from error
    if not isinstance(known, RSAPublicKey) or known.key_size < SMALLEST:
        raise Refused(_("It has to be an RSA key of %(bits)s bits at least.") % {"bits": SMALLEST}, field="public_key")
    return pem + "\n"
