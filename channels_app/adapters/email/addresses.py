"""Addresses out of From, To, Cc …: one pass of tokens, no recursion, whatever the header holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .encoded_words import decode_words, raw_text, unfold
from .parsed import Address

_TOKEN = re.compile(
    r'(?P<angle><(?:"[^"<>]*+"|[^<>"]|"(?![^"<>]*+"))*+>?)'
    r"|(?P<punctuation>[(),;:\\])"
    r"|(?P<space>[\x00-\x20\x7f]+)"
    r"|(?P<word>[^\x00-\x20\x7f\"<(),;:\\]+)"
    r"|(?P<stray>.)",
    re.DOTALL,
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_COMMENT_END = re.compile(r"[()\\]")
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KEEP_FIRST = r"\1"
_ADDRESS = re.compile(
    r"(?:\"[^\"]{1,200}\"|[^\s@<>(),;\"\\\[\]]{1,200})@(?:[\w.-]{1,253}|\[[\w.:]{3,60}\])", re.UNICODE
)
_SAYS_SOMETHING = re.compile(r"[^\s!-/:-@\[-`{-~]")  # more than ASCII punctuation
_ROUTE = re.compile(r"^@[^:]*:")


@dataclass(slots=True)
class _Mailbox:
    """What has been read since the last comma."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None

    def is_empty(self) -> bool:
        return self.angle is None and not self.comments and not any(word.strip() for word in self.words)


def read_addresses(values: list[bytes], hint: str = "") -> list[Address]:
    """The addresses of header `values`, in order, without doubles; `hint` is the body's charset."""
    found: dict[str, Address] = {}
    for value in values:
        for address in scan_addresses(raw_text(value, hint)):
            if address:
                found.setdefault(address.lower(), address)
    return list(found.values())


def scan_addresses(text: str) -> list[Address]:
    """Like `read_addresses` for one header's text; an entry with a name but no usable address is Address("", name)."""
    found, rest = _scan(text)
    if rest and "@" in rest:  # a whole "Name <address>" inside an encoded word
        inside, name = _scan(rest)
        return found + (inside or [Address("", name)])
    return found + ([Address("", rest)] if rest else [])


def _scan(text: str) -> tuple[list[Address], str]:
    """The addresses in `text`, and words at its end that belong to none."""
    found: list[Address] = []
    pending = ""  # words before a comma that may turn out to be "Surname, First <…>"
    for mailbox in _mailboxes(text):
        entries = _read_mailbox(mailbox)
        if not entries:
            continue
        if len(entries) == 1 and not entries[0] and mailbox.angle is None:
            pending = f"{pending}, {entries[0].name}"[:2_000] if pending else entries[0].name
            continue
        if pending and mailbox.angle is not None:
            entries[0] = Address(entries[0], f"{pending}, {entries[0].name}" if entries[0].name else pending)
        pending = ""
        found.extend(entries)
    return found, pending


def _mailboxes(text: str) -> Iterator[_Mailbox]:
    mailbox, position = _Mailbox(), 0
    # One bracket or quote that never closes means that none after it does: don't look again, or it takes n² steps.
    comments_close = quotes_close = True
    while match := _TOKEN.match(text, position):
        position, kind, part = match.end(), match.lastgroup, match[0]
        if part == "(" and comments_close:
            end = _comment_end(text, position)
            comments_close = end >= 0
            if end >= 0:
                mailbox.comments.append(text[position : end - 1])
                position = end
        elif part == '"' and quotes_close:
            quoted = _QUOTED.match(text, match.start())
            quotes_close = quoted is not None
            if quoted:
                position = quoted.end()
                mailbox.words.append(_unquoted(quoted, text[position : position + 1]))
        elif part in (",", ";"):
            yield mailbox
            mailbox = _Mailbox()
        elif part == ":" and mailbox.angle is None and not _is_mailto(mailbox):
            mailbox = _Mailbox()  # "undisclosed-recipients:;" and other group names
        elif kind == "angle":
            if mailbox.angle is not None:  # two addresses without a comma between them
                yield mailbox
                mailbox = _Mailbox()
            mailbox.angle = part.strip("<>")
        else:
            mailbox.words.append(" " if kind == "space" else part)
    yield mailbox


def _unquoted(quoted: re.Match[str], following: str) -> str:
    """A quoted local part keeps its quotes, a display name loses them."""
    return quoted[0] if following == "@" else f" {_UNESCAPE.sub(_KEEP_FIRST, quoted[1])} "


def _is_mailto(mailbox: _Mailbox) -> bool:
    return "".join(mailbox.words).strip().lower() in ("mailto", "smtp")


def _comment_end(text: str, position: int) -> int:
    """The position after the bracket that closes the comment opened before `position`, or -1."""
    depth = 1
    while match := _COMMENT_END.search(text, position):
        position = match.end() + (match[0] == "\\")
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return -1


def _read_mailbox(mailbox: _Mailbox) -> list[Address]:
    if mailbox.is_empty():
        return []
    words = "".join(mailbox.words)
    comment = _readable(" ".join(mailbox.comments))
    if mailbox.angle is not None:
        address = _clean_address(mailbox.angle)
        if not address and (inside := _ADDRESS.search(words)):
            address = _clean_address(inside[0])
        return [Address(address, _readable(words) or comment)]
    spans = list(_ADDRESS.finditer(words)) if "@" in words else []
    if not spans:
        return [Address("", _readable(words) or comment)]
    if len(spans) == 1:
        rest = words[: spans[0].start()] + " " + words[spans[0].end() :]
        return [Address(_clean_address(spans[0][0]), _readable(rest.strip(" '\"<>")) or comment)]
    return [Address(_clean_address(span[0])) for span in spans]


def _readable(name: str) -> str:
    text = unfold(decode_words(name)).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text[:500] if _SAYS_SOMETHING.search(text) else ""


def _clean_address(text: str) -> str:
    """A usable address with its domain in lower case, "" when there is none in `text`."""
    inner = _ROUTE.sub("", decode_words(text).strip())
    for prefix in ("mailto:", "smtp:"):
        if inner.lower().startswith(prefix):
            inner = inner[len(prefix) :]
    inner = inner.strip(" '\t\r\n")
    match = _ADDRESS.fullmatch(inner) or _ADDRESS.search(inner)
    if not match:
        return ""
    local, _, domain = match[0].rpartition("@")
    domain = domain.strip(".-").lower()
    return f"{local.strip('.') or local}@{domain}" if domain else ""
