"""What may be done to a rule, and what its revisions say of it."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.accounts.models import User
from tickets import revisions
from tickets.automation import rules
from tickets.models import Macro, Revision, Rule, RuleKind
from tickets.services.errors import Refused

URGENT = {"all": [{"field": "priority", "operator": "is", "value": "urgent"}]}
TAG = [{"field": "current_tags", "value": "urgent"}]


def make(author: User, title: str = "Urgent ones", **more: Any) -> Rule:
    return rules.create_rule(RuleKind.TRIGGER, author, title, **{"conditions": URGENT, "actions": TAG, **more})


def told(rule: Rule) -> list[tuple[int, str, str]]:
    return [(it.number, it.change, it.author_name) for it in revisions.of(rule)]


def test_each_change_is_kept_with_its_author(radia: User, margaret: User) -> None:
    rule = make(radia)
    rule = rules.change_rule(rule, margaret, {"title": "Very urgent ones"})
    rule = rules.set_active(rule, radia, False)
    assert told(rule) == [
        (3, "Switched off", "Radia Perlman"),
        (2, "", "Margaret Hamilton"),
        (1, "Created", "Radia Perlman"),
    ]
    assert rule.revision == 3
    assert Rule.objects.get().revision == 3
    assert [it.data["title"] for it in revisions.of(rule)] == ["Very urgent ones"] * 2 + ["Urgent ones"]


def test_saving_what_is_there_already_is_no_revision(radia: User) -> None:
    rule = make(radia)
    rules.change_rule(rule, radia, {"title": rule.title})
    rules.set_active(rule, radia, True)
    assert len(told(rule)) == 1


def test_restoring_is_a_new_revision(radia: User, margaret: User) -> None:
    rule = make(radia)
    rules.change_rule(rule, radia, {"title": "Other", "actions": []})
    rule = rules.restore_rule(rule, 1, margaret)
    assert (rule.title, rule.actions, rule.revision) == ("Urgent ones", TAG, 3)
    assert told(rule)[0] == (3, "Restored from revision 1", "Margaret Hamilton")
    with pytest.raises(Refused, match="no revision 9"):
        rules.restore_rule(rule, 9, margaret)


def test_an_edit_of_what_has_changed_meanwhile_is_refused_once(radia: User, margaret: User) -> None:
    rule = make(radia)
    seen = revisions.version(rule)
    rules.change_rule(rule, margaret, {"title": "Margaret's"}, seen=seen)
    with pytest.raises(revisions.ChangedMeanwhile, match="Margaret Hamilton has changed this") as refused:
        rules.change_rule(rule, radia, {"title": "Radia's"}, seen=seen)
    assert Rule.objects.get().title == "Margaret's"
    rules.change_rule(rule, radia, {"title": "Radia's"}, seen=refused.value.seen)
    assert Rule.objects.get().title == "Radia's"


def test_a_deleted_rule_stays_for_timelines_and_can_come_back(radia: User) -> None:
    rule = make(radia)
    rules.delete_rule(rule, radia)
    assert not rules.rules_of(RuleKind.TRIGGER).exists()
    gone = Rule.objects.get()
    assert (gone.is_active, gone.title, told(gone)[0][1]) == (False, "Urgent ones", "Deleted")
    back = rules.restore_rule(gone, 1, radia)
    assert (back.deleted_at, back.is_active) == (None, False)
    assert list(rules.rules_of(RuleKind.TRIGGER)) == [rule]


def test_a_copy_is_switched_off_and_comes_next(radia: User) -> None:
    first, _second = make(radia, "First"), make(radia, "Second")
    copy = rules.copy_rule(first, radia)
    assert [rule.title for rule in rules.rules_of(RuleKind.TRIGGER)] == ["First", "Copy of First", "Second"]
    assert (copy.is_active, copy.conditions) == (False, URGENT)
    assert told(copy) == [(1, "Copied from “First”", "Radia Perlman")]


def test_rules_run_by_category_and_by_place_in_it(radia: User) -> None:
    one, two = rules.category_named("One"), rules.category_named("Two")
    assert rules.category_named("One") == one
    for title, category in (("a", one), ("b", one), ("c", two)):
        make(radia, title, category=category)

    def order() -> str:
        return "".join(rule.title for rule in rules.rules_of(RuleKind.TRIGGER))

    assert order() == "abc"
    rules.move_rule(Rule.objects.get(title="b"), 0)
    assert order() == "bac"
    rules.move_category(two, 0)
    assert order() == "cba"
    rules.change_rule(Rule.objects.get(title="c"), radia, {"category": one})
    assert order() == "bac"
    rules.move_rule(Rule.objects.get(title="b"), 99)
    assert order() == "acb"


def test_what_has_a_problem_is_not_switched_on(radia: User) -> None:
    rule = make(radia, is_active=False, problem="The team is gone.")
    with pytest.raises(Refused, match="The team is gone"):
        rules.set_active(rule, radia, True)
    back = rules.restore_rule(make(radia), 1, radia, problem="The team is gone.")
    assert (back.is_active, back.problem) == (False, "The team is gone.")


def test_what_is_older_than_its_revisions_keeps_how_it_was(radia: User) -> None:
    macro = Macro.objects.create(title="Before", actions=TAG)
    revisions.begin(macro)
    macro.title = "After"
    macro.save()
    revisions.keep(macro, radia)
    revisions.begin(macro)
    assert [(it.number, it.data["title"]) for it in revisions.of(macro)] == [(2, "After"), (1, "Before")]
    assert revisions.restore(macro, 1, radia).title == "Before"
    assert Revision.objects.count() == 3


def test_restoring_never_gives_away_what_was_a_teams(radia: User, grace: User) -> None:
    team = grace.teams.get()
    macro = Macro.objects.create(title="Ours", actions=TAG, team=team)
    revisions.keep(macro, radia)
    Macro.objects.filter(pk=macro.pk).update(team=None, owner=radia)
    assert (revisions.restore(macro, 1, radia).owner, Macro.objects.get().team) == (radia, None)
