"""The tree of parts of a mail, found on the original bytes within fixed limits and without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .headers import Headers, read_headers
from .transfer import decode_transfer

MAX_BYTES = 40 * 1024 * 1024
MAX_PARTS = 1_000
MAX_DEPTH = 30

_BOUNDARY_GUESS = re.compile(rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n(?=[!-9;-~]+:|\r?\n)", re.MULTILINE)
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(?:\r{0,2}\n|\r|$)")


@dataclass(slots=True)
class Part:
    """A span of the mail: headers from `start`, body from `body_start` to `end`."""

    raw: bytes = field(repr=False)
    start: int
    body_start: int
    end: int
    headers: Headers = field(repr=False)
    content_type: str
    depth: int
    children: list[Part] = field(default_factory=list)

    @property
    def is_container(self) -> bool:
        """Whether it holds parts (a multipart whose parts could not be found is a leaf)."""
        return bool(self.children)

    @property
    def body(self) -> bytes:
        """The body's own bytes, still in their transfer encoding."""
        return self.raw[self.body_start : self.end]

    @property
    def content(self) -> bytes:
        """The body decoded."""
        return decode_transfer(self.body, self.headers.plain("Content-Transfer-Encoding"))

    @property
    def charset(self) -> str:
        """The declared charset label, "" when there is none."""
        return self.headers.content_type.get("charset")

    def leaves(self) -> list[Part]:
        """All parts that hold no parts, in order."""
        found, stack = [], [self]
        while stack:
            part = stack.pop()
            if part.children:
                stack.extend(reversed(part.children))
            else:
                found.append(part)
        return found


def read_structure(raw: bytes, defects: list[str]) -> Part:
    """The part tree of `raw`; what is beyond a limit stays inside its parent's bytes and is named in `defects`."""
    if len(raw) > MAX_BYTES:
        raw = raw[:MAX_BYTES]
        defects.append("mail longer than 40 MB: the rest was not read")
    top = _part(raw, 0, len(raw), depth=0, default="text/plain", is_top=True)
    if top.headers.is_cut:
        defects.append("headers longer than 256 KB: the rest was not read")
    waiting, count = [top], 1
    while waiting:
        part = waiting.pop(0)
        if not part.content_type.startswith("multipart/"):
            continue
        if part.depth >= MAX_DEPTH:
            defects.append(f"parts nested deeper than {MAX_DEPTH}")
            continue
        part.children = _children(part, MAX_PARTS - count, defects)
        count += len(part.children)
        waiting.extend(part.children)
    return top


def _part(raw: bytes, start: int, end: int, *, depth: int, default: str, is_top: bool = False) -> Part:
    headers, body_start = read_headers(raw, start, end, is_top=is_top)
    kind = headers.content_type.value
    if "/" not in kind:
        kind = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(kind, default)
    return Part(raw, start, body_start, end, headers, kind, depth)


def _children(part: Part, room: int, defects: list[str]) -> list[Part]:
    boundary = part.headers.content_type.get("boundary").encode("utf-8")
    spans = _spans(part, boundary, room) if boundary else []
    if not spans and (guess := _BOUNDARY_GUESS.search(part.raw, part.body_start, part.end)):
        defects.append("boundary missing or wrong: guessed")
        spans = _spans(part, guess[1], room)
    if len(spans) > room:
        defects.append(f"more than {MAX_PARTS} parts: the rest was not read")
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    return [_part(part.raw, start, end, depth=part.depth + 1, default=default) for start, end in spans[:room]]


def _spans(part: Part, boundary: bytes, room: int) -> list[tuple[int, int]]:
    """Spans between the delimiter lines of `boundary`; at most `room` + 1 of them."""
    raw, end = part.raw, part.end
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened, position = -1, part.body_start
    while len(spans) <= room and (found := raw.find(mark, position, end)) >= 0:
        position = found + len(mark)
        after = _AFTER_BOUNDARY.match(raw, position, end)
        if after is None or (found > part.body_start and raw[found - 1 : found] not in (b"\n", b"\r")):
            continue
        if opened >= 0:
            spans.append((opened, _without_line_end(raw, opened, found)))
        opened = -1 if after[1] else after.end()
        position = after.end()
    if opened >= 0 and opened < end:
        spans.append((opened, end))
    return spans


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
    for line_end in (b"\r\n", b"\n", b"\r"):
        if raw[max(start, end - len(line_end)) : end] == line_end:
            return end - len(line_end)
    return end
