"""Numbers of payment cards in a text, by their digits alone: a hint that somebody should take them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

# 13 to 19 digits (ISO/IEC 7812), in groups or not, beginning as the large schemes' do.
LOOKS_LIKE = re.compile(r"(?<![\d.,+-])[2-6](?:[ \u00a0-]?\d){12,18}(?![\d-])")


def card_numbers(text: str) -> Iterator[str]:
    """As they are written. Order and phone numbers of that length pass the check of digits one time in ten."""
    for found in LOOKS_LIKE.finditer(text):
        digits = [int(letter) for letter in found[0] if letter.isdecimal()]
        if len(set(digits)) > 1 and luhn(digits):
            yield found[0]


def luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
