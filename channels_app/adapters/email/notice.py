"""A mail to a member of staff about what happened: bytes that no machine answers and our own intake never takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_app.adapters.email import outgoing_headers as headers
from channels_app.adapters.email import tokens
from helpdesk.accounts.models import User
from tickets.models import Ticket
from tickets.notifications.words import Told, said_in_event

MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1
ALONE, AMONG_OTHERS = 4_000, 400  # characters shown of a message
_BODY = SMTP.clone(cte_type="7bit")
_STYLES = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@dataclass(frozen=True)
class Item:
    sentence: str
    words: str
    url: str
    at: datetime


@dataclass
class Section:
    """What happened on one ticket; an answer to `reply_to` is added to it."""

    heading: str
    url: str
    reply_to: str
    items: list[Item] = field(default_factory=list)


def render_notice(user: User, told: Sequence[Told], mail_id: str, *, now: datetime) -> bytes:
    """The mail about `told` (oldest first), in the reader's language and time zone."""
    with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
        sections = _sections(user, told)
        subject = _subject(told, sections)
        head = _head(user, subject, sections, mail_id, now)
        return head.encode() + _body(subject, sections).as_bytes(policy=_BODY)


def _sections(user: User, told: Sequence[Told]) -> list[Section]:
    limit = ALONE if len(told) == 1 else AMONG_OTHERS
    sections: dict[int | None, Section] = {}
    for one in told:
        ticket = one.row.ticket
        if one.row.ticket_id not in sections:
            subject = (ticket and ticket.subject) or _("No subject")
            heading = f"#{ticket.pk} {subject}" if ticket else _("Your work")
            url = f"{settings.PUBLIC_URL}/agent/tickets/{ticket.pk}/" if ticket else f"{settings.PUBLIC_URL}/agent/"
            sections[one.row.ticket_id] = Section(heading, url, _personal_address(user, ticket) if ticket else "")
        message = one.row.event.message if one.row.event else None
        words = message.text if message and one.preview else said_in_event(one.row) or one.preview
        item = Item(one.sentence, _cut(words, limit), settings.PUBLIC_URL + one.path, one.row.created_at)
        sections[one.row.ticket_id].items.append(item)
    return list(sections.values())


def _cut(words: str, limit: int) -> str:
    words = words.strip()
    return words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…"


def _personal_address(user: User, ticket: Ticket) -> str:
    """What only this person's notifications carry: an answer to it is theirs. "" where it would not fit or arrive."""
    if not ticket.inbox.is_active:
        return ""
    inbox = headers.wire_address(ticket.inbox.address)
    address = tokens.reply_address(ticket.inbox_id, inbox, ticket.number, tokens.agent_participant(user.pk))
    return address if len(address.rpartition("@")[0]) <= MAX_LOCAL_PART else ""


def _subject(told: Sequence[Told], sections: Sequence[Section]) -> str:
    """The same for all mails about one ticket, so that mail programs keep them together."""
    if len(sections) == 1:
        return sections[0].heading
    count = len(told)
    return ngettext("%(count)s notification", "%(count)s notifications", count) % {"count": count}


def _head(user: User, subject: str, sections: Sequence[Section], mail_id: str, now: datetime) -> str:
    sender = headers.wire_address(settings.DEFAULT_FROM_EMAIL)
    is_digest = len(sections) > 1
    answers_to = "" if is_digest else sections[0].reply_to
    lines = [
        headers.address_header("From", [("Onethread", sender)]),
        headers.address_header("To", [(str(user), headers.wire_address(user.email))]),
        headers.address_header("Reply-To", [("", answers_to or f"no-reply@{settings.INSTANCE_DOMAIN}")]),
        headers.text_header("Subject", subject),
        headers.header("Date", format_datetime(now)),
        headers.id_header("Message-ID", [mail_id]),
        headers.header("Auto-Submitted", "auto-generated"),
        headers.header("X-Auto-Response-Suppress", "All"),
        headers.header("X-Onethread-Loop", tokens.instance_id()),
    ]
    if is_digest:
        lines.append(headers.header("Precedence", "bulk"))
    else:
        thread = f"about.{sections[0].url.rstrip('/').rpartition('/')[2]}@{settings.INSTANCE_DOMAIN}"
        lines.append(headers.id_header("References", [thread]))
    return "".join(lines)


def _body(subject: str, sections: Sequence[Section]) -> EmailMessage:
    facts = {
        "subject": subject,
        "sections": sections,
        "is_digest": len(sections) > 1,
        "settings_url": f"{settings.PUBLIC_URL}/agent/profile/notifications/",
    }
    mail = EmailMessage(policy=_BODY)
    mail.set_content(render_to_string("channels/notice_mail.txt", facts).strip() + "\n")
    html = _STYLES.inline(render_to_string("channels/notice_mail.html", facts).strip())
    mail.add_alternative(html, subtype="html")
    return mail
