"""A mail whose bytes are fixed, in the shapes that Django's mail backends take."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from email import message_from_bytes
from email.message import EmailMessage as ParsedMessage
from email.mime.base import MIMEBase
from email.policy import SMTPUTF8
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives

PASSED_ON = {
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "x-auto-response-suppress",
    "x-onethread-loop",
    "list-unsubscribe",
    "list-unsubscribe-post",
}
TO_STAFF = "staff"  # the purpose of mail to colleagues, which needs no customer's consent


class Verbatim(ParsedMessage):
    """Readable like any message, but written as exactly the bytes it was read from."""

    raw: bytes | None = None  # None in the parts of a multipart

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return super().as_bytes(*args, **kwargs) if self.raw is None else self.raw


class StoredMail(EmailMultiAlternatives):
    """`to` is the envelope of this attempt, maybe only some of those named in the headers.

    `purpose` is a customers.models.Purpose, or TO_STAFF: `transport.send` asks for consent by it.
    A backend of ours leaves what the server said in `answer` and `refused` (recipient → answer).
    """

    def __init__(self, raw: bytes, envelope_from: str, recipients: Sequence[str], *, purpose: str) -> None:
        super().__init__(to=list(recipients))
        self.from_email = envelope_from  # "" is the null sender; Django would put its default there
        self.raw = raw
        self.purpose = purpose
        self.answer = ""
        self.refused: dict[str, str] = {}

    @property
    def needs_smtputf8(self) -> bool:
        """A header or an address of the envelope has letters outside ASCII (RFC 6531)."""
        head = self.raw.partition(b"\r\n\r\n")[0]
        return not head.isascii() or not all(address.isascii() for address in (self.from_email, *self.to))

    def message(self, *args: Any, **kwargs: Any) -> Verbatim:
        parsed = cast(Verbatim, message_from_bytes(self.raw, _class=Verbatim, policy=SMTPUTF8))
        parsed.raw = self.raw
        return parsed

    def in_parts(self) -> EmailMultiAlternatives:
        """The same mail taken apart, for providers whose interface wants parts and builds its own bytes."""
        parsed = self.message()
        to, cc = (_addresses(parsed, name, self.to) for name in ("To", "Cc"))
        named = {address.addr_spec for name in ("To", "Cc") if parsed[name] for address in parsed[name].addresses}
        mail = EmailMultiAlternatives(
            subject=str(parsed["Subject"]),
            body=_text(parsed, "plain"),
            from_email=str(parsed["From"]),
            to=to or cc,
            cc=cc if to else [],
            bcc=[address for address in self.to if address not in named],
            reply_to=[str(parsed["Reply-To"])],
            headers={name: str(value) for name, value in parsed.items() if name.lower() in PASSED_ON},
        )
        mail.attach_alternative(_text(parsed, "html"), "text/html")
        for part in parsed.walk():
            if part.get_content_disposition() in ("attachment", "inline") and not part.is_multipart():
                mail.attach(_as_old_part(part))
        return mail


def _text(parsed: ParsedMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    return str(part.get_content()) if part else ""


def _as_old_part(part: ParsedMessage) -> MIMEBase:
    """Providers' backends know the old MIME classes only."""
    old = MIMEBase(part.get_content_maintype(), part.get_content_subtype())
    del old["Content-Type"]
    for name, value in part.items():
        old[name] = str(value)
    old.set_payload(part.get_payload())
    return old


def _addresses(parsed: ParsedMessage, name: str, wanted: Collection[str]) -> list[str]:
    field = parsed[name]
    return [str(address) for address in field.addresses if address.addr_spec in wanted] if field else []
