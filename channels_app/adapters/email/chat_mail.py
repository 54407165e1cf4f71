"""The mails about a chat. An answer to one goes to the chat's ticket, by the token in its Reply-To."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels_app.adapters.email import outgoing_headers as headers
from channels_app.adapters.email import tokens
from channels_app.adapters.email.link_mail import link_mail
from knowledge_base.centres import spoken_in
from tickets.chat.log import Line
from tickets.models import ChatMail, ChatMailKind, Inbox, Said, Ticket
from tickets.services import Refused

MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1


def render_chat_mail(mail: ChatMail, lines: Sequence[Line], *, mail_id: str, now: datetime) -> bytes:
    """In the language of the chat. Raises `BadAddress`, and `Refused` where there is nothing to send any more."""
    ticket = mail.ticket or (mail.chat.ticket if mail.chat else None)
    inbox = ticket.inbox if ticket else mail.chat.widget.inbox if mail.chat else None
    if inbox is None or (mail.kind != ChatMailKind.RECEIVED and not lines):
        raise Refused("nothing is left to be sent")
    with translation.override(spoken_in(mail.language)):
        zone = _zone(mail)
        facts: dict[str, Any] = {
            "kind": str(mail.kind),
            "house": inbox.name,
            "number": ticket.number if ticket else None,
            "can_answer": ticket is not None,
            "lines": [_said(line, zone) for line in lines],
            "day": date_format(lines[0].at.astimezone(zone), "j F Y") if lines else "",
            "answer_by": date_format(mail.answer_by.astimezone(zone), "l, j F, H:i") if mail.answer_by else "",
            "mark": tokens.footer_mark(inbox.pk, ticket.number) if ticket else "",
        }
        return link_mail(
            "channels/chat_mail",
            facts,
            subject=_subject(mail, inbox),
            sender=(inbox.name, inbox.address),
            to=mail.email,
            reply_to=reply_address(inbox, ticket) if ticket else "",
            mail_id=mail_id,
            now=now,
        )


def _subject(mail: ChatMail, inbox: Inbox) -> str:
    words = {"house": inbox.name}
    if mail.kind == ChatMailKind.TRANSCRIPT:
        return _("Your chat with %(house)s") % words
    if mail.kind == ChatMailKind.MISSED:
        return _("%(house)s has answered in your chat") % words
    return _("%(house)s has your message") % words


def _said(line: Line, zone: ZoneInfo) -> dict[str, Any]:
    is_theirs = line.said == Said.VISITOR
    return {
        "is_theirs": is_theirs,
        "name": _("You") if is_theirs else line.name or _("Assistant"),
        "time": f"{line.at.astimezone(zone):%H:%M}",
        "text": line.text,
        "files": [file["filename"] for file in line.files],
    }


def _zone(mail: ChatMail) -> ZoneInfo:
    """That of the hours by which we answer; where the visitor is nobody has asked."""
    calendar = mail.chat.widget.calendar if mail.chat else None
    return ZoneInfo(calendar.time_zone if calendar else settings.TIME_ZONE)


def reply_address(inbox: Inbox, ticket: Ticket) -> str:
    address = tokens.reply_address(inbox.pk, headers.wire_address(inbox.address), ticket.number)
    return address if len(address.rpartition("@")[0]) <= MAX_LOCAL_PART else headers.wire_address(inbox.address)
