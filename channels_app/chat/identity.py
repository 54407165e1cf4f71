"""Who a visitor is, by the signed word of the company's own site: a token (RFC 7519), or the older hash of an id.

What the page says without a signature is somebody's word and opens nothing. Which algorithm a token is read by is the
key's business, never the token's: a public key is no shared secret, and "none" is no algorithm.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt
from django.db.models import Q
from django.utils.translation import gettext as _

from channels_app.chat.protocol import Claim
from helpdesk.lib.sealing import CannotOpen, unseal
from tickets.models import ChatKey, ChatWidget, KeyAlgorithm
from tickets.services import Refused

logger = logging.getLogger(__name__)

LEEWAY: Final = 30  # seconds by which two clocks may differ
LONGEST_ID: Final = 300  # characters
USED_EVERY: Final = timedelta(hours=1)


class NotProved(Refused):
    """The reason is for whoever sets up the site; a visitor goes on as somebody unknown."""


@dataclass(frozen=True)
class Person:
    """`id` is theirs on the company's site. `email` only where the token says that it was verified."""

    id: str
    name: str = ""
    email: str = ""


def check(widget: ChatWidget, claim: Claim, *, now: datetime) -> Person:
    """Raises `NotProved`."""
    person, key = _by_token(widget, claim.token) if claim.token else _by_hash(widget, claim)
    if not person.id or len(person.id) > LONGEST_ID or "\0" in person.id:
        raise NotProved(_("The user’s id is missing or too long."))
    lately = Q(last_used_at__gt=now - USED_EVERY)
    ChatKey.objects.filter(pk=key.pk).exclude(lately).update(last_used_at=now)
    return person


def _by_token(widget: ChatWidget, token: str) -> tuple[Person, ChatKey]:
    key = _key_for(widget, token)
    if not widget.token_audience:
        raise NotProved(_("No audience is set for tokens of this chat."))
    try:
        claims = jwt.decode(
            token,
            key.public_key if key.algorithm == KeyAlgorithm.RS256 else _secret(key),
            algorithms=[key.algorithm],
            audience=widget.token_audience,
            leeway=LEEWAY,
            options={"require": ["exp", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise NotProved(_("The token was not accepted: %(reason)s.") % {"reason": error}) from error
    return _person(claims), key


def _key_for(widget: ChatWidget, token: str) -> ChatKey:
    """The key that the token names, as long as it is in use; one that names none is read by the only one there is."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError as error:
        raise NotProved(_("This is no token: %(reason)s.") % {"reason": error}) from error
    keys = [key for key in _keys(widget) if key.algorithm != KeyAlgorithm.HMAC]
    if kid is not None:
        keys = [key for key in keys if key.kid == kid]
    if len(keys) != 1:
        raise NotProved(_("The token names no key that is in use."))
    return keys[0]


def _person(claims: dict[str, Any]) -> Person:
    """RFC 7519 §4.1 and OpenID Connect's names for the rest. An address that the site has not verified stays out."""
    name, email = claims.get("name"), claims.get("email")
    is_verified = claims.get("email_verified") is True
    return Person(
        str(claims["sub"]),
        name[:200] if isinstance(name, str) else "",
        email[:254] if isinstance(email, str) and is_verified else "",
    )


def _by_hash(widget: ChatWidget, claim: Claim) -> tuple[Person, ChatKey]:
    """HMAC-SHA256 of the id, in hexadecimal. Only the id is signed by it: name and address remain a word."""
    for key in _keys(widget):
        if key.algorithm != KeyAlgorithm.HMAC:
            continue
        expected = hmac.new(_secret(key).encode(), claim.id.encode(), sha256).hexdigest()
        if claim.id and hmac.compare_digest(expected.encode(), claim.hash.lower().encode()):
            return Person(claim.id, claim.name), key
    raise NotProved(_("The hash of the user’s id is wrong."))


def _keys(widget: ChatWidget) -> Sequence[ChatKey]:
    return list(ChatKey.objects.filter(widget=widget, retired_at=None))


def _secret(key: ChatKey) -> str:
    try:
        secret = unseal(key.secret)
    except CannotOpen as error:
        logger.warning("chat key %s can't be opened: make a new one", key.kid)
        raise NotProved(_("The key can’t be opened any more. Make a new one.")) from error
    if not secret:
        raise NotProved(_("The key has no secret."))
    return secret
