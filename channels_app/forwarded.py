"""An agent forwards a customer's mail: who wrote it, and what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels_app.adapters.email.parse import parse_email
from channels_app.adapters.email.parsed import ParsedEmail

_SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|doorst|pd)\s*:", re.IGNORECASE)
_FROM = re.compile(
    r"^[> \t*]*(?:from|von|de|da|van|från|fra|od|lähettäjä)\s*:[ \t*]*(?P<who>.*?@.*)$", re.IGNORECASE | re.MULTILINE
)
_LABELLED = re.compile(
    r"^[> \t*]*(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|"
    r"inviato|data|a|oggetto|verzonden|aan|onderwerp|cc)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
# "---------- Forwarded message ---------", "Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:"
_DIVIDER = re.compile(
    r"^(?:[-_]{3,}.*|[^\n]{0,60}(?:forwarded|weitergeleitet)[^\n]{0,60}:)[ \t]*\Z", re.I | re.MULTILINE
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_BLOCK = 800  # characters within which the other header lines must follow
MAX_SEARCHED = 100_000  # characters


@dataclass(frozen=True)
class Forwarded:
    """The original sender; `address` is empty where the mail is no forward."""

    address: str = ""
    name: str = ""
    mail: ParsedEmail | None = None  # the original itself where it came as an attachment
    text: str = ""  # the original's words where it came inline
    own_words: str = ""  # what the forwarder wrote above it


def original_sender(mail: ParsedEmail) -> Forwarded:
    """From an attached message/rfc822, or from the header lines that mail programs put above what they forward."""
    for attachment in mail.attachments:
        if attachment.content_type == "message/rfc822":
            original = parse_email(attachment.content)
            return Forwarded(
                original.sender.lower(), original.sender_name, mail=original, own_words=mail.reply_text.strip()
            )
    if not _SUBJECT.match(mail.subject):
        return Forwarded()
    text = mail.text[:MAX_SEARCHED]
    found = _FROM.search(text)
    if not found or len(_LABELLED.findall(text[found.end() : found.end() + _BLOCK])) < 2:
        return Forwarded()
    address = _ADDRESS.search(found["who"])
    if not address:
        return Forwarded()
    name = found["who"][: address.start()].strip(" \t\"'<[(*")
    own_words = _DIVIDER.sub("", text[: found.start()].rstrip()).strip()
    return Forwarded(address[0].lower(), name[:200], text=_below_block(mail.text[found.end() :]), own_words=own_words)


def without_forward_prefix(subject: str) -> str:
    return _SUBJECT.sub("", subject, count=1).strip()


def _below_block(text: str) -> str:
    """What follows the header lines: everything after the first blank line."""
    _lines, _blank, rest = text.partition("\n\n")
    return rest.strip() or text.strip()
