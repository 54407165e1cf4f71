"""The mail with a one-time link, by which a customer proves that an address is theirs."""

from __future__ import annotations

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

from channels_app.adapters.email import outgoing_headers as headers
from channels_app.adapters.email import tokens
from customers.models import Customer, IdentityLink
from customers.proving import address_of
from helpdesk.lib.signing import sign
from tickets.models import Inbox

_BODY = SMTP.clone(cte_type="7bit")
_STYLES = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def render_proof_mail(link: IdentityLink, *, now: datetime) -> bytes:
    """In the customer's language and time zone, as far as we know them. It comes from the first inbox, so that an
    answer to it is read."""
    customer = link.identity.customer
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first()
    house = inbox.name if inbox else "Onethread"
    with translation.override(_language_of(customer)), timezone.override(ZoneInfo(customer.time_zone or "UTC")):
        facts = {"house": house, "link": address_of(link), "address": link.identity.value, "until": link.expires_at}
        subject = _("Please confirm your e-mail address")
        sender = headers.wire_address(inbox.address if inbox else settings.DEFAULT_FROM_EMAIL)
        return _head(link, subject, (house, sender), now).encode() + _body(subject, facts).as_bytes(policy=_BODY)


def _language_of(customer: Customer) -> str:
    return customer.language if customer.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _head(link: IdentityLink, subject: str, sender: tuple[str, str], now: datetime) -> str:
    mail_id = f"l.{link.pk}.{sign('identity-link-id', link.pk)}@{settings.INSTANCE_DOMAIN}"
    return "".join(
        [
            headers.address_header("From", [sender]),
            headers.address_header("To", [(str(link.identity.customer), headers.wire_address(link.identity.value))]),
            headers.text_header("Subject", subject),
            headers.header("Date", format_datetime(now)),
            headers.id_header("Message-ID", [mail_id]),
            headers.header("Auto-Submitted", "auto-generated"),
            headers.header("X-Auto-Response-Suppress", "All"),
            headers.header("X-Onethread-Loop", tokens.instance_id()),
        ]
    )


def _body(subject: str, facts: dict[str, object]) -> EmailMessage:
    mail = EmailMessage(policy=_BODY)
    mail.set_content(render_to_string("channels/proof_mail.txt", facts).strip() + "\n")
    html = _STYLES.inline(render_to_string("channels/proof_mail.html", {**facts, "subject": subject}).strip())
    mail.add_alternative(html, subtype="html")
    return mail
