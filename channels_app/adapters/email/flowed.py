"""format=flowed (RFC 3676 §4): paragraphs that the sender's program broke are put together again."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")


def unflow(text: str, *, delsp: bool = False) -> str:
    """Join flowed lines of the same quote depth; a signature separator and its neighbours are never joined."""
    out: list[str] = []
    pieces: list[str] = []
    depth_before = 0
    for line in text.split("\n"):
        found = _QUOTES.match(line)
        depth = found.end() if found else 0
        content = line[depth:].removeprefix(" ")  # one stuffed space
        if pieces and (depth != depth_before or content == "-- "):
            out.append(_quoted("".join(pieces), depth_before))
            pieces = []
        depth_before = depth
        if content.endswith(" ") and content != "-- ":
            pieces.append(content[:-1] if delsp else content)
            continue
        out.append(_quoted("".join([*pieces, content]), depth))
        pieces = []
    if pieces:
        out.append(_quoted("".join(pieces), depth_before))
    return "\n".join(out)


def _quoted(content: str, depth: int) -> str:
    return f"{'>' * depth} {content}" if depth else content
