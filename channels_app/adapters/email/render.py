"""A reply as the bytes of a mail: rendered once, stored, and sent the same however often it is tried.

What customers may read is `Message.objects.public()`; nothing here asks for messages in any other way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from channels_app.adapters.email import outgoing_headers as headers
from channels_app.adapters.email import tokens
from channels_app.adapters.email.quoting import Quote, before, quotes_for
from customers.models import ContactChannel, Identity, IdentityKind, Purpose
from customers.preferences import unsubscribe_address
from helpdesk.lib.html import html_to_text, spell_out_links
from tickets.models import Attachment, Message

_BODY = SMTP.clone(cte_type="7bit")  # every server takes it, and no relay has a reason to change the bytes
_STYLES = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_BASE64_GROWTH = 1.37
MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1


class CannotRender(Exception):
    """There is no mail to send; `str()` says why, for the agent."""


@dataclass(frozen=True)
class Rendered:
    """`envelope_to` is as SMTP takes it, with those at its end whom no server could deliver to."""

    raw: bytes
    envelope_to: list[str]


def render(message_pk: int, mail_id: str, *, now: datetime) -> Rendered:
    """The mail of a public reply, dated `now`. Raises `CannotRender`."""
    message = (
        Message.objects.public()
        .select_related("ticket__inbox", "ticket__requester", "author_user")
        .filter(pk=message_pk)
        .first()
    )
    if message is None:
        raise CannotRender(_("This message is not public, so it is never sent."))
    if not message.ticket.inbox.is_active:
        raise CannotRender(_("The inbox “%(inbox)s” is deactivated.") % {"inbox": message.ticket.inbox})
    with translation.override(_language_of(message)):
        to, cc, bcc, unusable = _sorted_addresses(message)
        head = _head(message, mail_id, to, cc, now)
        raw = head.encode("utf-8") + _body(message).as_bytes(policy=_BODY)
    everybody = [*to, *cc, *bcc, *unusable]
    others = [address for address in everybody if tokens.without_token(address) != message.ticket.inbox.address]
    return Rendered(raw, list(dict.fromkeys(others)))


def is_automatic(message: Message) -> bool:
    """Written by a rule, not by a person (RFC 3834 §2)."""
    return message.is_automatic or message.author_role == "system"


def _subject(message: Message, *, is_answer: bool) -> str:
    """A rule may have words of its own for it, which are no answer's."""
    has_own = is_automatic(message) and message.subject != message.ticket.subject
    return headers.answer_subject(message.subject) if is_answer and not has_own else message.subject


def _language_of(message: Message) -> str:
    spoken = message.ticket.requester.language
    return spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _sorted_addresses(message: Message) -> tuple[list[str], list[str], list[str], list[str]]:
    """To, Cc, Bcc and what is no address. The Bcc are for the envelope, never for a header (RFC 5322 §3.6.3)."""
    usable: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    unusable = []
    for field, addresses in (("to", message.to), ("cc", message.cc), ("bcc", message.bcc)):
        for address in addresses:
            try:
                usable[field].append(headers.wire_address(address))
            except headers.BadAddress:
                unusable.append(address)
    if not usable["to"] and not usable["cc"]:
        raise CannotRender(_("No address that mail could be sent to: %(list)s") % {"list": ", ".join(unusable) or "–"})
    return usable["to"], usable["cc"], usable["bcc"], unusable


def _head(message: Message, mail_id: str, to: list[str], cc: list[str], now: datetime) -> str:
    ticket = message.ticket
    earlier = earlier_ids(message)
    # Nobody has looked at whom a rule writes to: the name may be anything that somebody else has put there.
    requester = "" if is_automatic(message) else ticket.requester.name
    lines = [
        headers.address_header("From", [(_sender_name(message), headers.wire_address(ticket.inbox.address))]),
        headers.address_header("To", [(requester if n == 0 else "", address) for n, address in enumerate(to)]),
        headers.address_header("Cc", [("", address) for address in cc]) if cc else "",
        headers.address_header("Reply-To", [(str(ticket.inbox), _reply_address(message))]),
        headers.text_header("Subject", _subject(message, is_answer=bool(earlier))),
        headers.header("Date", format_datetime(now)),
        headers.id_header("Message-ID", [mail_id]),
    ]
    if message.purpose != Purpose.SUPPORT:
        lines += _unsubscribe(message, [*to, *cc, *message.bcc])
    if earlier:
        lines += [headers.id_header("In-Reply-To", earlier[-1:]), headers.id_header("References", earlier)]
    if is_automatic(message):
        lines += [
            headers.header("Auto-Submitted", "auto-replied"),
            headers.header("X-Auto-Response-Suppress", "All"),
            headers.header("X-Onethread-Loop", tokens.instance_id()),
        ]
    return "".join(lines)


def _unsubscribe(message: Message, everybody: Sequence[str]) -> list[str]:
    """A button in the mail program that needs no sign-in and no second click (RFC 8058 §3.1). It is one person's."""
    if len(everybody) != 1:
        raise CannotRender(_("News and surveys go to one person a mail, who can stop them."))
    named = [address.lower() for address in (*message.to, *message.cc, *message.bcc)]
    reached = Identity.objects.select_related("customer").filter(kind=IdentityKind.EMAIL, value__in=named).first()
    customer = reached.customer if reached else message.ticket.requester  # whoever reads it, not whose ticket it is
    address = unsubscribe_address(customer, ContactChannel.EMAIL, message.purpose)
    return [
        headers.header("List-Unsubscribe", f"<{address}>"),
        headers.header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _sender_name(message: Message) -> str:
    return str(message.ticket.inbox) if is_automatic(message) else f"{message.author_name} ({message.ticket.inbox})"


def _reply_address(message: Message) -> str:
    """The address with the token; the plain one where the token would not fit, since Message-IDs prove the same."""
    inbox = message.ticket.inbox
    address = tokens.reply_address(inbox.pk, headers.wire_address(inbox.address), message.ticket.number)
    return address if len(address.rpartition("@")[0]) <= MAX_LOCAL_PART else headers.wire_address(inbox.address)


def earlier_ids(message: Message) -> list[str]:
    """Message-IDs of the conversation so far, for References: the oldest, and the newest that fit.

    Those of strangers and machines are left out, as in the history: our readers' mail programs don't know them.
    """
    known = Message.objects.public().filter(is_unverified=False, is_auto_reply=False)
    earlier = before(message, known)
    columns = ("message_id", "delivery__mail_id")
    newest = list(earlier.order_by("-created_at", "-pk").values_list(*columns)[: headers.MAX_REFERENCES])
    oldest = list(earlier.order_by("created_at", "pk").values_list(*columns)[:1])
    return headers.references([ours or theirs for theirs, ours in [*oldest, *reversed(newest)]])


def _body(message: Message) -> EmailMessage:
    files = list(message.attachments.filter(removed_at=None))
    if sum(file.size for file in files) * _BASE64_GROWTH > settings.MAX_MESSAGE_BYTES:
        limit = settings.MAX_MESSAGE_BYTES // 1024 // 1024
        raise CannotRender(_("With its files the mail would be larger than %(limit)s MB.") % {"limit": limit})
    # A rule's mail repeats nothing: whoever writes in another's name must not make us send them his words.
    quotes = [] if is_automatic(message) else quotes_for(message)
    signature = message.author_user.signature.strip() if message.author_user else ""
    mark = tokens.footer_mark(message.ticket.inbox_id, message.ticket.number)
    mail = EmailMessage(policy=_BODY)
    mail.set_content(_text(message, signature, quotes, mark))
    mail.add_alternative(_html(message, signature, quotes, mark), subtype="html")
    pictures = [file for file in files if file.content_id and f"cid:{file.content_id}" in message.html]
    if pictures:
        _add_pictures(mail, pictures)
    for file in files:
        if file not in pictures:
            maintype, subtype = _type_of(file)
            mail.add_attachment(_content(file), maintype=maintype, subtype=subtype, filename=file.filename)
    return mail


def _add_pictures(mail: EmailMessage, pictures: Sequence[Attachment]) -> None:
    html = mail.get_body(("html",))
    assert html is not None
    for file in pictures:
        maintype, subtype = _type_of(file)
        cid = f"<{file.content_id}>"
        html.add_related(_content(file), maintype, subtype, cid=cid, filename=file.filename, disposition="inline")


def _text(message: Message, signature: str, quotes: Sequence[Quote], mark: str) -> str:
    parts = [html_to_text(spell_out_links(message.html)) or message.text.strip()]
    if signature:
        parts.append(f"-- \n{signature}")
    parts += [f"{quote.attribution}\n{quote.text}" for quote in quotes]
    return "\n\n".join([*parts, mark]) + "\n"


def _html(message: Message, signature: str, quotes: Sequence[Quote], mark: str) -> str:
    facts = {"html": message.html, "signature": signature, "quotes": quotes, "mark": mark}
    return _STYLES.inline(render_to_string("channels/reply_mail.html", facts).strip())


def _content(file: Attachment) -> bytes:
    try:
        with file.file.open() as stored:
            return bytes(stored.read())
    except OSError as error:
        raise CannotRender(_("The file “%(name)s” can't be read: it is gone.") % {"name": file.filename}) from error


def _type_of(file: Attachment) -> tuple[str, str]:
    """Mails and multiparts go as plain bytes: base64 is forbidden for them (RFC 2045 §6.4)."""
    known = _TYPE.fullmatch(file.content_type) and not file.content_type.startswith(("message/", "multipart/"))
    maintype, _slash, subtype = (file.content_type if known else "application/octet-stream").partition("/")
    return maintype, subtype
