"""Two records become one, and two again: fields, identities, and whatever any app keeps of a customer.

Everything is one transaction. Both records are locked in the order of their ids, so of two merges of the same record
one happens and the other is told what became of it. Apps above hear of it by signal and move their own rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Refused
from customers.events import record
from customers.merge_events import RecordMerged, RecordUnmerged
from customers.merge_fields import clear, merged_values, restore, snapshot
from customers.merge_memory import undone_fields
from customers.models import (
    Customer,
    CustomerMerge,
    DuplicateSuggestion,
    Identity,
    PrivacyJob,
    PrivacyJobKind,
    PrivacyJobState,
    SuggestionState,
)
from customers.moving import move, move_back, own_references
from customers.pictures import forget as forget_picture
from customers.signals import customer_merged, customer_unmerged, customers_changing_hands

FOLLOWED_FOR = timedelta(minutes=10)
FOLLOWED = 500  # merges at a time
OWN = "customers"  # under which the rows of this app are kept in `CustomerMerge.moved`


class NeedsConfirmation(Refused):
    """Both sides have identities that were proved, so the merge is not done in passing."""


@dataclass
class Undone:
    """What an undo did, or would do. `restored` and `kept` are fields of the survivor."""

    restored: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    moved: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def merge(
    survivor: Customer,
    other: Customer,
    choices: Mapping[str, str] | None = None,
    *,
    actor: Actor,
    confirmed: bool = False,
    now: datetime | None = None,
) -> CustomerMerge:
    """Make `other` a part of `survivor`. `choices`: by field whose value stays, see `customers.merge_fields`.

    Raises `Refused`; and `NeedsConfirmation` when both have proved identities and nobody has said `confirmed`.
    """
    survivor, other = _locked(survivor.pk, other.pk)
    _refuse_merge(survivor, other)
    if not confirmed and (proved := proved_on_both(survivor, other)):
        raise NeedsConfirmation(
            _("Both records have addresses that were proved (%(these)s). Say that they are one person.")
            % {"these": ", ".join(proved)},
            field="confirmed",
        )
    mine, theirs = snapshot(survivor), snapshot(other)
    now = now or timezone.now()
    done = CustomerMerge.objects.create(
        survivor=survivor, merged=other, survivor_before=mine, merged_before=theirs, created_at=now,
        survivor_after=merged_values(mine, theirs, choices or {}), actor_user=actor.user, actor_name=actor.name[:200],
    )  # fmt: skip
    name = str(other)
    clear(other)
    other.merged_into = survivor
    other.save()
    restore(survivor, done.survivor_after)
    survivor.save()
    _move_rows(done)
    _settle_suggestion(done, SuggestionState.MERGED, actor, now)
    record(survivor, RecordMerged(done.pk, other.pk, name), actor=actor, now=now)
    return done


@transaction.atomic
def follow(done: CustomerMerge) -> None:
    """Move what still came for the merged record: by those who had read it before the merge and wrote after it."""
    _locked(done.survivor_id, done.merged_id)
    done = CustomerMerge.objects.select_for_update().get(pk=done.pk)
    if not done.undone_at and not done.forgotten_at:
        _move_rows(done)


def follow_recent(*, now: datetime) -> int:
    """For a worker; oldest first, so that what was merged twice goes the whole way."""
    recent = CustomerMerge.objects.filter(undone_at=None, created_at__gt=now - FOLLOWED_FOR).order_by("pk")
    for done in recent[:FOLLOWED]:
        follow(done)
    return len(recent)


@transaction.atomic
def undo(done: CustomerMerge, *, actor: Actor, now: datetime | None = None) -> Undone:
    """Make them two again. What came since goes to whom it came from; what was edited since stays. Raises `Refused`."""
    survivor, other = _locked(done.survivor_id, done.merged_id)
    done = CustomerMerge.objects.select_for_update().get(pk=done.pk)
    done.survivor, done.merged = survivor, other
    if reason := why_not_undo(done):
        raise Refused(reason)
    now = now or timezone.now()
    fields = undone_fields(done)
    restore(survivor, fields.back)
    survivor.save()
    CustomerMerge.objects.bulk_update(fields.later, ["survivor_before", "survivor_after"])
    other.merged_into = None
    restore(other, done.merged_before)
    other.save()
    for each in own_references():
        move_back(each, done.moved.get(OWN, {}).get(each.label, ()), old=survivor.pk, new=other.pk)
    result = Undone([*fields.back], fields.kept, _said(customer_unmerged, done))
    done.undone_at, done.undone_by = now, actor.user
    done.save(update_fields=["undone_at", "undone_by"])
    _settle_suggestion(done, SuggestionState.OPEN, actor, now)
    record(survivor, RecordUnmerged(done.pk, other.pk, str(other)), actor=actor, now=now)
    record(other, RecordUnmerged(done.pk, survivor.pk, str(survivor)), actor=actor, now=now)
    return result


def why_not_undo(done: CustomerMerge) -> str:
    """The reason why it can't be taken back now, in words; empty when it can."""
    if done.undone_at:
        return _("This merge was taken back already.")
    if done.forgotten_at or done.survivor.erased_at or done.merged.erased_at:
        return _("Everything about this person was erased, so there is nothing to be restored.")
    if after := CustomerMerge.objects.filter(merged=done.survivor, undone_at=None).select_related("survivor").first():
        return _(
            "%(survivor)s was merged into %(next)s (%(number)s) since. Take that merge back first."
        ) % {"survivor": after.merged_before.get("name") or done.survivor, "next": after.survivor,
             "number": after.survivor_id}  # fmt: skip
    if is_being_erased(done.survivor_id, done.merged_id):
        return _("This person is being erased.")
    return ""


def survivor_of(customer: Customer) -> Customer:
    """The record in which the customer is found today."""
    while customer.merged_into:
        customer = customer.merged_into
    return customer


def proved_on_both(survivor: Customer, other: Customer) -> list[str]:
    """The proved identities of the two when each has one, else none."""
    known = Identity.objects.filter(customer__in=[survivor, other])
    proved = {pk: [each.value for each in known if each.is_verified and each.customer_id == pk]
              for pk in (survivor.pk, other.pk)}  # fmt: skip
    return [value for values in proved.values() for value in values] if all(proved.values()) else []


def is_being_erased(*ids: int) -> bool:
    running = (PrivacyJobState.QUEUED, PrivacyJobState.RUNNING)
    return PrivacyJob.objects.filter(customer__in=ids, kind=PrivacyJobKind.ERASURE, state__in=running).exists()


def forget(customer: Customer, *, now: datetime) -> None:
    """For an erasure: merges lose the words and pictures they kept, suggestions go."""
    known = CustomerMerge.objects.filter(Q(survivor=customer) | Q(merged=customer))
    pictures = {said.get("avatar") for row in known for said in (row.survivor_before, row.merged_before)} - {None, ""}
    known.update(survivor_before={}, survivor_after={}, merged_before={}, forgotten_at=now)
    for name in pictures:
        forget_picture(name)
    for side in ("first", "second"):
        DuplicateSuggestion.objects.filter(**{side: customer}).delete()


def _locked(survivor: int, other: int) -> tuple[Customer, Customer]:
    """Not so hard that rows naming a customer could not be written: whoever has a ticket locked may write one and would
    wait for us, and we for the ticket. What comes that way is moved by `follow`.
    """
    if survivor == other:
        raise Refused(_("This is one and the same record."), field="other")
    locked = {
        each.pk: each
        for each in Customer.objects.select_for_update(no_key=True).filter(pk__in=[survivor, other]).order_by("pk")
    }
    if len(locked) < 2:
        raise Refused(_("This customer no longer exists."), field="other")
    customers_changing_hands.send(Customer, ids=[survivor, other])
    return locked[survivor], locked[other]


def _refuse_merge(survivor: Customer, other: Customer) -> None:
    for each in (survivor, other):
        if each.erased_at or is_being_erased(each.pk):
            raise Refused(_("Customer %(number)s was erased or is being erased.") % {"number": each.pk}, field="other")
        if each.merged_into_id:
            into = survivor_of(each)
            raise Refused(
                _("Customer %(number)s was merged into %(name)s (%(into)s) in the meantime.")
                % {"number": each.pk, "name": into, "into": into.pk},
                field="other",
            )


def _move_rows(done: CustomerMerge) -> None:
    """What points to the merged record points to the survivor from here on; adds to what an earlier call has moved."""
    own = {each.label: move(each, done.merged_id, done.survivor_id) for each in own_references()}
    moved = _joined(done.moved, {OWN: own, **_said(customer_merged, done)})
    if moved != done.moved:
        done.moved = moved
        done.save(update_fields=["moved"])


def _joined(before: Any, more: Any) -> Any:
    """Two answers of the same receiver as one: lists one after the other, in whatever depth of dictionaries."""
    if isinstance(before, dict):
        return {**before, **{key: _joined(before.get(key), value) for key, value in more.items()}}
    if before is None:
        return more
    return [*before, *more]


def _said(signal: Signal, done: CustomerMerge) -> dict[str, Any]:
    """What the apps that know customers answer, by their names."""
    answers: list[Any] = [answer for _receiver, answer in signal.send(Customer, merge=done) if answer]
    return dict(answers)


def _settle_suggestion(done: CustomerMerge, state: str, actor: Actor, now: datetime) -> None:
    first, second = sorted((done.survivor_id, done.merged_id))
    DuplicateSuggestion.objects.filter(first=first, second=second).update(
        state=state, decided_by=actor.user, decided_at=now
    )
