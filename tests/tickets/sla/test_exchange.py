"""SLA policies out as JSON in Zendesk's shape and in again: nothing lost, nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from helpdesk.accounts.models import Calendar, Team, User
from tickets.models import SlaPolicy
from tickets.services import Refused
from tickets.sla.exchange import export_policies, import_policies
from tickets.sla.policies import create_policy

pytestmark = pytest.mark.django_db

ROW = {"priority": "high", "metric": "first_reply_time", "target": 3600, "business_hours": True}
ZENDESK: dict[str, Any] = {
    "sla_policies": [
        {
            "id": 36,
            "url": "https://example.zendesk.com/api/v2/slas/policies/36.json",
            "title": "Incidents",
            "description": "For urgent incidents",
            "position": 3,
            "filter": {
                "all": [
                    {"field": "ticket_type_id", "operator": "is", "value": "2"},
                    {"field": "via_id", "operator": "is_not", "value": "4"},
                ],
                "any": [],
            },
            "policy_metrics": [
                {"priority": "normal", "metric": "first_reply_time", "target": 30, "business_hours": False},
                {"priority": "urgent", "metric": "first_reply_time", "target": 10, "business_hours": False},
                {
                    "priority": "low", "metric": "requester_wait_time", "target": 3,
                    "target_in_seconds": 150, "business_hours": True,
                },
            ],
            "metric_settings": {
                "first_reply_time": {"fulfill_on_agent_internal_comment": True},
                "periodic_update_time": {"activate_on_agent_internal_comment": True},
                "next_reply_time": None,
            },
        }
    ],
    "count": 1,
}  # fmt: skip


def test_zendesks_own_file_is_read(radia: User) -> None:
    (policy,), to_repair = import_policies(ZENDESK, radia, switch_on=True)
    assert (policy.title, policy.is_active, to_repair) == ("Incidents", True, [])
    assert policy.conditions["all"] == [
        {"field": "type", "operator": "is", "value": "incident"},
        {"field": "via_id", "operator": "is_not", "value": "email"},
    ]
    assert [(row["priority"], row["metric"], row["target"]) for row in policy.targets] == [
        ("normal", "first_reply_time", 1800), ("urgent", "first_reply_time", 600), ("low", "requester_wait_time", 150),
    ]  # fmt: skip
    assert policy.settings == {"first_reply_met_by_note": True, "periodic_update_on_note": True, "warn_percent": 75}


def test_out_and_in_again_is_the_same(radia: User, support_team: Team) -> None:
    hours = Calendar.objects.create(name="Nights", week=[[60, 120]])
    tree = {"all": [{"field": "group_id", "operator": "is", "value": support_team.pk}, {"none": [
        {"field": "current_tags", "operator": "includes", "value": ["vip"]}]}]}  # fmt: skip
    settings = {"first_reply_on_agent_ticket": True, "warn_percent": 50}
    odd = {**ROW, "target": 95, "priority": "low", "business_hours": False}
    create_policy(
        radia, "Gold", description="Why", conditions=tree, targets=[ROW, odd], settings=settings, calendar=hours
    )
    create_policy(radia, "Off", targets=[ROW], settings={}, is_active=False)
    before = json.loads(json.dumps(export_policies(radia)))
    assert before["names"]["group_id"] == {str(support_team.pk): "Support"}
    assert [row["target"] for row in before["sla_policies"][0]["policy_metrics"]] == [60, 2]
    SlaPolicy.objects.all().delete()
    made, to_repair = import_policies(before, radia, switch_on=True)
    kept = ("title", "description", "conditions", "targets", "is_active", "calendar_id")
    assert [[getattr(policy, name) for name in kept] for policy in made] == [
        ["Gold", "Why", tree, [ROW, odd], True, hours.pk],
        ["Off", "", {}, [ROW], False, None],
    ]
    assert made[0].settings == settings
    assert to_repair == []


def test_what_is_not_here_comes_switched_off(radia: User) -> None:
    item = ZENDESK["sla_policies"][0]
    gone = {"all": [{"field": "custom_fields_1", "operator": "is", "value": "2"}]}
    data = {"sla_policies": [{**item, "filter": gone}, {**item, "schedule": "Nobody's hours"}, item]}
    made, to_repair = import_policies(data, radia, switch_on=True)
    assert to_repair == made[:2]
    assert [policy.is_active for policy in made] == [False, False, True]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": "  "}, "it has no title"),
        ({"filter": {"field": "status", "operator": "is"}}, "no tree"),
        ({"policy_metrics": []}, "promises nothing"),
        ({"policy_metrics": [{**ROW, "metric": "patience"}]}, "target 1: there is no metric “patience”"),
        ({"policy_metrics": [ROW, {**ROW, "priority": ""}]}, "target 2: there is no priority"),
        ({"policy_metrics": [{**ROW, "target": 0}]}, "at least 15 seconds"),
        ({"policy_metrics": [{**ROW, "target": True}]}, "at least 15 seconds"),
        ({"policy_metrics": [{**ROW, "target": 10**30}]}, "at most five years"),
        ({"policy_metrics": [7]}, "target 1: it is no object"),
    ],
)
def test_each_policy_that_cannot_be_read_is_named_and_nothing_is_done(
    radia: User, change: dict[str, Any], says: str
) -> None:
    item = ZENDESK["sla_policies"][0]
    with pytest.raises(Refused) as refused:
        import_policies({"sla_policies": [item, {**item, **change}, 7]}, radia)
    told = refused.value.problems  # type: ignore[attr-defined]
    assert told[0].startswith("Policy 2 can’t be read: ")
    assert says in told[0]
    assert told[1:] == ["Policy 3 can’t be read: it is no object."]
    assert not SlaPolicy.objects.exists()


def test_more_than_there_is_room_for_is_refused_whole(radia: User) -> None:
    for number in range(99):
        create_policy(radia, f"Policy {number}", targets=[ROW])
    with pytest.raises(Refused, match="100 policies already"):
        import_policies({"sla_policies": ZENDESK["sla_policies"] * 2}, radia)
    assert SlaPolicy.objects.count() == 99


def test_over_http(client: Client, radia: User) -> None:
    client.force_login(radia)
    page = client.post("/settings/sla/import/", {"text": json.dumps(ZENDESK)}, follow=True).content.decode()
    assert "1 policy imported." in page
    assert not SlaPolicy.objects.get().is_active
    answer = client.get("/settings/sla/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="sla-policies.json"'
    assert answer.json()["sla_policies"][0]["title"] == "Incidents"
    wrong = client.post("/settings/sla/import/", {"text": '{"sla_policies": [1, {"title": "x"}]}'})
    assert wrong.status_code == 422
    assert "Policy 1 can’t be read" in wrong.content.decode()
    assert "Policy 2 can’t be read: it promises nothing." in wrong.content.decode()
