"""Mails with a link that proves an address: short, of no customer's words, answered by no machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import css_inline
from django.template.loader import render_to_string

from channels_app.adapters.email import outgoing_headers as headers
from channels_app.adapters.email import tokens

_BODY = SMTP.clone(cte_type="7bit")
_STYLES = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@dataclass(frozen=True)
class File:
    """Attached to a mail of ours."""

    name: str
    type: str
    data: bytes


ONE_CLICK = headers.header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def link_mail(
    template: str,
    facts: dict[str, object],
    *,
    subject: str,
    sender: tuple[str, str],
    to: str,
    to_name: str = "",
    reply_to: str = "",
    mail_id: str,
    now: datetime,
    unsubscribe: str = "",
    files: Sequence[File] = (),
) -> bytes:
    """`template` is the name of two, .txt and .html; `sender` a name and an address. Raises `BadAddress`.

    `reply_to` is where an answer goes, when that is not the sender. `unsubscribe`: the address that takes the POST of a
    mail program's own button (RFC 8058 §3.1).
    """
    house, address = sender
    head = "".join(
        [
            headers.address_header("From", [(house, headers.wire_address(address))]),
            headers.address_header("To", [(to_name, headers.wire_address(to))]),
            headers.address_header("Reply-To", [(house, reply_to)]) if reply_to else "",
            headers.text_header("Subject", subject),
            headers.header("Date", format_datetime(now)),
            headers.id_header("Message-ID", [mail_id]),
            headers.header("Auto-Submitted", "auto-generated"),
            headers.header("X-Auto-Response-Suppress", "All"),
            headers.header("X-Onethread-Loop", tokens.instance_id()),
            *([headers.header("List-Unsubscribe", f"<{unsubscribe}>"), ONE_CLICK] if unsubscribe else []),
        ]
    )
    mail = EmailMessage(policy=_BODY)
    mail.set_content(render_to_string(f"{template}.txt", facts).strip() + "\n")
    html = _STYLES.inline(render_to_string(f"{template}.html", {**facts, "subject": subject}).strip())
    mail.add_alternative(html, subtype="html")
    for file in files:
        kind, _slash, subtype = file.type.partition("/")
        mail.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
    return head.encode() + mail.as_bytes(policy=_BODY)
