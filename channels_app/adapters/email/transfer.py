"""Content-Transfer-Encoding, undone: base64, quoted-printable and uuencode, damaged ones included."""

from __future__ import annotations

import binascii
import re

MAX_PADDED_RUNS = 1_000
MAX_BROKEN_LINES = 100

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PADDING = re.compile(rb"=+")
_LINE_WITH_WORDS = re.compile(rb"^[ \t]*[^\s=]+[ \t]+[^\s=]+[ \t]+\S", re.MULTILINE)
_SPACED_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


def decode_transfer(body: bytes, encoding: str) -> bytes:
    """`body` freed of its transfer encoding; an unknown or untrue encoding leaves the bytes as they are."""
    name = re.sub(r"[^a-z0-9]", "", encoding[:100].lower())
    if name == "base64":
        return body if _is_plain_text(body) else decode_base64(body)
    if name == "quotedprintable":
        return binascii.a2b_qp(_SPACED_SOFT_BREAK.sub(b"=", body))
    if name in ("xuuencode", "uuencode", "xuue", "uue"):
        return decode_uu(body)
    return body


def decode_base64(data: bytes) -> bytes:
    """Base64 that may be unpadded, padded in the middle, URL-safe, or full of stray characters."""
    compact = data.translate(None, b"\r\n\t ")
    try:
        return binascii.a2b_base64(compact, strict_mode=True)
    except binascii.Error:
        pass  # the forgiving reading below copes with everything
    if b"+" not in compact and b"/" not in compact:
        compact = compact.translate(_URL_SAFE)
    compact = compact.translate(None, _NOT_BASE64)
    runs = _PADDING.split(compact, maxsplit=MAX_PADDED_RUNS)
    return b"".join(_decode_run(run.replace(b"=", b"")) for run in runs)


def _decode_run(letters: bytes) -> bytes:
    whole = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def decode_uu(body: bytes) -> bytes:
    """The file between `begin` and `end`; no `begin` means the label was untrue."""
    begin = _UU_BEGIN.search(body)
    if not begin:
        return body
    if begin[0].startswith(b"begin-base64"):
        return decode_base64(body[begin.end() :].partition(b"====")[0])
    out: list[bytes] = []
    broken = 0
    for line in body[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b"") or broken > MAX_BROKEN_LINES:
            break
        piece = _uu_line(line)
        broken += piece is None
        out.append(piece or b"")
    return b"".join(out)


def _uu_line(line: bytes) -> bytes | None:
    """One line; a broken encoder may write too many characters (the length byte rules). None when it is none."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        try:
            return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
        except binascii.Error:
            return None


def _is_plain_text(body: bytes) -> bool:
    """A letter labelled base64 but sent as it is: its first lines have words with spaces between them."""
    head = body[:2000].lstrip()
    return bool(_LINE_WITH_WORDS.match(head)) and len(_LINE_WITH_WORDS.findall(head)) * 2 >= head.count(b"\n")
