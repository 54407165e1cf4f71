"""A parsed mail as the message that tickets.services receives, with what could not be taken named in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from channels_app.adapters.email.machine import may_answer_automatically
from channels_app.adapters.email.parsed import ParsedAttachment, ParsedEmail
from helpdesk.lib.html import text_to_html
from tickets.attachments import File, is_refused_type
from tickets.services import Incoming

MAX_HTML = 1_000_000  # characters; a longer body is shown as text
MAX_PEOPLE = 100  # of To and of Cc, kept on the message
MAX_KEYED_ID = 600  # characters of a Message-ID that PostgreSQL can index whatever they are


def incoming_from(
    mail: ParsedEmail, *, rule: str, evidence: Mapping[str, str] | None = None, is_unverified: bool = False
) -> Incoming:
    taken, left_out = sort_files(mail.attachments)
    text, html = mail.reply_text, mail.reply_html
    if len(html) > MAX_HTML:
        html = text_to_html(text)
    if left_out:
        html = (html or text_to_html(text)) + _as_html(left_out)
        text = "\n\n".join(filter(None, [text, *left_out]))
    replies_elsewhere = next((address for address in mail.reply_to if address.lower() != mail.sender.lower()), "")
    return Incoming(
        text=text,
        html=html,
        quoted_text=mail.quoted_text,
        quoted_html=mail.quoted_html if len(mail.quoted_html) <= MAX_HTML else "",
        subject=mail.subject,
        from_address=mail.sender.lower(),
        to=[str(address) for address in mail.to[:MAX_PEOPLE]],
        cc=[str(address) for address in mail.cc[:MAX_PEOPLE]],
        reply_to=str(replies_elsewhere),
        message_id=mail.message_id[:MAX_KEYED_ID],
        match_rule=rule,
        match_evidence=dict(evidence or {}),
        is_auto_reply=mail.is_auto_reply,
        refuses_answers=not may_answer_automatically(mail, ()),
        is_unverified=is_unverified,
        files=taken,
    )


def sort_files(attachments: Iterable[ParsedAttachment]) -> tuple[list[File], list[str]]:
    """The files an agent may open, and a sentence for each that is kept out of reach. The stored mail has them all."""
    taken, left_out = [], []
    for file in attachments:
        if reason := _refusal(file):
            left_out.append(reason)
        else:
            taken.append(File(file.filename, file.content_type, file.content, file.content_id, file.inline))
    return taken, left_out


def _refusal(file: ParsedAttachment) -> str:
    words = {"name": file.filename, "size": filesizeformat(file.size)}
    if is_refused_type(file.filename, file.content):
        return _("[“%(name)s” (%(size)s) was not attached: it is a program. The original mail still has it.]") % words
    if file.size > settings.MAX_ATTACHMENT_BYTES:
        words["limit"] = filesizeformat(settings.MAX_ATTACHMENT_BYTES)
        return (
            _("[“%(name)s” (%(size)s) was not attached: it is larger than %(limit)s. The original mail still has it.]")
            % words
        )
    return ""


def _as_html(sentences: list[str]) -> str:
    return format_html("{}", format_html_join("", "<p><em>{}</em></p>", ((sentence,) for sentence in sentences)))
