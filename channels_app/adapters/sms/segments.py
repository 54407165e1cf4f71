"""How many SMS a text takes: what it costs, and what phones put together again.

3GPP TS 23.038 §6.2.1 (the alphabet of 7 bits) and TS 23.040 §9.2.3.24.1 (long texts lose 6 bytes a segment to say where
they belong). `static/src/composer/segments.ts` counts the same while somebody writes: one table tests both,
tests/payloads/twilio/segments.json.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a letter: two places
ALONE = {"GSM-7": 160, "UCS-2": 70}
JOINED = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True)
class Segments:
    """`units` are places used in all; `left` those free in the last segment; `costly` the first character that needs
    two bytes, and with it all the others."""

    encoding: str
    count: int
    units: int
    left: int
    costly: str = ""


def segments_of(text: str) -> Segments:
    """Of a text with any line ends; none for no text at all."""
    text = text.replace("\r\n", "\n")
    costly = next((one for one in text if one not in BASIC and one not in EXTENDED), "")
    encoding = "UCS-2" if costly else "GSM-7"
    sizes = [_size(one, encoding) for one in text]
    units = sum(sizes)
    if units <= ALONE[encoding]:
        return Segments(encoding, 1 if units else 0, units, ALONE[encoding] - units, costly)
    count, used = _packed(sizes, JOINED[encoding])
    return Segments(encoding, count, units, JOINED[encoding] - used, costly)


def _size(one: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if one in EXTENDED else 1
    return 2 if ord(one) > 0xFFFF else 1


def _packed(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """How many segments, and how full the last is: no character is torn apart."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count, used
