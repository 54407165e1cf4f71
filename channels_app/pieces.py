"""Cutting a long text into messages, where a person would."""

from __future__ import annotations

from collections.abc import Iterator

BREAKS = ("\n\n", "\n", ". ", " ")


def in_pieces(text: str, limit: int, *, counts_bytes: bool = False) -> Iterator[str]:
    """Pieces of at most `limit` characters (or bytes of UTF-8): whole paragraphs, lines, sentences, words if it can be.

    Nothing is lost but the blanks between the pieces.
    """
    rest = text.strip()
    while rest:
        room = _room(rest, limit) if counts_bytes else limit
        if len(rest) <= room:
            yield rest
            return
        end = _end(rest, room)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()


def _end(text: str, room: int) -> int:
    """The last good place to cut in the second half of what fits."""
    for mark in BREAKS:
        found = text.rfind(mark, room // 2, room)
        if found > 0:
            return found + len(mark)
    return room


def _room(text: str, limit: int) -> int:
    """How many characters fit into so many bytes; one at least."""
    return max(1, len(text.encode()[:limit].decode(errors="ignore")))
