"""What lint says of rules, and what it says nothing of."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.accounts.models import Team
from tickets.automation.lint import Finding, lint
from tickets.automation.satisfying import try_all
from tickets.conditions.tree import parse
from tickets.models import Rule

pytestmark = pytest.mark.django_db
HIGH = [{"field": "priority", "value": "high"}]
NOTE = [{"field": "reply_internal", "value": "Look"}]
MAIL = [{"field": "notification_user", "value": ["requester_id", "We have it", "Thank you"]}]


def one(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def every(*conditions: Any, **parts: Any) -> dict[str, Any]:
    return {"all": list(conditions), **parts}


def says(kind: str, tree: Any, actions: Any = HIGH, **more: Any) -> list[tuple[str, str]]:
    return [(it.level, it.path) for it in lint(kind, tree, actions, **more)]


@pytest.mark.parametrize(
    "tree",
    [
        every(one("status", "is", "open"), one("status", "is", "solved")),
        every(one("status", "less_than", "open"), one("status", "greater_than_equal", "pending")),
        every(one("priority", "less_than", "")),
        every(one("priority", "greater_than", "high"), none=[one("priority", "is", "urgent")]),
        every(one("status", "is", "open"), any=[one("status", "is", "new"), one("status", "is", "pending")]),
        every(one("replies", "greater_than", 3), one("replies", "less_than", 4)),
        every(one("current_tags", "includes", ["vip"]), one("current_tags", "not_includes", ["vip", "big"])),
        every(one("current_tags", "includes", ["vip"]), none=[one("current_tags", "present")]),
        every(one("assignee_id", "is", 3), one("assignee_id", "is", "")),
        every(one("group_id", "is", 3), one("group_id", "is", 4)),
        every(one("subject_includes_word", "includes", "refund"), one("subject_includes_word", "not_includes", "fund")),
        every(one("is_waiting", "is", "true"), one("status", "is", "solved")),
        every({"any": [one("status", "is", "open")]}, {"none": [one("status", "is", "open")]}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["trigger", "automation"])
def test_what_can_never_be_true(kind: str, tree: Any) -> None:
    assert not try_all(kind, parse(tree, kind)).can_hold


@pytest.mark.parametrize(
    "tree",
    [
        every(one("PENDING", "greater_than", 4), one("status", "is", "open")),
        every(one("PENDING", "greater_than", 4), one("OPEN", "greater_than", 4)),
        every(one("updated_at", "greater_than", 24), one("updated_at", "less_than", 24)),
        every(one("due_date", "greater_than", 1), one("until_due_date", "greater_than", 1)),
        every(one("due_date", "greater_than", 1), one("due_at", "not_present")),
        every(one("status", "is", "closed")),
        every(one("CLOSED", "greater_than", 1)),
        every(one("assignee_id", "is", "current_user")),
        every(one("waiting_since", "greater_than", 1), one("is_waiting", "is", "false")),
    ],
)
def test_what_can_never_be_true_for_automations(tree: Any) -> None:
    assert not try_all("automation", parse(tree, "automation")).can_hold


@pytest.mark.parametrize(
    "tree",
    [
        every(one("update_type", "is", "Create"), one("update_type", "is", "Change")),
        every(one("comment_is_public", "is", "true"), one("comment_is_public", "is", "false")),
        every(one("status", "value", "solved"), one("status", "is_not", "solved")),
        every(one("status", "changed"), one("status", "not_changed")),
        every(one("status", "value", "solved"), one("status", "value_previous", "solved")),
    ],
)
def test_what_can_never_be_true_for_triggers(tree: Any) -> None:
    assert not try_all("trigger", parse(tree, "trigger")).can_hold


@pytest.mark.parametrize(
    ("kind", "tree"),
    [
        ("trigger", {}),
        ("trigger", every(one("status", "value", "solved"), one("status", "value_previous", "open"))),
        ("trigger", every(one("assignee_id", "is", "current_user"), one("assignee_id", "changed"))),
        ("trigger", every(one("comment_is_public", "is", "true"), one("comment_includes_word", "includes", "a b"))),
        ("automation", every(one("PENDING", "greater_than", 4), one("status", "less_than", "solved"))),
        ("automation", every(one("updated_at", "greater_than", 24), one("updated_at", "less_than", 48))),
        ("automation", every(one("until_due_date", "less_than", 4), one("due_at", "present"))),
        ("automation", every(one("follower", "is", 1), one("follower", "is", 2))),
        ("automation", every(one("current_tags", "includes", ["a", "b"]), one("current_tags", "not_includes", ["a"]))),
        ("automation", every(one("status", "is_not", "new"), any=[one("OPEN", "is", 1), one("HOLD", "is", 1)])),
        ("automation", every(one("updated_on", "less_than", "today"), one("created_at", "within_previous_n_days", 7))),
    ],
)
def test_what_may_be_true(kind: str, tree: Any) -> None:
    assert try_all(kind, parse(tree, kind)).can_hold


def test_the_reason_is_said_in_words() -> None:
    (found,) = lint("trigger", every(one("status", "is", "open"), one("status", "is", "solved")), HIGH)
    assert (found.level, found.path) == ("error", "all.1")
    assert "Status is Open" in found.text and "Status is Solved" in found.text
    (found,) = lint("automation", every(one("status", "is", "closed")), HIGH)
    assert found == Finding("error", "all.0", "It can never be true: automations leave closed tickets alone.")


def test_an_alternative_without_room_is_named() -> None:
    tree = every(one("status", "is", "open"), any=[one("status", "is", "new"), one("priority", "is", "low")])
    assert says("trigger", tree) == [("warning", "any.0")]


def test_names_that_are_gone(support_team: Team) -> None:
    tree, actions = (
        every(one("group_id", "is", support_team.pk)),
        [{"field": "group_id", "value": str(support_team.pk)}],
    )
    assert says("trigger", tree, actions) == []
    support_team.delete()
    assert says("trigger", tree, actions) == [("error", "all.0"), ("error", "actions.0")]


def test_an_automation_that_starts_its_own_clock_again() -> None:
    tree = every(one("updated_at", "greater_than", 24), one("status", "is", "pending"))
    assert says("automation", tree, NOTE) == [("warning", "all.0")]
    assert says("automation", tree, [{"field": "status", "value": "solved"}]) == []
    tagged = every(*tree["all"], one("current_tags", "not_includes", ["reminded"]))
    assert says("automation", tagged, [*NOTE, {"field": "current_tags", "value": "reminded"}]) == []
    assert says("automation", every(one("PENDING", "greater_than", 24)), NOTE) == []  # once each time it is pending


def test_rules_that_undo_each_other() -> None:
    Rule.objects.create(
        kind="automation", title="Wake", conditions=every(one("PENDING", "greater_than", 1)),
        actions=[{"field": "status", "value": "open"}],
    )  # fmt: skip
    tree = every(one("OPEN", "greater_than", 1))
    assert says("automation", tree, [{"field": "status", "value": "pending"}]) == [("warning", "actions.0")]
    assert says("automation", tree, [{"field": "status", "value": "solved"}]) == []
    assert says("automation", every(one("priority", "is", "high")), NOTE) == []


def test_triggers_that_undo_or_shadow_each_other() -> None:
    mine = Rule.objects.create(
        kind="trigger", title="Mine", position=1, conditions=every(one("update_type", "is", "Create")), actions=HIGH
    )
    Rule.objects.create(
        kind="trigger", title="Later", position=2, conditions={}, actions=[{"field": "priority", "value": "low"}]
    )
    found = lint("trigger", mine.conditions, HIGH, rule_id=mine.pk)
    assert [(it.level, it.path, it.text) for it in found] == [
        ("warning", "actions.0", "“Later” undoes this again."),
        ("hint", "", "“Later” comes later and sets the same fields whenever this one does."),
    ]
    assert says("trigger", every(one("subject_includes_word", "includes", "hot")), HIGH) == [("hint", "actions.0")]


def test_rules_that_mail_round_and_round() -> None:
    assert says("trigger", every(one("comment_is_public", "is", "true")), MAIL) == [("warning", "actions.0")]
    assert says("trigger", {}, [{"field": "reply_public", "value": "Hello"}]) == [("warning", "actions.0")]
    for harmless in (
        every(one("update_type", "is", "Create")),
        every(one("comment_is_public", "is", "true"), one("role", "is", "agent")),
        every(one("assignee_id", "changed")),
    ):
        assert says("trigger", harmless, MAIL) == []


def test_a_tree_of_a_hundred_conditions_is_looked_at_quickly() -> None:
    many = [one("current_tags", "includes", [f"a{number}"]) for number in range(50)]
    assert says("trigger", {"any": many, "all": [{"any": many[:40]}]}) == []
