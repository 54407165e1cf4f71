"""Header lines of our own mails: text in, folded ASCII lines out. Nothing a person typed can start a new header."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from email.header import Header

MAX_REFERENCES = 20
MAX_REFERENCES_LENGTH = 4_000  # characters; servers limit a header, some as low as 8 KB
_BREAKS = ("Cc", "Cs", "Zl", "Zp")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,500}")
_LOCAL_PART = re.compile(r"[^\s<>()\[\],;:@\"\\\x00-\x1f\x7f]{1,64}|\"[^\"\\\r\n\x00-\x1f\x7f]{1,62}\"")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_ANSWER_PREFIX = re.compile(r"\s*(?:re|aw|sv|antw|vs|odp|rif|res)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)


class BadAddress(ValueError):
    """No mail server can deliver to it."""


def one_line(text: str) -> str:
    """`text` without line breaks and control characters. Joiners stay: emoji and many scripts need them."""
    return " ".join("".join(" " if unicodedata.category(c) in _BREAKS else c for c in text).split())


def header(name: str, value: str) -> str:
    """A line whose value is written already. Raises `ValueError` rather than let a value become a header."""
    if re.search(r"\r(?!\n)|(?<!\r)\n|\r\n(?![ \t])", value):
        raise ValueError(f"{name} would break out of its header")
    return f"{name}: {value}\r\n"


def text_header(name: str, text: str) -> str:
    """Free text (RFC 5322 §2.2.1), as encoded words where it is not plain or could be taken for one (RFC 2047)."""
    text = one_line(text)
    return header(name, _folded(text) if _is_plain(text) else _encoded(text, name))


def address_header(name: str, addresses: Sequence[tuple[str, str]]) -> str:
    """`(display name, address)` each on a line of its own; the addresses have passed `wire_address`."""
    return header(name, ",\r\n ".join(_mailbox(name, display, address) for display, address in addresses))


def id_header(name: str, ids: Sequence[str]) -> str:
    """Message-IDs (without brackets), one on each line."""
    return header(name, "\r\n ".join(f"<{mail_id}>" for mail_id in ids))


def references(ids: Sequence[str]) -> list[str]:
    """The chain to name in References: the first id and as many of the newest as fit; unusable ids are left out."""
    usable = list(dict.fromkeys(mail_id for mail_id in ids if _MESSAGE_ID.fullmatch(mail_id)))
    if not usable:
        return []
    first, length, newest = usable[0], len(usable[0]), []
    for mail_id in reversed(usable[1:][1 - MAX_REFERENCES :]):
        length += len(mail_id) + 5
        if length > MAX_REFERENCES_LENGTH:
            break
        newest.append(mail_id)
    return [first, *reversed(newest)]


def answer_subject(subject: str) -> str:
    """`Re: ` exactly once, whatever the mail programs in between have put in front."""
    subject = one_line(subject)
    while match := _ANSWER_PREFIX.match(subject):
        subject = subject[match.end() :]
    return f"Re: {subject.strip()}".strip()


def wire_address(address: str) -> str:
    """`address` as SMTP takes it, its domain in ASCII (RFC 5890). Raises `BadAddress`.

    A local part may keep letters outside ASCII; then the mail needs SMTPUTF8 (RFC 6531).
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddress(address) from error
    labels = domain.split(".")
    if not at or not _LOCAL_PART.fullmatch(local) or len(domain) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise BadAddress(address)
    return f"{local}@{domain}"


def is_deliverable(address: str) -> bool:
    try:
        wire_address(address)
    except BadAddress:
        return False
    return True


def _mailbox(name: str, display: str, address: str) -> str:
    display = one_line(display)
    if not display:
        return address
    if _is_plain(display):
        escaped = display.replace("\\", r"\\").replace('"', r"\"")
        return f'"{_folded(escaped)}" <{address}>'
    return f"{_encoded(display, name)} <{address}>"


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _folded(text: str) -> str:
    return "\r\n ".join(textwrap.wrap(text, 70, break_long_words=False, break_on_hyphens=False))


def _encoded(text: str, name: str) -> str:
    return Header(text, "utf-8", header_name=name, maxlinelen=74).encode(linesep="\r\n")
