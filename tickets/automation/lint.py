"""What is probably not meant in a rule, found while it is written: nothing here keeps anybody from saving it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.automation.actions import ACTIONS
from tickets.automation.kinds_words import CURRENT_USER, REQUESTER, WITH_COPIES
from tickets.automation.satisfying import Clash, Fixed, Outcome, statuses_of, try_all
from tickets.automation.sentences import plain, tree_words
from tickets.automation.soundness import action_problems
from tickets.conditions import Invalid, problems
from tickets.conditions.catalogue import fields_in
from tickets.conditions.operators import OPPOSITES
from tickets.conditions.scopes import AUTOMATION, TRIGGER
from tickets.conditions.tree import Condition, Group, Tree, parse
from tickets.models import Rule, Status

ERROR, WARNING, HINT = "error", "warning", "hint"
# Actions that set a field: the condition's field that then has the value.
SETS = {
    "status": "status",
    "priority": "priority",
    "type": "type",
    "assignee_id": "assignee_id",
    "group_id": "group_id",
}
MOST_NAMED = 3


@dataclass(frozen=True)
class Finding:
    """`path` as in `Problem`, or `actions.2`; empty where the whole rule is meant."""

    level: str
    path: str
    text: str


@dataclass(frozen=True)
class _Draft:
    kind: str
    tree: Tree
    group: Group
    actions: Sequence[dict[str, Any]]
    position: tuple[Any, ...] | None  # None: it will come last

    def sets(self) -> dict[str, Any]:
        return {it["field"]: it["value"] for it in self.actions if it["field"] in SETS}

    def after(self) -> Fixed:
        """What is known of the ticket once it has fired."""
        return {key: _values(key, value) for key, value in self.sets().items() if value not in ("current_user",)}


def lint(kind: str, conditions: object, actions: object, rule_id: int | None = None) -> list[Finding]:
    """All there is to say; `rule_id` is the rule that is being edited, which does not stand in its own way."""
    gone = [Finding(ERROR, it.path, it.reason) for it in problems(conditions, kind)]
    gone += [Finding(ERROR, f"actions.{it.path}".rstrip("."), it.reason) for it in action_problems(actions, kind)]
    draft = _read(kind, conditions, actions, rule_id)
    if draft is None:
        return gone
    if never := _never_true(draft):
        return [*gone, *never]
    found = [*_dead_alternatives(draft), *_restarts_itself(draft), *_answers_everything(draft)]
    for rule in _others(kind, rule_id):
        other = _read(kind, rule.conditions, rule.actions, rule.pk)
        if other:
            found += _beside(draft, other, rule)
    return [*gone, *found]


def _read(kind: str, conditions: Any, actions: Any, rule_id: int | None) -> _Draft | None:
    try:
        group = parse(conditions, kind)
    except Invalid:
        return None
    known = [it for it in actions if isinstance(it, dict) and str(it.get("field")) in ACTIONS and "value" in it]
    rule = Rule.objects.select_related("category").filter(pk=rule_id).first() if rule_id else None
    return _Draft(kind, conditions, group, known, _position(rule) if rule else None)


def _position(rule: Rule) -> tuple[Any, ...]:
    """Categories come in their order, rules without one last (PostgreSQL sorts NULL there)."""
    category = rule.category
    return (category is None, category.position if category else 0, rule.category_id or 0, rule.position, rule.pk)


def _others(kind: str, rule_id: int | None) -> QuerySet[Rule]:
    rules = Rule.objects.filter(kind=kind, is_active=True, deleted_at=None).select_related("category").order_by("pk")
    return rules.exclude(pk=rule_id) if rule_id else rules


def _never_true(draft: _Draft) -> list[Finding]:
    outcome = try_all(draft.kind, draft.group)
    if outcome.can_hold:
        return []
    if draft.kind == AUTOMATION and try_all("", draft.group).can_hold:
        text = _("It can never be true: automations leave closed tickets alone.")
        return [Finding(ERROR, _first_path(outcome), text)]
    said = list(dict.fromkeys(_words(draft.kind, clash) for clash in outcome.clashes))[:MOST_NAMED]
    text = _("It can never be true: no ticket meets %(conditions)s.") % {"conditions": "; ".join(said)}
    return [Finding(ERROR, _first_path(outcome), text)]


def _first_path(outcome: Outcome) -> str:
    conditions = outcome.clashes[0].conditions if outcome.clashes else ()
    return conditions[-1].path if conditions else ""


def _words(kind: str, clash: Clash) -> str:
    tree = {"all": [condition.as_json() for condition in clash.conditions]}
    return f"“{plain(tree_words(tree, fields_in(kind)))}”"


def _dead_alternatives(draft: _Draft) -> list[Finding]:
    """Conditions under “any” that the others leave no room for."""
    rest = Group(all=draft.group.all, none=draft.group.none)
    return [
        Finding(WARNING, f"any.{place}", _("This alternative can never be true beside the other conditions."))
        for place, child in enumerate(draft.group.any)
        if not try_all(draft.kind, rest, Group(all=(child,))).can_hold
    ]


def _restarts_itself(draft: _Draft) -> list[Finding]:
    """Hours since the last update begin anew with the rule's own: unless it ends one of its other conditions."""
    clock = next((it for it in draft.group.conditions() if _counts_from_update(it)), None)
    if draft.kind != AUTOMATION or clock is None or _switches_itself_off(draft):
        return []
    text = _(
        "It never switches itself off: it changes the ticket, which starts its own clock again, so it fires every "
        "%(hours)s hours. Let it also set a tag or a status, and ask that the ticket does not have it yet."
    )
    return [Finding(WARNING, clock.path, text % {"hours": clock.value})]


def _counts_from_update(condition: Condition) -> bool:
    return condition.field.key == "updated_at" and condition.operator not in OPPOSITES


def _switches_itself_off(draft: _Draft) -> bool:
    """Whether its conditions can't hold any more right after it, whatever time passes."""
    if not try_all(draft.kind, draft.group, fixed=draft.after()).can_hold:
        return True
    added = _tags(draft, "current_tags", "set_tags")
    return any(_excludes_tags(it, added) for it in draft.group.all) or any(
        _asks_tags(it, added) for it in draft.group.none
    )


def _tags(draft: _Draft, *fields: str) -> set[str]:
    return {tag for it in draft.actions if it["field"] in fields for tag in str(it["value"]).split()}


def _excludes_tags(node: object, tags: set[str]) -> bool:
    is_it = isinstance(node, Condition) and node.field.key == "current_tags" and node.operator == "not_includes"
    return is_it and bool(tags & set(node.value))  # type: ignore[attr-defined]


def _asks_tags(node: object, tags: set[str]) -> bool:
    is_it = isinstance(node, Condition) and node.field.key == "current_tags" and node.operator == "includes"
    return is_it and bool(tags & set(node.value))  # type: ignore[attr-defined]


def _answers_everything(draft: _Draft) -> list[Finding]:
    """A mail to the customer for every mail of the customer: if a machine is at the other end, they never stop."""
    mails = next((place for place, it in enumerate(draft.actions) if _mails_customer(it)), None)
    if mails is None or draft.kind != TRIGGER:
        return []
    by_customer: Fixed = {
        "update_type": ("Change",),
        "role": ("end_user",),
        "comment_is_public": ("true", "not_relevant", "requester_can_see_comment"),
    }
    if not try_all(draft.kind, draft.group, fixed=by_customer).can_hold or _asks_a_change(draft):
        return []
    text = _(
        "It mails the customer whenever the customer writes: two automatic senders can answer each other round and "
        "round. Ask that the update opens the ticket, or that an agent made it."
    )
    return [Finding(WARNING, f"actions.{mails}", text)]


def _mails_customer(action: dict[str, Any]) -> bool:
    if action["field"] == "notification_user":
        return isinstance(action["value"], list) and action["value"][0] in (REQUESTER, WITH_COPIES, CURRENT_USER)
    return bool(action["field"] == "reply_public")


def _asks_a_change(draft: _Draft) -> bool:
    """A field that has to change first, which a customer's mail alone does not do (but for the status)."""
    return any(
        isinstance(it, Condition) and it.field.has_changed_operator(it.operator) and it.field.key != "status"
        for it in draft.group.all
    )


def _beside(draft: _Draft, other: _Draft, rule: Rule) -> Iterable[Finding]:
    """What they do to each other where both hold."""
    if not _meet(draft, other):
        return
    name = {"rule": rule.title}
    comes_first = draft.kind == AUTOMATION or draft.position is None or _position(rule) < draft.position
    comes_later = draft.kind == AUTOMATION or not comes_first
    for place, action in enumerate(draft.actions):
        if not _undoes(action, other):
            continue
        if comes_later and _holds_after(other, draft) and (draft.kind != AUTOMATION or _holds_after(draft, other)):
            yield Finding(WARNING, f"actions.{place}", _("“%(rule)s” undoes this again.") % name)
        elif comes_first and draft.kind == TRIGGER and _holds_after(draft, other):
            yield Finding(HINT, f"actions.{place}", _("This undoes what “%(rule)s” has done before it.") % name)
    if draft.kind == TRIGGER and _is_shadowed(draft, other) and comes_later:
        yield Finding(HINT, "", _("“%(rule)s” comes later and sets the same fields whenever this one does.") % name)


def _meet(draft: _Draft, other: _Draft) -> bool:
    return try_all(draft.kind, draft.group, other.group).can_hold or bool(set(draft.sets()) & set(other.sets()))


def _undoes(action: dict[str, Any], other: _Draft) -> bool:
    """Whether `other` sets the same to something else, or takes away the tags that `action` adds."""
    if action["field"] in SETS:
        wanted = other.sets().get(action["field"], action["value"])
        return str(wanted) != str(action["value"])
    opposite = {"current_tags": "remove_tags", "remove_tags": "current_tags"}.get(action["field"])
    return bool(opposite) and bool(set(str(action["value"]).split()) & _tags(other, str(opposite)))


def _holds_after(rule: _Draft, before: _Draft) -> bool:
    """Whether `rule` can hold for a ticket that met `before`, once `before` has done what it does."""
    touched = set(before.after()) | ({"current_tags"} if _tags(before, "current_tags", "remove_tags") else set())
    kept = _without(before.group, lambda condition: condition.field.key in touched or _is_bound(condition, touched))
    return try_all(rule.kind, rule.group, kept, fixed=before.after()).can_hold


def _is_bound(condition: Condition, touched: set[str]) -> bool:
    """Clocks that run while a ticket has a status end with it."""
    return "status" in touched and bool(statuses_of(condition.field))


def _without(group: Group, dropped: Callable[[Condition], bool]) -> Group:
    """What surely goes on to hold: the plain conditions that all have to, but for those `dropped`."""
    return Group(all=tuple(it for it in group.all if isinstance(it, Condition) and not dropped(it)))


def _is_shadowed(draft: _Draft, other: _Draft) -> bool:
    """Whether everything it sets is set by `other`, too, which holds whenever it does."""
    fields = {it["field"] for it in draft.actions}
    if not fields or not fields <= set(SETS) or not fields <= {it["field"] for it in other.actions}:
        return False
    asked = {condition.field.key for condition in other.group.conditions()}
    return not asked & fields and not try_all(draft.kind, draft.group, without=[other.group]).can_hold


def _values(key: str, value: Any) -> tuple[Any, ...]:
    if key in ("assignee_id", "group_id"):
        return (int(value),) if str(value).isdecimal() else ()
    return (Status(value),) if key == "status" else (value,)
