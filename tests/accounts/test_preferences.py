"""How the workspace behaves for one person: what may be said, and that nothing half said is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from helpdesk.accounts.keys import COMMANDS, effective, problems
from helpdesk.accounts.models import User
from helpdesk.accounts.preferences import Invalid, change_preferences, preferences_of
from tickets.queue import VIEWS


def post(client: Client, body: object) -> tuple[int, dict[str, Any]]:
    answer = client.post("/agent/preferences/", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_what_was_chosen_is_kept_and_the_rest_stays(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert post(client, {"density": "compact"})[0] == 200
    status, kept = post(client, {"panes": {"list": 320}, "single_keys": False})
    assert status == 200
    assert kept | {"hidden_views": []} == {
        "density": "compact", "after_solve": "offer", "single_keys": False, "keys": {}, "panes": {"list": 320},
        "hidden_views": [],
    }  # fmt: skip
    assert post(client, {"density": None})[1]["density"] == ""
    grace.refresh_from_db()
    assert grace.preferences == {"panes": {"list": 320}, "single_keys": False}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"colour": "pink"}, "colour"),
        ({"density": "huge"}, "density"),
        ({"density": ["compact"]}, "density"),
        ({"after_solve": 3}, "after_solve"),
        ({"single_keys": "yes"}, "single_keys"),
        ({"panes": {"list": -4}}, "panes"),
        ({"panes": {"list": True}}, "panes"),
        ({"panes": {"\0": 1}}, "panes"),
        ({"hidden_views": ["\0"]}, "hidden_views"),
        ({"hidden_views": ["\ud800"]}, "hidden_views"),
        ({"panes": {str(at): at for at in range(100)}}, "panes"),
        ({"keys": ["q"]}, "keys"),
        ({"keys": {"e": 5}}, "keys"),
        ({"keys": {"launch missiles": "q"}}, "keys.launch missiles"),
        ({"keys": {"e": "q w e"}}, "keys.e"),
        ({"keys": {"e": "Ctrl+w"}}, "keys.e"),
        ({"keys": {"e": "é"}}, "keys.e"),
        ({"keys": {"e": "F5"}}, "keys.e"),
        ({"keys": {"e": "r"}}, "keys.e"),
        ({"keys": {"e": "g"}}, "keys.e"),
        ({"keys": {"j": "/"}}, "keys.j"),
        ({"keys": {"j": "n"}}, "keys.j"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    client: Client, grace: User, wrong: dict[str, Any], where: str
) -> None:
    client.force_login(grace)
    status, answer = post(client, {"after_solve": "next"} | wrong)
    assert (status, where in answer["problems"], bool(answer["detail"])) == (422, True, True)
    grace.refresh_from_db()
    assert grace.preferences == {}


@pytest.mark.parametrize("body", ["", "[]", "nonsense", "3", '"text"', "null"])
def test_what_is_no_object_is_refused(client: Client, grace: User, body: str) -> None:
    client.force_login(grace)
    answer = client.post("/agent/preferences/", body, content_type="application/json")
    assert answer.status_code == 400


def test_a_key_can_be_moved_swapped_switched_off_and_put_back(grace: User) -> None:
    change_preferences(grace, {"keys": {"e": "Q", "i": "", "j": "k", "k": "j"}})
    mine = effective(preferences_of(grace)["keys"])
    assert [mine[id_] for id_ in ("e", "i", "j", "k", "r")] == ["Shift+q", "", "k", "j", "r"]
    change_preferences(grace, {"keys": {id_: command.default for id_, command in COMMANDS.items()}})
    assert preferences_of(grace)["keys"] == {}


def test_the_same_key_may_mean_one_thing_in_the_list_and_another_on_the_ticket() -> None:
    assert effective({})["list s"] == effective({})["s"] == "s"
    assert problems({}) == {}
    assert problems({"list s": "e"}) == {}
    assert "is taken" in problems({"e": "g"})["e"]


def test_nothing_is_kept_when_one_of_many_is_wrong(grace: User) -> None:
    with pytest.raises(Invalid, match="taken"):
        change_preferences(grace, {"density": "cozy", "keys": {"e": "r"}})
    grace.refresh_from_db()
    assert grace.preferences == {}


def test_the_page_of_keys_works_without_scripts(client: Client, grace: User) -> None:
    client.force_login(grace)
    fields = {f"key:{id_}": command.default for id_, command in COMMANDS.items()}
    wrong = client.post("/agent/profile/keys/", fields | {"key:e": "r", "single_keys": "on"})
    assert wrong.status_code == 422
    assert "r is taken: “Write a reply”." in wrong.content.decode()
    assert client.post("/agent/profile/keys/", fields | {"key:e": "q"}).status_code == 302
    grace.refresh_from_db()
    assert grace.preferences == {"keys": {"e": "q"}, "single_keys": False}
    page = client.get("/agent/").content.decode()
    assert 'data-keys="{&quot;e&quot;: &quot;q&quot;}"' in page
    assert 'data-single="off"' in page
    client.post("/agent/profile/keys/", fields | {"reset": "1"})
    grace.refresh_from_db()
    assert grace.preferences == {"keys": {}, "single_keys": True}


def test_every_key_in_the_templates_can_be_moved() -> None:
    root = Path(settings.BASE_DIR)
    used = {
        wanted["id"] or wanted["key"]
        for path in (root / "templates").rglob("*.html")
        for wanted in re.finditer(r'data-key="(?P<key>[^"{]+)"(?:\s+data-key-id="(?P<id>[^"]+)")?', path.read_text())
    }
    used |= {view.key for view in VIEWS.values() if view.key}
    assert {key for key in used if "+" not in key} - set(COMMANDS) == set()


def test_where_to_go_after_solving_is_chosen_in_the_profile(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert 'data-after-solve="offer"' in client.get("/agent/").content.decode()
    said = {"name": "Grace", "availability": "online", "signature": "", "time_zone": "Europe/Berlin", "language": "en"}
    assert client.post("/agent/profile/", said | {"after_solve": "next"}).status_code == 302
    assert 'data-after-solve="next"' in client.get("/agent/").content.decode()
    assert client.post("/agent/profile/", said | {"after_solve": "moon"}).status_code == 422
    assert client.post("/agent/profile/", said).status_code == 302  # a page from before the question keeps the answer
    grace.refresh_from_db()
    assert (grace.preferences, grace.name) == ({"after_solve": "next"}, "Grace")
