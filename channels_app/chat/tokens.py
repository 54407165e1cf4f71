"""The token by which a browser is known again: a visitor of one widget, signed, with the time of signing.

It says nothing but a random number, so it may lie in the host page's storage. One that was given to a visitor whom the
company's site had vouched for opens their chats for `VOUCHED_FOR` and not a moment longer: on a shared computer the
next person gets no further than the site lets them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core import signing

GOOD_FOR: Final = timedelta(days=400)
VOUCHED_FOR: Final = timedelta(hours=12)
SALT: Final = "onethread.chat.visitor"
ANYBODY, VOUCHED = "a", "v"


@dataclass(frozen=True)
class Token:
    visitor: UUID
    widget_id: int
    is_vouched: bool


def make(visitor: UUID, widget_id: int, *, is_vouched: bool) -> str:
    return _signer().sign(f"{visitor.hex}.{widget_id}.{VOUCHED if is_vouched else ANYBODY}")


def read(text: str) -> Token | None:
    """None for what we did not sign, or signed too long ago."""
    try:
        visitor, widget, kind = _signer().unsign(text, max_age=GOOD_FOR).split(".")
        if kind == VOUCHED:
            _signer().unsign(text, max_age=VOUCHED_FOR)
        return Token(UUID(hex=visitor), int(widget), kind == VOUCHED)
    except (signing.BadSignature, ValueError):
        return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT)
