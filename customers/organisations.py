"""Who belongs to an organisation: members by hand, and those whose address is of one of its domains.

What is known of an organisation itself is changed in customers/record.py, like any record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import Actor
from customers.errors import Refused
from customers.events import Event, record
from customers.models import Customer, Identity, IdentityKind, Organisation
from customers.record import change_customer
from customers.timeline import LINES, Happened

MOST_AT_ONCE = 1_000
TOLD = 5  # names in an event


@dataclass(frozen=True)
class MembersAdded(Event):
    """`names` are the first few of them, as they were then."""

    kind: ClassVar[str] = "members.added"
    count: int
    names: list[str]


@dataclass(frozen=True)
class MemberRemoved(Event):
    kind: ClassVar[str] = "member.removed"
    customer_id: int
    name: str


def members_of(organisation: Organisation) -> QuerySet[Customer]:
    return Customer.objects.current().filter(organisation=organisation)


def candidates(organisation: Organisation) -> QuerySet[Customer]:
    """Customers of no organisation with an address of one of its domains: they may be members. Newest first."""
    if not organisation.domains:
        return Customer.objects.none()
    of_domain = Q()
    for domain in organisation.domains:
        of_domain |= Q(value__endswith=f"@{domain}")
    addresses = Identity.objects.filter(of_domain, customer=OuterRef("pk"), kind=IdentityKind.EMAIL)
    return Customer.objects.current().filter(Exists(addresses), organisation=None).order_by("-pk")


@transaction.atomic
def add_members(organisation: Organisation, customer_ids: Iterable[int], *, actor: Actor) -> list[Customer]:
    """Those that were not members before. Refuses more than a form can list, and organisations that are gone."""
    wanted = list(dict.fromkeys(customer_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("At most %(count)s at once.") % {"count": MOST_AT_ONCE})
    added = [
        change_customer(customer, {"organisation": organisation}, actor=actor)
        for customer in Customer.objects.current().filter(pk__in=wanted).order_by("pk")
        if customer.organisation_id != organisation.pk
    ]
    if added:
        names = [str(customer) for customer in added[:TOLD]]
        record(organisation, MembersAdded(len(added), names), actor=actor)
    return added


@transaction.atomic
def remove_member(organisation: Organisation, customer: Customer, *, actor: Actor) -> None:
    """Nothing where they are no member (any more)."""
    if not members_of(organisation).filter(pk=customer.pk).exists():
        return
    change_customer(customer, {"organisation": None}, actor=actor)
    record(organisation, MemberRemoved(customer.pk, str(customer)), actor=actor)


def _added(happened: Happened) -> str:
    names, count = happened.payload.get("names") or [], int(happened.payload.get("count") or 0)
    known = {"who": happened.who, "whose": happened.subject, "names": ", ".join(map(str, names))}
    if count <= len(names):
        return _("%(who)s made %(names)s part of %(whose)s") % known
    more = ngettext(
        "%(who)s made %(names)s and %(more)s more part of %(whose)s",
        "%(who)s made %(names)s and %(more)s more part of %(whose)s",
        count - len(names),
    )
    return more % {**known, "more": count - len(names)}


def _removed(happened: Happened) -> str:
    known = {"who": happened.who, "whose": happened.subject, "name": happened.payload.get("name", "")}
    return _("%(who)s took %(name)s out of %(whose)s") % known


LINES.update({MembersAdded.kind: _added, MemberRemoved.kind: _removed})
