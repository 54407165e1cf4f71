"""A link to an e-mail address: whoever opens it and says yes has proved that the address is theirs.

It is good for three days and for one time. Opening it changes nothing, since mail scanners open every link; the
button on its page does. Where it went is written down, what it says is not: it is signed, not stored.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Refused
from customers.events import record
from customers.identities import prove_identity
from customers.identity_events import IdentityLinkSent
from customers.merging import merge
from customers.models import PROOFS, Customer, Identity, IdentityKind, IdentityLink, LinkState, ProvedBy
from customers.record import refuse_gone
from helpdesk.lib.signing import sign, verify

GOOD_FOR = timedelta(days=3)
APART = timedelta(minutes=5)  # nobody's mailbox is filled by an impatient click
_TOKEN = re.compile(r"(?P<link>[0-9]{1,18})\.(?P<mac>[a-z2-7]{16})")
_SIGNED_FOR = "identity"


@transaction.atomic
def send_link(
    identity: Identity, *, actor: Actor, joins: Customer | None = None, now: datetime | None = None
) -> IdentityLink:
    """Queue the mail with the link; `Refused` where it makes no sense. Its worker is in channels_app.

    `joins` is a customer who says that the address is theirs, though this record has it: whoever opens the link and
    says yes makes the two one.
    """
    now = now or timezone.now()
    locked = Identity.objects.select_for_update(of=("self",)).select_related("customer").get(pk=identity.pk)
    refuse_gone(locked.customer)
    if locked.kind != IdentityKind.EMAIL:
        raise Refused(_("Links are sent to e-mail addresses only."))
    if locked.is_verified and joins is None:
        raise Refused(_("This address is proved already."))
    recent = locked.links.filter(created_at__gt=now - APART).exclude(state=LinkState.FAILED)
    if recent.exists():
        raise Refused(_("A link went there a few minutes ago. Wait a little before you send another."))
    link = IdentityLink.objects.create(
        identity=locked, joins=joins, sent_by=actor.user, due_at=now, created_at=now, expires_at=now + GOOD_FOR
    )
    record(locked.customer, IdentityLinkSent(locked.kind, locked.value), actor=actor, now=now)
    return link


def address_of(link: IdentityLink) -> str:
    return f"{settings.PUBLIC_URL}/identity/{token_of(link)}/"


def token_of(link: IdentityLink) -> str:
    return f"{link.pk}.{sign(_SIGNED_FOR, link.pk, link.identity.value)}"


def read_token(token: str) -> IdentityLink | None:
    """The link that we signed so; None for any other."""
    match = _TOKEN.fullmatch(token)
    if not match:
        return None
    link = IdentityLink.objects.select_related("identity__customer").filter(pk=match["link"]).first()
    if link is None or not verify(match["mac"], _SIGNED_FOR, link.pk, link.identity.value):
        return None
    return link


def is_over(link: IdentityLink, now: datetime) -> bool:
    return link.used_at is not None or link.expires_at <= now


@transaction.atomic
def use_link(link: IdentityLink, *, now: datetime | None = None) -> Identity:
    """The customer said yes. `Refused` when the link was used or is too old."""
    now = now or timezone.now()
    locked = IdentityLink.objects.select_for_update().get(pk=link.pk)
    if is_over(locked, now):
        raise Refused(_("This link was used already, or is too old."))
    locked.used_at = now
    locked.save(update_fields=["used_at"])
    actor = Actor.of_customer(link.identity.customer)
    proved = prove_identity(link.identity, ProvedBy.ONE_TIME_LINK, actor=actor, now=now)
    if locked.joins:
        _join(proved.customer, locked.joins, now)
    return proved


def _join(customer: Customer, other: Customer, now: datetime) -> None:
    """Two records of one person, who has just said so. One that has proofs of another person's stays by itself."""
    proofs = other.identities.filter(proved_by__in=PROOFS).exclude(kind=IdentityKind.CHAT)
    if other.pk != customer.pk and not other.merged_into_id and not other.erased_at and not proofs.exists():
        merge(customer, other, actor=Actor.of_customer(customer), confirmed=True, now=now)
