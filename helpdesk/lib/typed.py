"""Numbers in addresses and forms, as anybody may type them."""

from __future__ import annotations

LONGEST = 18  # digits; PostgreSQL's bigint has room for them, and Python refuses to read some thousands


def whole_number(text: str) -> int | None:
    """None for what is no whole number, or larger than any id can be."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
