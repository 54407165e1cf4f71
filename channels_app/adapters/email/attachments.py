"""Files of a mail: safe names, original bytes, and what Outlook packed into winmail.dat."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
import warnings
from collections.abc import Iterator
from typing import Any

from tnefparse import TNEF
from tnefparse.mapi import IMESSAGE_SIG

from .charset import storable
from .encoded_words import decode_words, unfold
from .headers import read_headers
from .params import Params
from .parsed import ParsedAttachment
from .structure import Part

MAX_NAME_BYTES = 200  # leaves room under the usual 255 of a file system for what a store adds
MAX_TNEF_EMBEDDED = 20  # each level is copied by the reader

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff<>:\"|?*]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_NAMES = {  # for parts that their sender left nameless
    "message/delivery-status": "delivery-status.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "returned-headers.txt",
    "message/rfc822": "message.eml",
    "text/calendar": "invite.ics",
    "text/plain": "text.txt",
    "text/html": "page.html",
    "image/jpeg": "image.jpg",
    "application/pgp-encrypted": "pgp-version.txt",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
}
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_TNEF_EMBEDDED: bytes = IMESSAGE_SIG


def attachments_of(part: Part, defects: list[str], *, inline: bool = False) -> Iterator[ParsedAttachment]:
    """The file(s) that leaf `part` stands for: one, or for a winmail.dat also what is packed in it."""
    content = part.content
    kind = part.content_type
    name = _declared_name(part)
    if kind in _TNEF_TYPES or name.lower() == "winmail.dat":
        unpacked = _unpack_tnef(content, defects)
        if unpacked:
            yield from unpacked
            return
    if kind in ("message/rfc822", "message/global") and not name:
        name = _name_of_mail(content)
    yield ParsedAttachment(
        filename=safe_name(name, kind),
        content_type=kind,
        content=content,
        content_id=content_id_of(part),
        inline=inline,
        charset=part.charset,
    )


def content_id_of(part: Part) -> str:
    """Content-ID without brackets, "" when absent."""
    return part.headers.plain("Content-ID").strip("<> ")[:500]


def has_name(part: Part) -> bool:
    """Whether the sender gave the part a file name."""
    return bool(_declared_name(part))


def safe_name(name: str, content_type: str) -> str:
    """A file name without path, control or direction characters, at most `MAX_NAME_BYTES` long, never empty."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = _FORBIDDEN.sub("", name).strip(" .")
    if not name:
        extension = mimetypes.guess_extension(content_type) or ".bin"
        stem = "image" if content_type.startswith("image/") else "attachment"
        name = _NAMES.get(content_type) or f"{stem}{extension}"
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shorten(name)


def _shorten(name: str) -> str:
    data = name.encode("utf-8", "ignore")
    if len(data) <= MAX_NAME_BYTES:
        return data.decode("utf-8")
    stem, dot, extension = name.rpartition(".")
    ending = f".{extension}".encode() if dot and len(extension.encode()) <= 20 else b""
    base = (stem if ending else name).encode("utf-8", "ignore")[: MAX_NAME_BYTES - len(ending)]
    return base.decode("utf-8", "ignore") + ending.decode("utf-8")


def _declared_name(part: Part) -> str:
    """`filename` before `name`; the one without damage wins when both are there."""
    names = [_readable(part.headers.disposition, "filename"), _readable(part.headers.content_type, "name")]
    good = [name for name in names if name and "\ufffd" not in name]
    return (good or [name for name in names if name] or [""])[0]


def _readable(params: Params, key: str) -> str:
    """Encoded words inside an RFC 2231 value: both wrong at once, and both undone."""
    return unfold(decode_words(params.get(key)))


def _name_of_mail(content: bytes) -> str:
    headers, _ = read_headers(content, 0, len(content), is_top=True)
    subject = headers.text("Subject").replace("/", "-").replace("\\", "-")
    return f"{subject[:100]}.eml" if subject else "message.eml"


def _unpack_tnef(content: bytes, defects: list[str]) -> list[ParsedAttachment]:
    """Files inside a winmail.dat; none when it can't be read (the packed file is then kept as it came)."""
    if content.count(_TNEF_EMBEDDED) > MAX_TNEF_EMBEDDED:
        defects.append("winmail.dat nested too deeply")
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tnef = TNEF(content)
            files = [_packed_file(packed) for packed in tnef.attachments if packed.data]
    except Exception as error:  # the reader raises whatever its C-like offsets run into; the file stays as it is
        defects.append(f"winmail.dat unreadable: {type(error).__name__}")
        return []
    return files


def _packed_file(packed: Any) -> ParsedAttachment:
    name = str(packed.long_filename() or "").strip("\x00 ")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return ParsedAttachment(safe_name(storable(name), kind), kind, bytes(packed.data or b""))
