"""How much one visitor, one network and all together may ask of us. In memory, for each web process.

What is counted here says nothing about chats: losing it with a process lets a little more through for a while.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.core import signing

from helpdesk.lib.limits import is_too_often

H = TypeVar("H", bound=Hashable)

MOST_KNOWN: Final = 20_000  # of those counted; beyond that all begin anew
BURST: Final = 20  # lines at once, after a silence
CHATTER, CHATTER_BURST = 5.0, 60  # a second, and at once: messages of one connection that are no lines
OF_NETWORK: Final = 10  # times as much as one of them may all visitors of a network say together

FREELY, MOST = 0.6, 6  # hellos a minute from one network, for each socket it may have; in between they take work
BITS, MORE_BITS = 13, 16  # of proof: some tenths of a second in a browser, and some seconds
PROVED_WITHIN: Final = timedelta(minutes=2)
SALT: Final = "onethread.chat.challenge"


@dataclass
class Allowance(Generic[H]):
    """So many at once, refilled by `a_second`. Counted for each `who`, forgotten when it is full again."""

    a_second: float
    most: float
    _left: dict[H, tuple[float, float]] = field(default_factory=dict)

    def wait(self, who: H, now: float | None = None) -> float:
        """Takes one and answers 0, or takes none and answers after how many seconds there will be one."""
        now = time.monotonic() if now is None else now
        left, at = self._left.get(who, (self.most, now))
        left = min(self.most, left + (now - at) * self.a_second)
        if left < 1:
            return (1 - left) / self.a_second
        if len(self._left) >= MOST_KNOWN:
            self._left.clear()
        self._left[who] = (left - 1, now)
        return 0.0

    def forget(self, who: H) -> None:
        self._left.pop(who, None)


def lines(times: int = 1) -> Allowance[str]:
    a_minute = settings.CHAT_LINES_A_MINUTE
    return Allowance(times * a_minute / 60, times * max(BURST, a_minute / 2))


def polls() -> Allowance[str]:
    """Of one network: each browser asks every 25 seconds, and whenever it says something."""
    sockets = settings.CHAT_SOCKETS_PER_ADDRESS
    return Allowance(sockets / 5, sockets)


class Doors:
    """How many are open, from where, and how many of a network came in the last minute."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        sockets = settings.CHAT_SOCKETS_PER_ADDRESS
        self._came = Allowance[str](sockets * FREELY / 60, sockets * FREELY)
        self._came_in_all = Allowance[str](sockets * MOST / 60, sockets * MOST)

    def let_in(self, network: str) -> bool:
        if self.open.total() >= settings.CHAT_SOCKETS or self.open[network] >= settings.CHAT_SOCKETS_PER_ADDRESS:
            return False
        self.open[network] += 1
        return True

    def let_out(self, network: str) -> None:
        self.open[network] -= 1
        if self.open[network] <= 0:
            del self.open[network]

    def hello(self, network: str) -> tuple[float, int]:
        """After how many seconds it may be said again (0: now), and how many bits of work it takes (0: none)."""
        if wait := self._came_in_all.wait(network):
            return wait, 0
        is_busy = self._came.wait(network) > 0 or self.open[network] > settings.CHAT_SOCKETS_PER_ADDRESS / 2
        is_crowded = self.open.total() > settings.CHAT_SOCKETS * 3 / 4
        return 0.0, MORE_BITS if is_busy and is_crowded else BITS if is_busy else 0


def challenge(network: str, bits: int) -> dict[str, str | int]:
    return {"nonce": _signer().sign(f"{_short(network)}.{bits}.{secrets.token_hex(8)}"), "bits": bits}


def is_proof(proof: str, network: str) -> bool:
    """A nonce that we gave to this network lately, with work done on it, and never brought before."""
    nonce = proof.rpartition(":")[0]
    try:
        where, bits, _random = _signer().unsign(nonce, max_age=PROVED_WITHIN).split(".")
    except (signing.BadSignature, ValueError):
        return False
    if not hmac.compare_digest(where, _short(network)):
        return False
    if int.from_bytes(sha256(proof.encode()).digest()) >> (256 - int(bits)):
        return False
    return not is_too_often("chat-proof", nonce, most=1, within=PROVED_WITHIN)


def _short(network: str) -> str:
    return sha256(network.encode()).hexdigest()[:8]


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT)
