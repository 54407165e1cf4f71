"""The mail with the link by which a customer signs in to their requests."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from channels_app.adapters.email.link_mail import link_mail
from helpdesk.lib.signing import sign
from knowledge_base.centres import spoken_in
from tickets.models import Inbox, SignInLink
from tickets.portal.links import GOOD_FOR, link_address


def render_sign_in_mail(link: SignInLink, *, now: datetime) -> bytes:
    """In the language of the page where they asked. It names nobody: the address may be anybody's.

    It comes from the first inbox, so that an answer to it is read. Raises `BadAddress`.
    """
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first()
    house = link.centre.name if link.centre else inbox.name if inbox else "Onethread"
    with translation.override(spoken_in(link.language)):
        return link_mail(
            "channels/sign_in_mail",
            {"house": house, "link": link_address(link), "minutes": int(GOOD_FOR.total_seconds() // 60)},
            subject=_("Your link to sign in"),
            sender=(house, inbox.address if inbox else settings.DEFAULT_FROM_EMAIL),
            to=link.email,
            mail_id=mail_id_of(link),
            now=now,
        )


def mail_id_of(link: SignInLink) -> str:
    """The same at every attempt: who gets it twice after all has one mail."""
    return f"s.{link.pk}.{sign('sign-in-link-id', link.pk)}@{settings.INSTANCE_DOMAIN}"
