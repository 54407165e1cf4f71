"""How long each kind of data is kept: off by default, set by an admin, applied by a worker in small pieces.

What settings.RETENTION_KINDS names are tuples of `Kind`: each app says what of its own can grow too old.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import SYSTEM, Actor
from customers.errors import Refused
from customers.models import CustomerEvent, PrivacyAct, RecordEvent, RetentionRule
from customers.privacy_log import note_act

SECONDS = 20.0  # that one run goes on for; the next one carries on
LONGEST = 36_500  # days
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class Kind:
    """`old(before)` are the rows that are too old, in the order in which they go; `remove(ids)` lets these go."""

    key: str
    title: str | Promise
    help: str | Promise
    old: Callable[[datetime], QuerySet]  # type: ignore[type-arg]  # of whatever model
    remove: Callable[[Sequence[int]], None]
    chunk: int = 200


def kinds() -> list[Kind]:
    return [kind for path in settings.RETENTION_KINDS for kind in import_string(path)]


def kind_named(key: str) -> Kind | None:
    return next((kind for kind in kinds() if kind.key == key), None)


def count_old(kind: Kind, days: int, *, now: datetime) -> int:
    """How many would go at once if it were `days`; counting stops at MOST_COUNTED."""
    return kind.old(now - timedelta(days=days)).order_by()[:MOST_COUNTED].count()


@transaction.atomic
def set_days(kind: Kind, days: int | None, *, actor: Actor, now: datetime) -> RetentionRule:
    """Keep it for so many days, or for ever (None). Raises `customers.errors.Refused` for a number that can't be."""
    if days is not None and not 1 <= days <= LONGEST:
        raise Refused(_("A number of days between 1 and %(most)s.") % {"most": LONGEST}, field=kind.key)
    rule, _made = RetentionRule.objects.select_for_update().get_or_create(kind=kind.key)
    if rule.days != days:
        note_act(PrivacyAct.RETENTION_CHANGED, actor=actor, now=now, of=kind.key, old=rule.days, new=days)
        rule.days, rule.changed_by_name, rule.changed_at = days, actor.name[:200], now
        rule.save(update_fields=["days", "changed_by_name", "changed_at"])
    return rule


def apply_rules(*, now: datetime, seconds: float = SECONDS) -> int:
    """Let go of what is too old, for about `seconds`; how many rows. The kind that waits longest comes first."""
    until, total = monotonic() + seconds, 0
    due = RetentionRule.objects.exclude(days=None).order_by(F("last_run_at").asc(nulls_first=True))
    for rule in due:
        removed = 0
        while monotonic() < until and (count := _apply(rule.pk, now=now)):
            removed += count
        if removed:
            note_act(PrivacyAct.RETENTION_APPLIED, actor=SYSTEM, now=now, of=rule.kind, removed=removed)
        total += removed
    return total


@transaction.atomic
def _apply(pk: int, *, now: datetime) -> int:
    """One piece of one kind, unless another worker is at it."""
    rule = RetentionRule.objects.select_for_update(skip_locked=True).filter(pk=pk).exclude(days=None).first()
    kind = kind_named(rule.kind) if rule else None
    if rule is None or kind is None:
        return 0
    ids = list(kind.old(now - timedelta(days=rule.days or 0)).values_list("pk", flat=True)[: kind.chunk])
    if ids:
        kind.remove(ids)
    rule.last_run_at, rule.removed = now, rule.removed + len(ids)
    rule.save(update_fields=["last_run_at", "removed"])
    return len(ids)


def _old_history(before: datetime) -> QuerySet[RecordEvent]:
    said = RecordEvent.objects.filter(created_at__lt=before).exclude(payload={})
    return said.filter(payload__has_any_keys=["old", "new", "value"]).order_by("pk")


def _forget_history(ids: Sequence[int]) -> None:
    for event in RecordEvent.objects.filter(pk__in=ids):
        event.payload = {key: value for key, value in event.payload.items() if key not in ("old", "new", "value")}
        event.save(update_fields=["payload"])


def _old_events(before: datetime) -> QuerySet[CustomerEvent]:
    return CustomerEvent.objects.filter(occurred_at__lt=before).order_by("pk")


def _forget_events(ids: Sequence[int]) -> None:
    CustomerEvent.objects.filter(pk__in=ids).delete()


KINDS = (
    Kind(
        "record_history",
        gettext_lazy("What records said before"),
        gettext_lazy("Who changed which field when stays; what stood there goes."),
        _old_history,
        _forget_history,
    ),
    Kind(
        "customer_events",
        gettext_lazy("Events from shops and back ends"),
        gettext_lazy("Such as a cart that was left. They are deleted."),
        _old_events,
        _forget_events,
    ),
)
