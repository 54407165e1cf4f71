"""A header block as a list of raw (name, value) bytes, and the readings that several modules need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from .encoded_words import header_text, raw_text, unfold
from .params import Params, parse_params

HEADER_LIMIT = 256 * 1024  # bytes of header text kept parsed; the raw mail keeps the rest

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_LINE = re.compile(rb"[^\r\n]*(?:\r{0,2}\n|\r|$)")
_BLANK_LINE = re.compile(rb"(?:\r{0,2}\n|\r(?!\r?\n)){2}")
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*(?:>?From [^\r\n]*(?:\r{0,2}\n|\r))?")
_ESSENTIAL = frozenset(
    b"from to cc subject date message-id in-reply-to references content-type content-transfer-encoding "
    b"content-disposition reply-to sender return-path auto-submitted".split()
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]{1,500}@[^\s<>,;\"()]{1,498}")


class Headers:
    """Header fields in order. Names are compared without case; values are the sender's bytes."""

    def __init__(self, fields: list[tuple[bytes, bytes]], *, is_cut: bool = False) -> None:
        self.fields = fields
        self.is_cut = is_cut
        self._first: dict[bytes, bytes] = {}
        for name, value in fields:
            self._first.setdefault(name.lower(), value)

    def __contains__(self, name: str) -> bool:
        return name.lower().encode() in self._first

    def raw(self, name: str) -> bytes:
        """The first value of `name` as bytes, b"" when absent."""
        return self._first.get(name.lower().encode(), b"")

    def all_raw(self, name: str) -> list[bytes]:
        """All values of `name`."""
        wanted = name.lower().encode()
        return [value for field, value in self.fields if field.lower() == wanted]

    def plain(self, name: str) -> str:
        """The first value of `name` on one line, encoded words left alone (for machine-read fields)."""
        return unfold(raw_text(self.raw(name)[:20_000]))

    def text(self, name: str, hint: str = "") -> str:
        """The first value of `name` as a reader should see it."""
        return header_text(self.raw(name), hint)

    @cached_property
    def content_type(self) -> Params:
        """Content-Type: lower-case type and its parameters."""
        return parse_params(self.raw("Content-Type"))

    @cached_property
    def disposition(self) -> Params:
        """Content-Disposition: lower-case kind and its parameters."""
        return parse_params(self.raw("Content-Disposition"))

    def message_ids(self, name: str) -> list[str]:
        """The ids in `name`, without brackets; ids sent without brackets count when there are no others."""
        text = unfold(" ".join(raw_text(value) for value in self.all_raw(name)))
        return _MESSAGE_ID.findall(text) or _BARE_ID.findall(text[:20_000])

    def date(self) -> datetime | None:
        """Date as UTC, None when missing or unreadable. A date without zone is taken as UTC."""
        try:
            found = parsedate_to_datetime(self.plain("Date")[:200])
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None


def read_headers(raw: bytes, start: int, end: int, *, is_top: bool = False) -> tuple[Headers, int]:
    """The header block that begins at `start`, and where the body begins. Linear in the size of the block."""
    if is_top and (leading := _LEADING.match(raw, start, end)):
        start = leading.end()
    first_line = _LINE.match(raw, start, end)
    if first_line and not first_line[0].strip(b"\r\n"):
        return Headers([]), first_line.end()
    blank = _BLANK_LINE.search(raw, start, end)
    block_end = blank.end() if blank else end
    fields, body_start, is_cut = _fields(raw, start, block_end)
    return Headers(fields, is_cut=is_cut), block_end if body_start < 0 else body_start


def _fields(raw: bytes, start: int, end: int) -> tuple[list[tuple[bytes, bytes]], int, bool]:
    """Fields between `start` and `end`, the position where they stop early (or -1), whether some were dropped."""
    fields: list[tuple[bytes, bytes]] = []
    kept, is_cut, position = 0, False, start
    while position < end:
        match = _FIELD.match(raw, position, end)
        if not match:
            line = _LINE.match(raw, position, end)
            stop = line.end() if line else end
            if not raw[position:stop].strip() or _is_stray(raw, position, stop, end):
                position = max(stop, position + 1)
                continue
            return fields, position, is_cut
        position, value = _value(raw, match.end(), end)
        room = HEADER_LIMIT - kept
        if len(value) > room or room <= 0:
            is_cut = True
            if room <= 0 and (match[1].lower() not in _ESSENTIAL or len(fields) > 20_000):
                continue
            value = value[: max(room, 2_000)]
        kept += len(value) + len(match[1])
        fields.append((match[1], value))
    return fields, -1, is_cut


def _is_stray(raw: bytes, position: int, stop: int, end: int) -> bool:
    """A line that is no field may be skipped when header fields go on after it (">From ", a broken fold)."""
    return raw[position : position + 6].lstrip(b">").startswith(b"From ") or bool(_FIELD.match(raw, stop, end))


def _value(raw: bytes, position: int, end: int) -> tuple[int, bytes]:
    """The value that begins at `position`, its folded lines included, and the position after it."""
    begin = position
    for line in _lines(raw, position, end):
        position = line.end()
        if raw[position : position + 1] not in (b" ", b"\t") or position >= end:
            break
    return position, raw[begin:position].strip(b" \t\r\n")


def _lines(raw: bytes, position: int, end: int) -> Iterator[re.Match[bytes]]:
    while position < end and (line := _LINE.match(raw, position, end)) and line.end() > position:
        yield line
        position = line.end()
