"""Every change of what people configure, kept: how it looked, who did it, when. Any of them can be brought back.

For rules, macros, SLA policies, surveys and saved views. Call `begin` before and `keep` after a change, in its
transaction and with the row locked; the number of the newest revision is what editors say they have seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.models import Macro, Revision, RevisionOf, Rule, SavedView, SlaPolicy, Survey
from tickets.services.errors import Refused

T = TypeVar("T", bound=models.Model)

# What a revision holds. A row's place in its list is left out: where it stands is the list's affair.
FIELDS: Mapping[RevisionOf, tuple[str, ...]] = {
    RevisionOf.RULE: ("title", "description", "category_id", "is_active", "conditions", "actions"),
    RevisionOf.MACRO: (
        "title", "description", "folder", "shortcut", "language", "owner_id", "team_id", "is_active", "actions",
    ),
    RevisionOf.SLA_POLICY: (
        "title", "description", "is_active", "conditions", "targets", "settings", "calendar_id",
    ),
    RevisionOf.SURVEY: (
        "title", "kind", "scale", "moment", "is_active", "conditions", "texts", "reasons", "delay_minutes",
        "delay_is_business", "remind_after_days", "apart_days", "open_days",
    ),
    RevisionOf.VIEW: (
        "title", "description", "owner_id", "team_id", "is_active", "conditions", "columns", "sort", "group_by",
        "layout",
    ),
}  # fmt: skip
KINDS: Mapping[type[models.Model], RevisionOf] = {
    Rule: RevisionOf.RULE,
    Macro: RevisionOf.MACRO,
    SlaPolicy: RevisionOf.SLA_POLICY,
    Survey: RevisionOf.SURVEY,
    SavedView: RevisionOf.VIEW,
}

WHOSE = ("owner_id", "team_id")  # shown, never put back: without a team that is gone it would be everyone's


class ChangedMeanwhile(Refused):
    """Somebody saved it after it was read. `seen` is the number of its newest revision now."""

    def __init__(self, seen: str, who: str = "") -> None:
        name = who or _("Somebody")
        words = _("%(name)s has changed this since you opened it. Save again to replace their change.")
        super().__init__(words % {"name": name})
        self.seen = seen


def of(obj: models.Model) -> models.QuerySet[Revision]:
    """Its revisions, newest first."""
    return Revision.objects.filter(of=KINDS[type(obj)], object_id=obj.pk).select_related("author")


def snapshot(obj: models.Model) -> dict[str, Any]:
    return {name: getattr(obj, name) for name in FIELDS[KINDS[type(obj)]]}


def version(obj: models.Model) -> str:
    """What an editor has seen, to send back with its changes: the number of the newest revision."""
    return str(of(obj).values_list("number", flat=True).first() or 0)


def refuse_stale(obj: models.Model, seen: str) -> None:
    """Raises `ChangedMeanwhile` unless `seen` is the newest revision; empty: whatever it is."""
    newest = of(obj).first()
    if seen and newest and seen != str(newest.number):
        raise ChangedMeanwhile(str(newest.number), newest.author_name)


def begin(obj: models.Model) -> None:
    """Keep how it looks before its first change: there are rows that are older than their revisions."""
    if not of(obj).exists():
        _write(obj, 1, None, "")


def keep(obj: models.Model, author: User | None, change: str = "") -> Revision:
    """Keep how `obj` looks now. `change` names what was done; without one, no change means no revision."""
    newest = of(obj).first()
    if newest is not None and not change and newest.data == snapshot(obj):
        return newest
    return _write(obj, newest.number + 1 if newest else 1, author, change)


def _write(obj: models.Model, number: int, author: User | None, change: str) -> Revision:
    if hasattr(obj, "revision"):
        obj.revision = number
        type(obj)._default_manager.filter(pk=obj.pk).update(revision=number)
    return Revision.objects.create(
        of=KINDS[type(obj)],
        object_id=obj.pk,
        number=number,
        data=snapshot(obj),
        change=change[:300],
        author=author,
        author_name=str(author or "")[:200],
    )


def put_back(obj: models.Model, number: int) -> None:
    """Give `obj` the values of that revision, in memory. Whose it is stays; a row that is gone becomes none."""
    revision = of(obj).filter(number=number).first()
    if revision is None:
        raise Refused(_("There is no revision %(number)s.") % {"number": number})
    for name, value in revision.data.items():
        if name in FIELDS[KINDS[type(obj)]] and name not in WHOSE:
            setattr(obj, name, _existing(obj, name, value))


def _existing(obj: models.Model, name: str, value: Any) -> Any:
    if not name.endswith("_id") or value is None:
        return value
    related = obj._meta.get_field(name.removesuffix("_id")).related_model
    assert isinstance(related, type)
    return value if issubclass(related, models.Model) and related._default_manager.filter(pk=value).exists() else None


@transaction.atomic
def restore(obj: T, number: int, author: User) -> T:
    """Make `obj` what it was in that revision; that is a new revision, so nothing is lost by it."""
    obj = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    begin(obj)
    put_back(obj, number)
    if hasattr(obj, "updated_at"):
        obj.updated_at = timezone.now()
    obj.save()
    keep(obj, author, restored_from(number))
    return obj


def restored_from(number: int) -> str:
    return _("Restored from revision %(number)s") % {"number": number}
