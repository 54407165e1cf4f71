"""Segments: who is in one now, how many, who may change it, and the badges that a customer carries.

A segment is a question, so nobody is ever put into one: whoever fits it is in it. Changes go through here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from django.db import transaction
from django.db.models import IntegerField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.fields import PREFIX
from customers.models import Customer, CustomField, FieldOf, Segment
from customers.policies import may_see_field
from helpdesk.accounts.models import Role, User
from tickets.conditions import Invalid, Problem, Tree, as_q, problems
from tickets.conditions.catalogue import fields_in
from tickets.conditions.scopes import CUSTOMER

COUNTED = 100_000  # beyond it nobody needs the last digit, and a page should not wait for it
MOST = 500  # segments of one person, or of everyone


@dataclass(frozen=True)
class Badge:
    """A segment that says something about its customers wherever they are shown; `colour` is a tone."""

    id: int
    name: str
    colour: str


class ChangedMeanwhile(Refused):
    """Somebody saved the segment after it was read. `version` is what it is now."""

    def __init__(self, version: str) -> None:
        super().__init__(
            _("Somebody has changed this segment since you opened it. Save again to replace their change.")
        )
        self.version = version


def customers_in(segment: Segment, *, now: datetime, user: User | None = None) -> QuerySet[Customer]:
    """In no order, without those that were merged or erased. Raises `Invalid` where the segment is broken.

    What was deleted would be nobody's, and everybody's in its opposite: nothing is asked then.
    `user` is who “the current user” stands for; without one, whose segment it is.
    """
    if wrong := broken(segment):
        raise Invalid(wrong)
    return customers_like(segment.conditions, now=now, user=user or segment.owner)


def customers_like(tree: Tree, *, now: datetime, user: User | None) -> QuerySet[Customer]:
    return Customer.objects.current().filter(as_q(tree, user=user, now=now, scope=CUSTOMER))


def count_of(customers: QuerySet[Customer]) -> int:
    """Exact up to `COUNTED`, which then means that many or more."""
    return customers.order_by().values("pk")[:COUNTED].count()


def broken(segment: Segment) -> list[Problem]:
    """What it names that is no longer there, or can't be asked any more; empty when all is well."""
    return problems(segment.conditions, CUSTOMER)


def hidden_keys(user: User) -> frozenset[str]:
    """Of fields that this person may not ask for either, since answers would tell what is in them."""
    if user.role != Role.COMPANY:
        return frozenset()
    fields = CustomField.objects.filter(of=FieldOf.CUSTOMER, is_internal=True)
    return frozenset(f"{PREFIX}{field.key}" for field in fields if not may_see_field(user, field))


def asks_for(tree: Any, keys: Collection[str]) -> bool:
    """Whether one of these fields is named somewhere in JSON that may be a tree."""
    said = dumps(tree) if keys else ""
    return any(f'"{key}"' in said for key in keys)


def shown_to(user: User, segments: Iterable[Segment]) -> list[Segment]:
    """Without those that say what is in a field that this person does not see."""
    hidden = hidden_keys(user)
    return [segment for segment in segments if not asks_for(segment.conditions, hidden)]


def badges_of(customer: Customer, *, now: datetime, badges: Iterable[Segment] | None = None) -> list[Badge]:
    """Those that the customer has now, by name: one statement for all, beside the one that reads which there are.

    A badge whose segment is broken is nobody's.
    """
    fields = fields_in(CUSTOMER)  # fields of an admin's making are read once for all
    mine, known = Customer.objects.current().filter(pk=customer.pk), []
    asked = []
    for place, segment in enumerate(Segment.objects.badges() if badges is None else badges):
        known.append(Badge(segment.pk, segment.name, segment.colour))
        if broken(segment):
            continue
        held = as_q(segment.conditions, user=None, now=now, scope=CUSTOMER, fields=fields)
        asked.append(mine.filter(held).order_by().values_list(Value(place, output_field=IntegerField())))
    if not asked:
        return []
    places = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]
    return [known[place] for place in sorted(place for (place,) in places)]


def may_share(user: User) -> bool:
    """Segments of everyone, badges among them."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_change(user: User, segment: Segment) -> bool:
    """Own ones anybody, shared ones whoever may share."""
    return user.is_active and (segment.owner_id == user.pk if segment.owner_id else may_share(user))


@transaction.atomic
def create_segment(user: User, name: str, *, mine: bool = True, **fields: Any) -> Segment:
    owner = user if mine else None
    if Segment.objects.in_use().filter(owner=owner).count() >= MOST:
        raise Refused(_("There are %(count)s segments already. Delete one first.") % {"count": MOST})
    _refuse_name(name, owner)
    return Segment.objects.create(name=name, owner=owner, created_by=user, **fields)


@transaction.atomic
def change_segment(segment: Segment, fields: Mapping[str, Any], *, seen: str = "") -> Segment:
    """Raises `ChangedMeanwhile` if it is no longer of the version that was `seen`; empty: whatever it is."""
    segment = Segment.objects.in_use().select_for_update().get(pk=segment.pk)
    if seen and seen != segment.version:
        raise ChangedMeanwhile(segment.version)
    for name, value in fields.items():
        setattr(segment, name, value)
    _refuse_name(segment.name, segment.owner, beside=segment.pk)
    segment.updated_at = timezone.now()
    segment.save()
    return segment


@transaction.atomic
def delete_segment(segment: Segment) -> None:
    """It stays as a row that nobody sees; deleting it again changes nothing."""
    Segment.objects.in_use().filter(pk=segment.pk).update(deleted_at=timezone.now())


@transaction.atomic
def restore_segment(segment: Segment) -> None:
    Segment.objects.filter(pk=segment.pk).update(deleted_at=None)


def _refuse_name(name: str, owner: User | None, *, beside: int = 0) -> None:
    """Two of one name on one shelf could not be told apart."""
    if Segment.objects.in_use().filter(owner=owner, name__iexact=name).exclude(pk=beside).exists():
        raise Refused(_("There is a segment “%(name)s” already.") % {"name": name}, field="name")
