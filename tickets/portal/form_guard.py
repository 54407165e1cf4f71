"""Keeping robots out of forms without a riddle for people: a field nobody sees, a signed time, a key for each page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.http import QueryDict

from helpdesk.lib.signing import sign, verify

HONEYPOT: Final = "website"  # robots fill in everything that has a name like this
FASTEST: Final = timedelta(seconds=3)  # nobody writes a request sooner
SLOWEST: Final = timedelta(hours=24)
_SIGNED_FOR: Final = "contact-form"


@dataclass(frozen=True)
class Stamp:
    """When a page was made, and the key under which what it sends is kept once."""

    key: UUID
    at: int
    mac: str

    def __str__(self) -> str:
        return f"{self.key}.{self.at}.{self.mac}"


def new_stamp(now: datetime, key: UUID | None = None) -> Stamp:
    key, at = key or uuid4(), int(now.timestamp())
    return Stamp(key, at, sign(_SIGNED_FOR, key, at))


def read_stamp(text: str) -> Stamp | None:
    """None for what we did not make."""
    key, _dot, rest = text.partition(".")
    at, _dot, mac = rest.partition(".")
    try:
        stamp = Stamp(UUID(key), int(at[:12]), mac)
    except ValueError:
        return None
    return stamp if verify(mac, _SIGNED_FOR, stamp.key, stamp.at) else None


def is_robot(data: QueryDict) -> bool:
    return bool(data.get(HONEYPOT, "").strip())


def is_in_time(stamp: Stamp, now: datetime) -> bool:
    """Neither at once nor long after. Who waits too long or has help typing presses the button once more."""
    age = now.timestamp() - stamp.at
    return FASTEST.total_seconds() <= age <= SLOWEST.total_seconds()
