"""The mail with a one-time link, by which a customer proves that an address is theirs."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.adapters.email.link_mail import link_mail
from customers.models import IdentityLink
from customers.proving import address_of
from helpdesk.lib.signing import sign
from knowledge_base.centres import spoken_in
from tickets.models import Inbox


def render_proof_mail(link: IdentityLink, *, now: datetime) -> bytes:
    """In the customer's language and time zone, as far as we know them. It comes from the first inbox, so that an
    answer to it is read."""
    customer, address = link.identity.customer, link.identity.value
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first()
    house = inbox.name if inbox else "Onethread"
    with translation.override(spoken_in(customer.language)), timezone.override(ZoneInfo(customer.time_zone or "UTC")):
        return link_mail(
            "channels/proof_mail",
            {
                "house": house,
                "link": address_of(link),
                "address": address,
                "until": link.expires_at,
                "joins": link.joins_id is not None,
            },
            subject=_("Please confirm your e-mail address"),
            sender=(house, inbox.address if inbox else settings.DEFAULT_FROM_EMAIL),
            to=address,
            to_name=str(customer),
            mail_id=f"l.{link.pk}.{sign('identity-link-id', link.pk)}@{settings.INSTANCE_DOMAIN}",
            now=now,
        )
