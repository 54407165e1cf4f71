"""Changes of SLA policies. Tickets hear of them at their next update; revisions say who changed what.

Callers ask `accounts.policies.may_manage` first. What is stored has been checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets import realtime, revisions
from tickets.models import SlaPolicy
from tickets.services.errors import Refused

MOST = 100  # each is asked at every update until one matches
TOPIC = "sla-policies"


def all_policies() -> QuerySet[SlaPolicy]:
    """Those that are not deleted, in the order in which they are asked."""
    return SlaPolicy.objects.filter(deleted_at=None).order_by("position", "pk")


@transaction.atomic
def create_policy(author: User | None, title: str, *, change: str = "", **fields: Any) -> SlaPolicy:
    """A new one at the end. `fields` are checked already: see `sla_forms`."""
    if all_policies().count() >= MOST:
        raise Refused(_("There are %(count)s policies already. Delete one first.") % {"count": MOST})
    policy = SlaPolicy.objects.create(title=title, created_by=author, position=_last_position(), **fields)
    revisions.keep(policy, author, change or _("Created"))
    _tell_pages()
    return policy


@transaction.atomic
def change_policy(
    policy: SlaPolicy, author: User, fields: Mapping[str, Any], *, seen: str = "", change: str = ""
) -> SlaPolicy:
    """Set `fields`. Raises `revisions.ChangedMeanwhile`: see there."""
    policy = _locked(policy)
    revisions.refuse_stale(policy, seen)
    revisions.begin(policy)
    for name, value in fields.items():
        setattr(policy, name, value)
    return _saved(policy, author, change)


@transaction.atomic
def copy_policy(policy: SlaPolicy, author: User) -> SlaPolicy:
    """The same again, switched off, right after the first one."""
    title = (_("Copy of %(title)s") % {"title": policy.title})[:120]
    kept = {name: getattr(policy, name) for name in ("description", "conditions", "targets", "settings", "calendar_id")}
    change = _("Copied from “%(title)s”") % {"title": policy.title}
    copy = create_policy(author, title, change=change, is_active=False, **kept)
    order = list(all_policies().values_list("pk", flat=True))
    move_policy(copy, order.index(policy.pk) + 1 if policy.pk in order else len(order))
    return copy


def set_active(policy: SlaPolicy, author: User, active: bool) -> SlaPolicy:
    if active == policy.is_active:
        return policy
    change = _("Switched on") if active else _("Switched off")
    return change_policy(policy, author, {"is_active": active}, change=change)


@transaction.atomic
def move_policy(policy: SlaPolicy, place: int) -> None:
    """To `place`, the first being 0; all positions are written anew."""
    others = list(all_policies().select_for_update().exclude(pk=policy.pk))
    others.insert(min(max(place, 0), len(others)), policy)
    for position, one in enumerate(others):
        one.position = position
    SlaPolicy.objects.bulk_update(others, ["position"])
    _tell_pages()


@transaction.atomic
def delete_policy(policy: SlaPolicy, author: User) -> SlaPolicy:
    """The row stays, because timelines and receipts name it; restoring a revision brings it back, switched off."""
    policy = _locked(policy)
    revisions.begin(policy)
    policy.is_active, policy.deleted_at = False, timezone.now()
    return _saved(policy, author, _("Deleted"))


@transaction.atomic
def restore_policy(policy: SlaPolicy, number: int, author: User) -> SlaPolicy:
    """What it was in that revision; one that was deleted comes back switched off, at the end."""
    policy = _locked(policy)
    revisions.begin(policy)
    revisions.put_back(policy, number)
    if policy.deleted_at:
        policy.is_active, policy.deleted_at, policy.position = False, None, _last_position()
    return _saved(policy, author, revisions.restored_from(number))


def _locked(policy: SlaPolicy) -> SlaPolicy:
    return SlaPolicy.objects.select_for_update(of=("self",)).get(pk=policy.pk)


def _saved(policy: SlaPolicy, author: User, change: str) -> SlaPolicy:
    policy.updated_at = timezone.now()
    policy.save()
    revisions.keep(policy, author, change)
    _tell_pages()
    return policy


def _last_position() -> int:
    last: int | None = all_policies().aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _tell_pages() -> None:
    transaction.on_commit(lambda: realtime.publish({"t": "changed", "topics": [TOPIC]}))
