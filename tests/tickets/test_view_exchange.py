"""Saved views out as JSON in Zendesk's shape and in again: columns by their other names, nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from helpdesk.accounts.models import Team, User
from tickets.models import SavedView
from tickets.saved_views import create_view
from tickets.services import Refused
from tickets.view_exchange import export_views, import_views

pytestmark = pytest.mark.django_db

OPEN = {"field": "status", "operator": "is", "value": "open"}
ZENDESK = {
    "views": [
        {
            "id": 25,
            "title": "Tickets updated <12 Hours",
            "active": True,
            "position": 3,
            "conditions": {
                "all": [{"field": "status", "operator": "less_than", "value": "solved"}],
                "any": [
                    {"field": "assignee_id", "operator": "is", "value": "current_user"},
                    {"field": "current_tags", "operator": "includes", "value": "hello"},
                ],
            },
            "execution": {
                "group_by": "group",
                "group_order": "desc",
                "sort_by": "created",
                "sort_order": "asc",
                "columns": [
                    {"id": "nice_id", "title": "ID"},
                    {"id": "updated", "title": "Updated"},
                    {"id": "satisfaction_score", "title": "Satisfaction"},
                    {"id": 5, "title": "Account"},
                ],
            },
            "restriction": None,
        },
        {
            "title": "As it is sent",
            "all": [OPEN],
            "output": {"columns": ["status", "requester"], "sort_by": "status", "sort_order": "desc"},
        },
    ]
}


def test_zendesks_shapes_are_read(radia: User) -> None:
    outcome = import_views(ZENDESK, radia)
    told, sent = outcome.made
    assert told.conditions["any"][1]["value"] == ["hello"]
    assert (told.columns, told.sort, told.group_by, told.layout) == (
        ["number", "updated_at"], "created_at", "-team", "table",
    )  # fmt: skip
    assert (told.audience, told.is_active) == ("everyone", True)
    assert outcome.left_out == {"Tickets updated <12 Hours": ["satisfaction_score", "5"]}
    assert (sent.conditions, sent.columns, sent.sort) == ({"all": [OPEN]}, ["status", "requester"], "-status")


def test_out_and_in_again_is_the_same(radia: User, support_team: Team) -> None:
    ours = {"field": "group_id", "operator": "is", "value": support_team.pk}
    tree = {"any": [{"all": [OPEN, ours]}, {"none": [OPEN]}]}
    look: dict[str, Any] = {"columns": ["subject", "waiting_since", "sla_due_at"], "group_by": "status"}
    look |= {"sort": "-waiting_since", "layout": "table", "description": "Why"}
    create_view(radia, "Team's", team=support_team, conditions=tree, **look)
    create_view(radia, "Mine", mine=True, is_active=False)
    create_view(radia, "All", mine=False, sort="number")
    before = json.loads(json.dumps(export_views(radia)))
    assert before["names"]["group_id"] == {str(support_team.pk): "Support"}
    SavedView.objects.all().delete()
    assert import_views(before, radia).to_repair == []
    after = export_views(radia)
    unlike = ("id", "created_at", "updated_at")
    assert [{k: v for k, v in it.items() if k not in unlike} for it in after["views"]] == [
        {k: v for k, v in it.items() if k not in unlike} for it in before["views"]
    ]


def test_views_of_others_are_not_in_the_file(radia: User, grace: User) -> None:
    create_view(radia, "Hers alone", mine=True)
    assert export_views(grace)["views"] == []


def test_agents_import_for_themselves(grace: User) -> None:
    assert {view.owner for view in import_views(ZENDESK, grace).made} == {grace}


def test_a_team_is_found_by_its_name_and_what_is_not_here_switches_off(radia: User) -> None:
    billing = Team.objects.create(name="Billing")
    asks = {"field": "group_id", "operator": "is", "value": "9999"}
    data: dict[str, Any] = {
        "views": [
            {"title": "One", "conditions": {"all": [asks]}, "restriction": {"type": "Group", "id": 9999}},
            {"title": "Two", "conditions": {"all": [{**asks, "value": "8888"}]}},
            {"title": "Three", "conditions": {"all": [{**asks, "field": "brand_id"}]}},
        ],
        "names": {"group_id": {"9999": "Billing", "8888": "Nobody here"}},
    }
    outcome = import_views(data, radia)
    one, two, three = outcome.made
    assert (one.team, one.conditions["all"][0]["value"], one.is_active) == (billing, billing.pk, True)
    assert outcome.to_repair == [two, three]
    assert not two.is_active


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (7, "no object"),
        ({"title": " "}, "no title"),
        ({"title": "x", "conditions": 7}, "no tree"),
        ({"title": "x", "conditions": {"field": "status", "operator": "is"}}, "no tree"),
        ({"title": "x", "all": [1]}, "no tree"),
    ],
)
def test_each_view_that_cannot_be_read_is_named_and_nothing_is_done(radia: User, wrong: object, says: str) -> None:
    with pytest.raises(Refused, match=f"View 3 can’t be read: .*{says}.* View 4 can’t be read"):
        import_views({"views": [*ZENDESK["views"], wrong, 7]}, radia)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("strange", [7, "x", [], [[]], {"columns": 7}, {"columns": [None, {}, [1]], "sort_by": [1]}])
def test_a_look_that_is_none_counts_as_the_usual_one(client: Client, radia: User, strange: object) -> None:
    (view,) = import_views({"views": [{"title": "x", "execution": strange, "layout": 3}]}, radia).made
    assert (view.columns, view.sort, view.group_by) == ([], "-updated_at", "")
    client.force_login(radia)
    assert client.get(f"/agent/views/{view.pk}/").status_code == 200
    assert client.get(f"/agent/?view={view.slug}").status_code == 200


def test_broken_conditions_can_be_opened_and_repaired(client: Client, radia: User) -> None:
    client.force_login(radia)
    values: list[Any] = ["x", 7, [], {}, None, [[]], 1e300]
    for value in values:
        tree = {"all": [{"field": field, "operator": "is", "value": value} for field in ("status", "due_date", "no")]}
        (view,) = import_views({"views": [{"title": "x", "conditions": tree}]}, radia).to_repair
        assert client.get(f"/agent/views/{view.pk}/").status_code == 200, value
        assert client.get(f"/agent/?view={view.slug}").status_code == 200, value


def test_over_http(client: Client, radia: User) -> None:
    client.force_login(radia)
    page = client.post("/agent/views/import/", {"text": json.dumps(ZENDESK)}, follow=True).content.decode()
    assert "2 views imported." in page
    assert "satisfaction_score" in page
    assert client.get("/agent/views/export/").json()["count"] == 2
    wrong = client.post("/agent/views/import/", {"text": "{}"})
    assert wrong.status_code == 422
    assert "There is no list of “views” in it." in wrong.content.decode()
