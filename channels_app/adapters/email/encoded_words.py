"""RFC 2047 encoded words and raw 8-bit header text, forgiving every mistake that still has one sensible reading."""

from __future__ import annotations

import binascii
import re

from .charset import decode, storable
from .transfer import decode_base64

_START = re.compile(r"=\?([\w.:+-]{1,64})(?:\*[\w-]{0,20})?\?([bBqQ])\?")
_WELL_ENDED = re.compile(r"\?=(?=[\s\"'(),;:<>\[\].]|=\?|$)")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_SPACES = re.compile(r"[\x00-\x20\x7f]+")


def unfold(value: str) -> str:
    """One line of header text: every run of white space and control characters is one space."""
    return _SPACES.sub(" ", value).strip()


def header_text(value: bytes, hint: str = "") -> str:
    """Readable text of an unstructured header (Subject); `hint` is the charset of the body, for raw 8-bit bytes."""
    text = decode_words(raw_text(value, hint))
    if _START.search(text):  # encoded twice by a gateway: the inner words are what a reader should see
        text = decode_words(text)
    return unfold(text)


def raw_text(value: bytes, hint: str = "") -> str:
    """Header bytes as characters: ASCII almost always, else guessed as a whole. Encoded words stay as they are."""
    return storable(value.decode("ascii")) if value.isascii() and b"\x1b" not in value else decode(value, "", hint)


def decode_words(text: str) -> str:
    """Replace encoded words by what they mean; neighbours of one charset are joined as *bytes* first."""
    if "=?" not in text:
        return text
    out: list[str] = []
    run: list[tuple[str, bytes]] = []
    position = 0
    for start, end, charset, data in _words(text):
        between = text[position:start]
        if between.strip() or not run:
            out.append(_join(run) + between)
            run = []
        run.append((charset, data))
        position = end
    return storable("".join(out) + _join(run) + text[position:])


def _words(text: str) -> list[tuple[int, int, str, bytes]]:
    """(start, end, charset, bytes) of each encoded word. Linear: an unclosed word ends the search."""
    found = []
    position = 0
    while match := _START.search(text, position):
        end = _end_of_word(text, match)
        if end < 0:
            break
        stop = end - 2 if text[end - 2 : end] == "?=" and end - 2 >= match.end() else end
        payload = text[match.end() : stop]
        decoder = _decode_b if match[2] in "bB" else _decode_q
        found.append((match.start(), end, match[1].lower(), decoder(payload)))
        position = end
    return found


def _end_of_word(text: str, match: re.Match[str]) -> int:
    """End of the word whose start is `match`: a `?=` followed by a separator, else any, else a cut last word."""
    well = _WELL_ENDED.search(text, match.end(), match.end() + 2000)
    any_end = text.find("?=", match.end())
    if any_end < 0:
        tail = text[match.end() :]
        return len(text) if tail and not _SPACES.search(tail.strip()) and "=?" not in tail else -1
    following = text.find("=?", match.end())
    if well and (following < 0 or well.start() < following):
        return well.end()
    return any_end + 2


def _decode_b(payload: str) -> bytes:
    return decode_base64(_FOLD.sub("", payload).encode("utf-8"))


def _decode_q(payload: str) -> bytes:
    data = _FOLD.sub("", payload).encode("utf-8", "surrogateescape")
    return binascii.a2b_qp(data, header=True)


def _join(run: list[tuple[str, bytes]]) -> str:
    out: list[str] = []
    for index, (charset, _) in enumerate(run):
        if index and run[index - 1][0] == charset:
            continue
        stop = index + 1
        while stop < len(run) and run[stop][0] == charset:
            stop += 1
        out.append(decode(b"".join(piece for _, piece in run[index:stop]), charset))
    return "".join(out)
