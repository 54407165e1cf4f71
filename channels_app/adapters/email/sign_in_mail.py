"""The mail with the link by which a customer signs in to their requests."""

from __future__ import annotations

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
from helpdesk.lib.signing import sign
from knowledge_base.centres import spoken_in
from tickets.models import Inbox, SignInLink
from tickets.portal.links import GOOD_FOR, link_address

_BODY = SMTP.clone(cte_type="7bit")
_STYLES = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def render_sign_in_mail(link: SignInLink, *, now: datetime) -> bytes:
    """In the language of the page where they asked. It names nobody: the address may be anybody's.

    It comes from the first inbox, so that an answer to it is read. Raises `BadAddress`.
    """
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first()
    house = link.centre.name if link.centre else inbox.name if inbox else "Onethread"
    with translation.override(spoken_in(link.language)):
        subject = _("Your link to sign in")
        sender = headers.wire_address(inbox.address if inbox else settings.DEFAULT_FROM_EMAIL)
        facts = {"house": house, "link": link_address(link), "minutes": int(GOOD_FOR.total_seconds() // 60)}
        return _head(link, subject, (house, sender), now).encode() + _body(subject, facts).as_bytes(policy=_BODY)


def mail_id_of(link: SignInLink) -> str:
    """The same at every attempt: who gets it twice after all has one mail."""
    return f"s.{link.pk}.{sign('sign-in-link-id', link.pk)}@{settings.INSTANCE_DOMAIN}"


def _head(link: SignInLink, subject: str, sender: tuple[str, str], now: datetime) -> str:
    return "".join(
        [
            headers.address_header("From", [sender]),
            headers.address_header("To", [("", headers.wire_address(link.email))]),
            headers.text_header("Subject", subject),
            headers.header("Date", format_datetime(now)),
            headers.id_header("Message-ID", [mail_id_of(link)]),
            headers.header("Auto-Submitted", "auto-generated"),
            headers.header("X-Auto-Response-Suppress", "All"),
            headers.header("X-Onethread-Loop", tokens.instance_id()),
        ]
    )


def _body(subject: str, facts: dict[str, object]) -> EmailMessage:
    mail = EmailMessage(policy=_BODY)
    mail.set_content(render_to_string("channels/sign_in_mail.txt", facts).strip() + "\n")
    html = _STYLES.inline(render_to_string("channels/sign_in_mail.html", {**facts, "subject": subject}).strip())
    mail.add_alternative(html, subtype="html")
    return mail
