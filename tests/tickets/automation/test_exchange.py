"""Rules out as JSON in Zendesk's shape and in again: nothing is lost, and no number is taken for another team's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helpdesk.accounts.models import Team, User
from tickets.automation import rules
from tickets.automation.exchange import export_rules, import_rules
from tickets.models import Rule
from tickets.services.errors import Refused

TAG = [{"field": "current_tags", "value": "seen"}]
IS_OPEN = {"field": "status", "operator": "is", "value": "open"}
TAGGED = {"field": "current_tags", "operator": "includes", "value": ["vip", "gold"]}
CHANGED = {"field": "priority", "operator": "changed"}
FEW = {"field": "replies", "operator": "less_than", "value": 3}
TREES = [
    {},
    {"all": [IS_OPEN]},
    {"all": [IS_OPEN, CHANGED], "any": [TAGGED, FEW]},
    {"none": [IS_OPEN]},
    {"all": [{"any": [IS_OPEN, {"none": [TAGGED, FEW]}]}, CHANGED]},
    {"any": [{"all": [IS_OPEN, FEW]}, {"all": [TAGGED]}], "none": [CHANGED]},
]


def through_a_file(kind: str, user: User) -> Any:
    return json.loads(json.dumps(export_rules(kind, user)))


@pytest.mark.parametrize("tree", TREES)
def test_a_tree_comes_back_as_it_was(tree: dict[str, Any], radia: User) -> None:
    rule = rules.create_rule("trigger", radia, "Rule", conditions=tree, actions=TAG, description="Why")
    import_rules("trigger", through_a_file("trigger", radia), radia, switch_on=True)
    back = Rule.objects.exclude(pk=rule.pk).get()
    assert (back.title, back.description, back.conditions, back.actions, back.is_active, back.problem) == (
        "Rule", "Why", tree, TAG, True, "",
    )  # fmt: skip


def test_a_flat_rule_has_exactly_zendesks_shape(radia: User, support_team: Team) -> None:
    category = rules.category_named("Routing")
    conditions = {"all": [{"field": "group_id", "operator": "is", "value": support_team.pk}]}
    actions = [{"field": "group_id", "value": str(support_team.pk)}]
    rule = rules.create_rule("trigger", radia, "Rule", conditions=conditions, actions=actions, category=category)
    data = through_a_file("trigger", radia)
    exported = data["triggers"][0]
    assert exported["conditions"] == {
        "all": [{"field": "group_id", "operator": "is", "value": str(support_team.pk)}],
        "any": [],
    }
    assert exported["actions"] == actions
    assert (exported["id"], exported["active"], exported["category_id"]) == (rule.pk, True, str(category.pk))
    assert data["trigger_categories"] == [{"id": str(category.pk), "name": "Routing", "position": category.position}]
    assert data["names"] == {"group_id": {str(support_team.pk): "Support"}}


def test_an_id_means_the_team_of_that_name(radia: User, support_team: Team) -> None:
    """Elsewhere the number 1 may be another team: what counts is the name that the file gives it."""
    billing = Team.objects.create(name="Billing")
    data = {
        "triggers": [
            {
                "title": "To Billing",
                "active": True,
                "conditions": {"all": [{"field": "group_id", "operator": "is_not", "value": str(support_team.pk)}]},
                "actions": [{"field": "group_id", "value": str(support_team.pk)}],
            }
        ],
        "names": {"group_id": {str(support_team.pk): "Billing"}},
    }
    import_rules("trigger", data, radia)
    rule = Rule.objects.get()
    assert rule.conditions["all"][0]["value"] == billing.pk
    assert rule.actions == [{"field": "group_id", "value": str(billing.pk)}]
    data["names"] = {"group_id": {str(support_team.pk): "Nobody knows it"}}
    (made,) = import_rules("trigger", data, radia, switch_on=True).to_repair
    assert (made.is_active, made.actions) == (False, [{"field": "group_id", "value": "Nobody knows it"}])
    assert "no such team" in made.problem


def test_zendesks_own_file_is_read(radia: User) -> None:
    data = {
        "triggers": [
            {
                "url": "https://example.zendesk.com/api/v2/triggers/1.json",
                "id": 360001234567,
                "title": "  Notify   requester ",
                "active": True,
                "position": 1,
                "category_id": "9",
                "conditions": {
                    "all": [
                        {"field": "update_type", "operator": "is", "value": "Create"},
                        {"field": "current_tags", "operator": "includes", "value": "vip gold"},
                    ],
                    "any": [],
                },
                "actions": [{"field": "status", "value": "open"}, {"field": "current_tags", "value": "asked"}],
            }
        ],
        "trigger_categories": [{"id": "9", "name": "Notifications"}],
    }
    import_rules("trigger", data, radia)
    rule = Rule.objects.get()
    assert (rule.title, str(rule.category), rule.problem, rule.is_active) == (
        "Notify requester", "Notifications", "", False,
    )  # fmt: skip
    assert rule.conditions["all"][1]["value"] == ["vip", "gold"]


GOOD = {"title": "Good", "conditions": {}, "actions": TAG}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "no list of “triggers”"),
        ({"automations": []}, "no list of “triggers”"),
        ({"triggers": [GOOD, "x"]}, "Rule 2 can’t be read: it is no object"),
        ({"triggers": [GOOD, {"title": " "}]}, "Rule 2 can’t be read: it has no title"),
        ({"triggers": [{**GOOD, "conditions": {"all": 1}}]}, "no tree"),
        ({"triggers": [{**GOOD, "conditions": {"some": []}}]}, "no tree"),
        ({"triggers": [{**GOOD, "actions": [{"field": 1}]}]}, "no list of fields"),
        ({"triggers": [GOOD] * 501}, "more than 500"),
    ],
)
def test_what_is_no_rule_imports_nothing(data: Any, says: str, radia: User) -> None:
    with pytest.raises(Refused, match=says):
        import_rules("trigger", data, radia)
    assert not Rule.objects.exists()


def test_a_rule_that_cannot_run_here_is_off_and_says_why(radia: User) -> None:
    fly = {**GOOD, "active": True, "conditions": {"all": [{"field": "wings", "operator": "is", "value": "2"}]}}
    (made,) = import_rules("trigger", {"triggers": [fly]}, radia, switch_on=True).to_repair
    assert (made.is_active, made.conditions) == (False, fly["conditions"])
    assert "no field “wings”" in made.problem


def test_zendesks_rule_that_tells_the_assignee_can_run(radia: User) -> None:
    asked = [("is_not", "current_user"), ("is_not", "requester_id"), ("not_changed", None)]
    conditions = [{"field": "assignee_id", "operator": operator, "value": value} for operator, value in asked]
    conditions += [{"field": "current_via_id", "operator": "is_not", "value": "4"}]
    action = {"field": "notification_user", "value": ["assignee_id", "Re: {{ticket.title}}", "{{ticket.link}}"]}
    item = {
        "title": "Notify assignee",
        "active": True,
        "conditions": {"all": conditions, "any": []},
        "actions": [action],
    }
    (rule,) = import_rules("trigger", {"triggers": [item]}, radia, switch_on=True).made
    assert (rule.is_active, rule.problem) == (True, "")
    assert rule.conditions["all"][-1]["value"] == "email"
