"""Signing in by a link that is sent by mail: no password that could be guessed, reused or forgotten.

Nobody is looked up before the link is opened, so whether an address is a customer's is told neither by the page, nor
by how long it takes, nor by what is sent. The row is the mail's outbox (channels_app/sign_in_links.py). Where the link
went is written down, what it says is not: it is signed, not stored.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.identify import identify
from customers.identities import prove_identity
from customers.models import Identity, IdentityKind, ProvedBy
from customers.normalising import normalise
from helpdesk.lib.signing import sign, verify
from knowledge_base.centres import address_of
from knowledge_base.models import HelpCentre
from tickets.models import SignInLink
from tickets.services import Refused, own_addresses

GOOD_FOR: Final = timedelta(hours=1)
APART: Final = timedelta(minutes=1)  # nobody's mailbox is filled by an impatient click
MOST_AN_HOUR: Final = 5
KEPT_FOR: Final = timedelta(days=30)
LONGEST_PATH: Final = 300
_TOKEN = re.compile(r"(?P<link>[0-9]{1,18})\.(?P<mac>[a-z2-7]{16})")
_SIGNED_FOR = "portal-sign-in"


@transaction.atomic
def ask_for_link(
    email: str, *, language: str, centre: HelpCentre | None = None, next_path: str = "", now: datetime | None = None
) -> SignInLink | None:
    """Queue the mail; None where one went there a moment ago, or the address is one of our own.

    Whoever asked is told the same in both cases.
    """
    now, email = now or timezone.now(), normalise(IdentityKind.EMAIL, email)
    with connection.cursor() as cursor:  # the same address twice at once is one mail
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{_SIGNED_FOR} {email}"])
    recent = SignInLink.objects.filter(email=email, created_at__gt=now - timedelta(hours=1))
    asked = list(recent.order_by("-created_at").values_list("created_at", flat=True)[:MOST_AN_HOUR])
    if len(asked) == MOST_AN_HOUR or (asked and asked[0] > now - APART):
        return None
    if own_addresses([email]):  # it would come back as a ticket, with the link for all to see
        return None
    link = SignInLink.objects.create(
        email=email,
        language=language[:8],
        centre=centre if centre and centre.pk else None,
        next_path=next_path if is_own_path(next_path) else "",
        due_at=now,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    transaction.on_commit(_hurry)
    return link


def _hurry() -> None:
    """Somebody waits for it. The sweeper of channels_app finds it as well."""
    for path in settings.SIGN_IN_LINK_WAITS:
        import_string(path)()


def is_own_path(path: str) -> bool:
    """Whether it leads to a page of the portal or the help centre, and nowhere else."""
    own = path.startswith(("/requests/", "/hc/", "/contact/")) and len(path) <= LONGEST_PATH
    return own and url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.isprintable()


def link_address(link: SignInLink) -> str:
    """Under the name of the help centre where they asked: the session is that name's."""
    site = address_of(link.centre) if link.centre else settings.PUBLIC_URL
    return f"{site}/requests/sign-in/{token_of(link)}/"


def token_of(link: SignInLink) -> str:
    return f"{link.pk}.{sign(_SIGNED_FOR, link.pk, link.email)}"


def read_token(token: str) -> SignInLink | None:
    """The link that we signed so; None for any other."""
    match = _TOKEN.fullmatch(token)
    if not match:
        return None
    link = SignInLink.objects.select_related("centre").filter(pk=match["link"]).first()
    if link is None or not verify(match["mac"], _SIGNED_FOR, link.pk, link.email):
        return None
    return link


def is_over(link: SignInLink, now: datetime) -> bool:
    return link.used_at is not None or link.expires_at <= now


@transaction.atomic
def use_link(link: SignInLink, *, now: datetime | None = None) -> Identity:
    """The address, with whose it is; `Refused` when the link was used or is too old.

    Others to the same address are void then. The address is proved by it. One that nobody has is a new customer's:
    they may read and write from here on.
    """
    now = now or timezone.now()
    locked = SignInLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if is_over(locked, now):
        raise Refused(_("This link was used already, or is too old."))
    SignInLink.objects.filter(email=locked.email, used_at=None).update(used_at=now, due_at=None)
    known = Identity.objects.select_related("customer").filter(kind=IdentityKind.EMAIL, value=locked.email).first()
    if known is None:
        return identify(IdentityKind.EMAIL, locked.email, proved_by=ProvedBy.ONE_TIME_LINK)
    return prove_identity(known, ProvedBy.ONE_TIME_LINK, actor=Actor.of_customer(known.customer), now=now)


def forget_old_links(*, now: datetime, limit: int = 5_000) -> int:
    """Who asked when is nobody's business for ever; how many went."""
    old = SignInLink.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return SignInLink.objects.filter(pk__in=list(old[:limit])).delete()[0]
