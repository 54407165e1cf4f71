"""Triggers and automations over HTTP: the list, the editor and what it refuses, who reads what, the file."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets import revisions
from tickets.automation import rules
from tickets.models import DuePlan, Inbox, Replay, Rule, Ticket
from tickets.services import change_priority

HTMX = {"HX-Request": "true"}
URGENT = {"all": [{"field": "priority", "operator": "is", "value": "urgent"}]}
TAG = [{"field": "current_tags", "value": "raised"}]


def form(**changes: Any) -> dict[str, Any]:
    """What the editor sends."""
    sent = {
        "title": "Raise",
        "description": "",
        "category": "",
        "conditions": URGENT,
        "actions": TAG,
        "is_active": "on",
    }
    sent |= changes
    return {name: json.dumps(it) if isinstance(it, dict | list) else it for name, it in sent.items() if it is not None}


@pytest.fixture
def browser(radias_browser: Client) -> Client:
    return radias_browser


def page(client: Client, url: str, **params: Any) -> str:
    return client.get(url, params).content.decode()


def make(author: User, title: str = "Raise", **more: Any) -> Rule:
    return rules.create_rule("trigger", author, title, **{"conditions": URGENT, "actions": TAG, **more})


def test_a_rule_is_written_listed_and_changed(browser: Client, radia: User) -> None:
    assert "No triggers yet" in page(browser, "/settings/triggers/")
    answer = browser.post("/settings/triggers/new/", form(category="  New   ones "))
    rule = Rule.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/settings/triggers/{rule.pk}/")
    assert (rule.conditions, rule.actions, rule.is_active, str(rule.category)) == (URGENT, TAG, True, "New ones")
    listed = page(browser, "/settings/triggers/")
    assert "Raise" in listed and "New ones" in listed
    browser.post(f"/settings/triggers/{rule.pk}/", form(title="Raise it", is_active=None, seen="1"))
    rule.refresh_from_db()
    assert (rule.title, rule.is_active, rule.category, revisions.version(rule)) == ("Raise it", False, None, "2")
    assert browser.get(f"/settings/automations/{rule.pk}/").status_code == HTTPStatus.NOT_FOUND
    assert "No automations yet" in page(browser, "/settings/automations/")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"title": "   "}, "required"),
        ({"conditions": "{"}, "no JSON that can be read"),
        ({"conditions": "[" * 50_000}, "no JSON that can be read"),
        ({"conditions": {"all": [{"field": "group_id", "operator": "is", "value": 4711}]}}, "no longer exists"),
        ({"actions": []}, "Choose at least one change"),
        ({"actions": [{"field": "status", "value": "late"}]}, "not one of"),
        ({"actions": [{"field": "fly", "value": 1}]}, "There is no change of"),
        ({"category": "x" * 81}, "at most 80"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_saved(browser: Client, sent: Any, says: str) -> None:
    answer = browser.post("/settings/triggers/new/", form(**sent))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in answer.content.decode()
    assert not Rule.objects.exists()


def test_two_admins_do_not_overwrite_each_other_unseen(browser: Client, radia: User, margaret: User) -> None:
    rule = make(radia)
    rules.change_rule(rule, margaret, {"title": "Margaret's"})
    answer = browser.post(f"/settings/triggers/{rule.pk}/", form(title="Radia's", seen="1"))
    text = answer.content.decode()
    assert (answer.status_code, Rule.objects.get().title) == (422, "Margaret's")
    assert "Margaret Hamilton has changed this" in text
    assert 'name="seen" value="2"' in text
    browser.post(f"/settings/triggers/{rule.pk}/", form(title="Radia's", seen="2"))
    assert Rule.objects.get().title == "Radia's"


def test_a_rule_that_names_what_is_gone_opens_for_repair(browser: Client, radia: User) -> None:
    team = Team.objects.create(name="Fading")
    rule = make(radia, actions=[{"field": "group_id", "value": str(team.pk)}], is_active=False)
    team.delete()
    shown = page(browser, f"/settings/triggers/{rule.pk}/")
    assert "names something that is not there" in shown
    assert "There is no such team." in shown
    Rule.objects.update(problem="There is no such team.")
    assert "Needs repair" in page(browser, "/settings/triggers/")
    refused = browser.post(f"/settings/triggers/{rule.pk}/activity/", {"active": "1"}, headers=HTMX)
    assert "Repair it first" in refused.content.decode()
    browser.post(f"/settings/triggers/{rule.pk}/", form())
    rule.refresh_from_db()
    assert (rule.problem, rule.is_active) == ("", True)


def test_order_copy_switch_delete_and_bring_back(browser: Client, radia: User) -> None:
    first, second = make(radia, "First"), make(radia, "Second")
    listed = browser.post(f"/settings/triggers/{second.pk}/position/", {"place": "0"}, headers=HTMX).content.decode()
    assert listed.index("Second") < listed.index("First")
    browser.post(f"/settings/triggers/{second.pk}/position/", {"step": "1"})
    assert [rule.title for rule in rules.rules_of("trigger")] == ["First", "Second"]
    browser.post(f"/settings/triggers/{first.pk}/copies/")
    assert [rule.title for rule in rules.rules_of("trigger")] == ["First", "Copy of First", "Second"]
    browser.post(f"/settings/triggers/{first.pk}/activity/", {"active": "0"})
    browser.post(f"/settings/triggers/{first.pk}/deletion/")
    assert "1 deleted rule" in " ".join(page(browser, "/settings/triggers/").split())
    assert browser.get(f"/settings/triggers/{first.pk}/").status_code == HTTPStatus.NOT_FOUND
    browser.post(f"/settings/triggers/{first.pk}/restoration/", {"number": "1"})
    first.refresh_from_db()
    assert (first.deleted_at, first.is_active) == (None, False)
    for nonsense in ("", "x", "99", "9" * 30):
        assert browser.post(f"/settings/triggers/{first.pk}/restoration/", {"number": nonsense}).status_code == 302


def test_the_list_is_filtered_by_title(browser: Client, radia: User) -> None:
    make(radia, "Refunds"), make(radia, "Raise")
    found = browser.get("/settings/triggers/", {"q": "refu"}, headers=HTMX).content.decode()
    assert "Refunds" in found and "Raise" not in found
    assert "Nothing has that in its title" in page(browser, "/settings/triggers/", q="zebra\0")


def test_what_the_form_says_is_read_aloud(browser: Client) -> None:
    said = browser.post("/settings/triggers/look/", form()).content.decode()
    assert "When <b>Priority</b> is <b>Urgent</b>" in said
    wrong = browser.post("/settings/triggers/look/", form(conditions={"all": [{"field": "x", "operator": "is"}]}))
    assert "There is no field" in wrong.content.decode()
    assert browser.post("/settings/triggers/look/", {"conditions": "[", "actions": "{"}).status_code == HTTPStatus.OK


def test_everybody_reads_a_rule_and_only_admins_edit_it(grace: User, radia: User, graces_browser: Client) -> None:
    rule = make(radia, "<b>Raise</b>")
    shown = page(graces_browser, f"/agent/rules/{rule.pk}/")
    assert "When <b>Priority</b> is <b>Urgent</b>" in shown and "&lt;b&gt;Raise&lt;/b&gt;" in shown
    assert "/settings/triggers/" not in shown and "restoration" not in shown
    rules.delete_rule(rule, radia)
    assert "This rule was deleted" in page(graces_browser, f"/agent/rules/{rule.pk}/")


def test_rules_go_out_and_in_as_a_file(browser: Client, radia: User) -> None:
    make(radia)
    answer = browser.get("/settings/triggers/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="triggers.json"'
    file = SimpleUploadedFile("triggers.json", answer.content)
    browser.post("/settings/triggers/import/", {"file": file, "switch_on": "on"})
    assert list(Rule.objects.values_list("title", "is_active")) == [("Raise", True)] * 2
    for text, says in (("", "Choose a file"), ("{", "no JSON"), ("[1]", "no list of")):
        refused = browser.post("/settings/triggers/import/", {"text": text})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert says in refused.content.decode() and "Nothing was imported" in refused.content.decode()


@pytest.mark.parametrize("value", ["1e999", "NaN", '"a\\u0000"', '"\\ud800"'])
def test_what_no_database_can_keep_is_refused(browser: Client, value: str) -> None:
    condition = json.dumps({"all": [{"field": "subject_includes_word", "operator": "is", "value": "?"}]})
    condition = condition.replace('"?"', value)
    text = f'{{"triggers": [{{"title": "Odd", "conditions": {condition}, "actions": []}}]}}'
    assert browser.post("/settings/triggers/import/", {"text": text}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    sent = form(conditions=condition, actions=[{"field": ["a"], "value": 1}])
    assert browser.post("/settings/triggers/look/", sent).status_code == HTTPStatus.OK
    assert not Rule.objects.exists()


@pytest.fixture
def ticket(ada: Customer, support: Inbox) -> Ticket:
    return open_for(ada, support, "Gears")


def test_the_debugger_says_what_each_condition_saw(
    graces_browser: Client, radia: User, grace: User, ticket: Ticket
) -> None:
    assert "No rule has looked at this ticket" in page(graces_browser, f"/agent/tickets/{ticket.pk}/rules/")
    make(radia, "Raise")
    make(radia, "Other", conditions={"all": [{"field": "priority", "operator": "value", "value": "low"}]})
    change_priority(ticket, "urgent", actor=Actor.agent(grace))
    shown = " ".join(page(graces_browser, f"/agent/tickets/{ticket.pk}/rules/").split())
    assert "Raise" in shown and "saw Urgent" in shown and "1 rule did not apply" in shown
    assert "<b>raised</b>" in shown  # what it did, as the timeline says it
    gesture = Ticket.objects.get(pk=ticket.pk).rule_traces.get().gesture_id
    url = f"/agent/tickets/{ticket.pk}/rules/"
    others = " ".join(graces_browser.get(url, {"gesture": str(gesture)}, headers=HTMX).content.decode().split())
    assert "Other" in others and "is Urgent" in others and "Raise" not in others
    for nonsense in ({"gesture": "x"}, {"before": "1"}):
        assert graces_browser.get(url, nonsense).status_code == HTTPStatus.NOT_FOUND


def test_a_draft_is_tried_on_the_past_and_watched(browser: Client, radia: User, ticket: Ticket) -> None:
    answer = browser.post("/settings/triggers/replays/", form(days="7"), headers=HTMX)
    replay = Replay.objects.get()
    assert f'data-live="replay:{replay.pk}:{radia.pk}"' in answer.content.decode()
    browser.post(f"/settings/rules/replays/{replay.pk}/cancellation/", headers=HTMX)
    assert "Cancelled" in page(browser, f"/settings/rules/replays/{replay.pk}/")
    wrong = browser.post("/settings/triggers/replays/", form(days="0"), headers=HTMX)
    assert (wrong.status_code, "Choose between 1 and" in wrong.content.decode()) == (422, True)
    assert browser.post("/settings/triggers/replays/", form(actions=[], days="7")).status_code == 422
    assert not Rule.objects.exists()


PENDING = {"all": [{"field": "PENDING", "operator": "greater_than", "value": 4}]}


def test_a_new_automation_can_leave_tickets_alone_for_which_it_holds_already(browser: Client) -> None:
    assert "spares_existing" in page(browser, "/settings/automations/new/")
    assert "spares_existing" not in page(browser, "/settings/triggers/new/")
    browser.post("/settings/automations/new/", form(conditions=PENDING, title="At once"))
    browser.post("/settings/automations/new/", form(conditions=PENDING, spares_existing="on"))
    spared = Rule.objects.get(title="Raise")
    assert list(DuePlan.objects.filter(spares_existing=True).values_list("rule", flat=True)) == [spared.pk]
    assert "spares_existing" not in page(browser, f"/settings/automations/{spared.pk}/")


def test_a_draft_is_tried_on_one_ticket(browser: Client, adas_ticket: Ticket, grace: User) -> None:
    def tried(number: object, kind: str = "triggers", **sent: Any) -> str:
        draft = form(on_ticket=str(number), **sent)
        return browser.post(f"/settings/{kind}/look/", draft, headers=HTMX).content.decode()

    assert "Does not apply" in tried(adas_ticket.pk)
    change_priority(adas_ticket, "urgent", actor=Actor.agent(grace))
    said = tried(f"#{adas_ticket.pk}")
    assert "Applies" in said and "saw Urgent" in said
    changed = {
        "all": [
            {"field": "priority", "operator": "value", "value": "urgent"},
            {"field": "update_type", "operator": "is", "value": "Change"},
            {"field": "role", "operator": "is", "value": "agent"},
            {"field": "comment_includes_word", "operator": "not_includes", "value": ["gear"]},
        ]
    }
    assert "Applies" in tried(adas_ticket.pk, conditions=changed)
    assert "Does not apply" in tried(adas_ticket.pk, "automations", conditions=PENDING)
    assert "no ticket of that number" in tried(999_999) and "no ticket of that number" in tried("nine")
    assert "can be read" in tried(adas_ticket.pk, conditions={"all": [{"field": "colour"}]})
    assert "can be read" in tried(adas_ticket.pk, conditions="[7]")
    assert Rule.objects.count() == 0
