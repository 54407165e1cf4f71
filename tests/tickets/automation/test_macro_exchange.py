"""Macros out and in again: nothing lost, teams found by name, what can't work switched off, nonsense refused whole."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from helpdesk.accounts.models import Team, User
from tickets.automation import macro_upkeep
from tickets.automation.macro_exchange import export_macros, import_macros
from tickets.models import Macro
from tickets.services import Refused

pytestmark = pytest.mark.django_db

ZENDESK = {
    "macros": [
        {
            "id": 360111062754,
            "title": "Billing::Refunds::Close and thank",
            "active": True,
            "position": 1,
            "description": None,
            "actions": [
                {"field": "status", "value": "solved"},
                {"field": "priority", "value": "normal"},
                {"field": "comment_value", "value": ["channel:all", "Hello {{ticket.requester.first_name}}"]},
                {"field": "comment_mode_is_public", "value": "false"},
                {"field": "current_tags", "value": "refund done"},
            ],
            "restriction": None,
        }
    ]
}


def test_zendesks_shape_is_read(radia: User) -> None:
    (macro,), to_repair = import_macros(ZENDESK, radia)
    assert (macro.folder, macro.title, macro.is_active) == ("Billing::Refunds", "Close and thank", True)
    assert (macro.owner, macro.team, to_repair) == (None, None, [])
    assert {"field": "comment_mode_is_public", "value": False} in macro.actions
    assert {"field": "comment_value", "value": "Hello {{ticket.requester.first_name}}"} in macro.actions


def test_out_and_in_again_is_the_same(radia: User) -> None:
    team = Team.objects.create(name="Returns")
    actions = [
        {"field": "comment_value_html", "value": "<p>Hi {{ticket.id}}</p>"},
        {"field": "comment_mode_is_public", "value": True},
        {"field": "group_id", "value": str(team.pk)},
    ]
    known = {"shortcut": "hi", "language": "de", "description": "Says hi"}
    macro_upkeep.create_macro(radia, "A::B", team=team, actions=macro_upkeep.read_actions(actions), **known)
    macro_upkeep.create_macro(radia, "Own", folder="X::Y", owner=radia, is_active=False, actions=actions)
    before = export_macros(radia)
    assert before["names"]["group_id"] == {str(team.pk): "Returns"}
    Macro.objects.all().delete()
    import_macros(json.loads(json.dumps(before)), radia)
    after = export_macros(radia)
    told = ("title", "folder", "shortcut", "language", "description", "active", "actions", "restriction")
    assert [[it[key] for key in told] for it in after["macros"]] == [
        [it[key] for key in told] for it in before["macros"]
    ]


def test_a_team_is_found_by_its_name_and_one_that_is_not_here_switches_off(radia: User) -> None:
    here = Team.objects.create(name="Returns")
    actions = [{"field": "group_id", "value": "9999"}]
    data: dict[str, Any] = {
        "macros": [
            {"title": "One", "actions": actions, "restriction": {"type": "Group", "id": 9999}},
            {"title": "Two", "actions": [{"field": "group_id", "value": "8888"}]},
            {"title": "Three", "actions": [{"field": "no_such_thing", "value": "1"}]},
        ],
        "names": {"group_id": {"9999": "Returns", "8888": "Nobody here"}},
    }
    (one, two, three), to_repair = import_macros(data, radia)
    assert (one.team, one.actions[0]["value"], one.is_active) == (here, str(here.pk), True)
    assert to_repair == [two, three]
    assert not two.is_active
    assert set(macro_upkeep.broken([one, two, three])) == {two.pk, three.pk}


def test_agents_import_for_themselves(grace: User) -> None:
    (macro,), _to_repair = import_macros(ZENDESK, grace)
    assert macro.owner == grace


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"macros": {}}, {"macros": [7]}, {"macros": [{"title": " :: ", "actions": []}]},
     {"macros": [*ZENDESK["macros"], {"title": "x"}]}, {"macros": [{"title": "x", "actions": [{"field": 1}]}]}],
)  # fmt: skip
def test_nonsense_is_refused_whole(radia: User, data: object) -> None:
    with pytest.raises(Refused):
        import_macros(data, radia)
    assert not Macro.objects.exists()


@pytest.mark.parametrize("field", ["comment_value", "comment_value_html"])
@pytest.mark.parametrize("value", [None, 7, [], {}, [[]], 1e300])
def test_words_that_are_none_are_refused(radia: User, field: str, value: object) -> None:
    with pytest.raises(Refused):
        import_macros({"macros": [{"title": "x", "actions": [{"field": field, "value": value}]}]}, radia)


def test_strange_values_are_switched_off_and_their_pages_can_be_opened(client: Client, radia: User) -> None:
    client.force_login(radia)
    values: list[Any] = ["{{ nothing", 7, [], {}, [[]], 1e300]
    fields = ("comment_value", "comment_mode_is_public", "status", "group_id", "set_tags", "due_date", "subject")
    for field in fields:
        for value in values:
            if field == "comment_value" and not isinstance(value, str):
                continue
            data: Any = {"macros": [{"title": "x", "actions": [{"field": field, "value": value}]}]}
            (macro,), _to_repair = import_macros(data, radia)
            assert client.get(f"/agent/macros/{macro.pk}/").status_code == 200, (field, value)
    assert client.get("/agent/macros/").status_code == 200


def test_over_http(client: Client, radia: User) -> None:
    client.force_login(radia)
    page = client.post("/agent/macros/import/", {"file": SimpleUploadedFile("m.json", json.dumps(ZENDESK).encode())})
    assert page.status_code == 302
    assert client.get("/agent/macros/export/").json()["count"] == 1
    assert client.post("/agent/macros/import/", {"text": "{"}).status_code == 422
    assert "Close and thank" in client.get("/agent/macros/").content.decode()
