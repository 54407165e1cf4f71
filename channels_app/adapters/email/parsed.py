"""What one mail says, as plain data: the only thing the rest of Onethread knows about MIME."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class Address(str):
    """An address as a string ("ada@example.com") that remembers the display name beside it."""

    name: str

    def __new__(cls, address: str, name: str = "") -> Address:
        self = super().__new__(cls, address)
        self.name = name
        return self

    def __reduce__(self) -> tuple[type[Address], tuple[str, str]]:
        """Keep the name through pickle and copy."""
        return (Address, (str(self), self.name))


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """One file of a mail. `content` is decoded; a forwarded mail is the sender's own bytes."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False
    charset: str = ""

    @property
    def size(self) -> int:
        """Length of `content` in bytes."""
        return len(self.content)


@dataclass(slots=True)
class ParsedEmail:
    """A mail in words. Text never holds NUL or lone surrogates; HTML is sanitised but for display needs a frame.

    `reply_text` and `reply_html` are what the sender wrote now, `quoted_text` and `quoted_html` the folded
    history and signature; together they cover the letter. `text` and `html` are the whole.
    """

    sender: str = ""
    sender_name: str = ""
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    reply_to: list[Address] = field(default_factory=list)
    delivered_to: list[Address] = field(default_factory=list)
    subject: str = ""
    text: str = ""
    html: str = ""
    reply_text: str = ""
    reply_html: str = ""
    quoted_text: str = ""
    quoted_html: str = ""
    attachments: list[ParsedAttachment] = field(default_factory=list)
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    date: datetime | None = None
    return_path: str | None = None  # None: no such header; "": the null sender <>
    authentication_results: list[str] = field(default_factory=list)
    is_auto_reply: bool = False
    is_bounce: bool = False
    is_delay: bool = False
    is_complaint: bool = False
    is_bulk: bool = False
    auto_submitted: str = ""
    auto_response_suppress: str = ""
    loop_ids: list[str] = field(default_factory=list)
    returned_message_id: str = ""  # of the mail a bounce or complaint is about
    protection: str = ""  # "", "pgp-signed", "pgp-encrypted", "smime-signed" or "smime-encrypted"
    defects: list[str] = field(default_factory=list)
