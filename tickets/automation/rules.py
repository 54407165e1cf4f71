"""Changes of triggers and automations. They are no tickets, so nothing goes on a timeline; revisions say who did what.

Callers ask `accounts.policies.may_manage` first. What is stored has been checked; a rule that can't be asked because
something it names is gone may be kept, switched off, so that it can be repaired.
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
from tickets.automation.soundness import problem_words
from tickets.models import Rule, RuleCategory
from tickets.services.errors import Refused

MOST_RULES = 500  # of a kind: each is asked at every gesture
TOPIC = "rules"


def rules_of(kind: str) -> QuerySet[Rule]:
    """Those that are not deleted, in the order in which they run."""
    return Rule.objects.filter(kind=kind, deleted_at=None).select_related("category")


@transaction.atomic
def create_rule(kind: str, author: User, title: str, *, change: str = "", **fields: Any) -> Rule:
    """A new rule at the end of its category. `fields` are checked already: see `rule_forms`."""
    if rules_of(kind).count() >= MOST_RULES:
        raise Refused(_("There are %(count)s rules already. Delete one first.") % {"count": MOST_RULES})
    rule = Rule(kind=kind, title=title, created_by=author, **fields)
    rule.position = _last_position(rule)
    rule.save()
    revisions.keep(rule, author, change or _("Created"))
    _tell_pages()
    return rule


@transaction.atomic
def change_rule(rule: Rule, author: User, fields: Mapping[str, Any], *, seen: str = "", change: str = "") -> Rule:
    """Set `fields`; into another category it goes at its end. Raises `revisions.ChangedMeanwhile`: see there."""
    rule = _locked(rule)
    revisions.refuse_stale(rule, seen)
    revisions.begin(rule)
    category = rule.category_id
    for name, value in fields.items():
        setattr(rule, name, value)
    if rule.category_id != category:
        rule.position = _last_position(rule)
    return _saved(rule, author, change)


@transaction.atomic
def copy_rule(rule: Rule, author: User) -> Rule:
    """The same again, switched off, right after the first one."""
    title = _("Copy of %(title)s") % {"title": rule.title}
    kept = {name: getattr(rule, name) for name in ("description", "category_id", "conditions", "actions", "problem")}
    change = _("Copied from “%(title)s”") % {"title": rule.title}
    copy = create_rule(rule.kind, author, title[:120], change=change, is_active=False, **kept)
    beside = list(_beside(rule).values_list("pk", flat=True))
    move_rule(copy, beside.index(rule.pk) + 1 if rule.pk in beside else len(beside))
    return copy


def set_active(rule: Rule, author: User, active: bool) -> Rule:
    """Switch it on or off. What can't run any more has to be repaired first: its `problem` says why."""
    if active == rule.is_active:
        return rule
    if active and rule.problem:
        raise Refused(_("Repair it first: %(problem)s") % {"problem": problem_words(rule)})
    return change_rule(rule, author, {"is_active": active}, change=_("Switched on") if active else _("Switched off"))


@transaction.atomic
def move_rule(rule: Rule, place: int) -> None:
    """To `place` in its category, the first being 0; all positions there are written anew."""
    others = list(_beside(rule).select_for_update(of=("self",)).exclude(pk=rule.pk))
    others.insert(min(max(place, 0), len(others)), rule)
    for position, one in enumerate(others):
        one.position = position
    Rule.objects.bulk_update(others, ["position"])
    _tell_pages()


@transaction.atomic
def delete_rule(rule: Rule, author: User) -> Rule:
    """The row stays, because timelines name it; restoring a revision brings it back, switched off."""
    rule = _locked(rule)
    revisions.begin(rule)
    rule.is_active = False
    rule.deleted_at = timezone.now()
    return _saved(rule, author, _("Deleted"))


@transaction.atomic
def restore_rule(rule: Rule, number: int, author: User, *, problem: str = "") -> Rule:
    """What it was in that revision. One that was deleted, or has a `problem` by now, comes back switched off."""
    rule = _locked(rule)
    revisions.begin(rule)
    revisions.put_back(rule, number)
    rule.problem = problem[:500]
    if rule.deleted_at or problem:
        rule.is_active = False
    if rule.deleted_at:
        rule.position = _last_position(rule)
    rule.deleted_at = None
    return _saved(rule, author, revisions.restored_from(number))


@transaction.atomic
def category_named(name: str) -> RuleCategory:
    """The one of that name; a new one at the end where there is none."""
    last: int | None = RuleCategory.objects.aggregate(last=Max("position"))["last"]
    found, _new = RuleCategory.objects.get_or_create(name=name, defaults={"position": (last or 0) + 1})
    return found


@transaction.atomic
def move_category(category: RuleCategory, place: int) -> None:
    others = list(RuleCategory.objects.select_for_update().exclude(pk=category.pk))
    others.insert(min(max(place, 0), len(others)), category)
    for position, one in enumerate(others):
        one.position = position
    RuleCategory.objects.bulk_update(others, ["position"])
    _tell_pages()


def _locked(rule: Rule) -> Rule:
    return Rule.objects.select_for_update(of=("self",)).select_related("category").get(pk=rule.pk)


def _saved(rule: Rule, author: User, change: str) -> Rule:
    rule.updated_at = timezone.now()
    rule.save()
    revisions.keep(rule, author, change)
    _tell_pages()
    return rule


def _beside(rule: Rule) -> QuerySet[Rule]:
    return rules_of(rule.kind).filter(category_id=rule.category_id)


def _last_position(rule: Rule) -> int:
    last: int | None = _beside(rule).exclude(pk=rule.pk).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _tell_pages() -> None:
    transaction.on_commit(lambda: realtime.publish({"t": "changed", "topics": [TOPIC]}))
