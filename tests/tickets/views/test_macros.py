"""Macros over HTTP: offered, looked at, taken, sent along, made at once, kept in order, made from what was written."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets import attachments
from tickets.automation import macro_upkeep
from tickets.models import Attachment, Macro, MacroUse, Ticket
from tickets.services import add_reply, save_draft

JSON = {"Accept": "application/json", "HX-Request": "true"}
ACTIONS: list[dict[str, Any]] = [
    {"field": "comment_value_html", "value": "<p>Hello {{ticket.requester.first_name}}</p>"},
    {"field": "comment_mode_is_public", "value": True},
    {"field": "status", "value": "pending"},
    {"field": "current_tags", "value": "refund"},
]


@pytest.fixture
def refund(radia: User) -> Macro:
    return macro_upkeep.create_macro(radia, "Refund", shortcut="ref", actions=macro_upkeep.read_actions(ACTIONS))


@pytest.fixture
def client(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


def at(ticket: Ticket, rest: str) -> str:
    return f"/agent/tickets/{ticket.pk}/{rest}"


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_offered_and_looked_at(client: Client, adas_ticket: Ticket, refund: Macro) -> None:
    (offer,) = client.get(at(adas_ticket, "macros/"), headers=JSON).json()["macros"]
    assert (offer["id"], offer["title"], offer["shortcut"]) == (refund.pk, "Refund", "ref")
    shown = client.post(at(adas_ticket, f"macros/{refund.pk}/preview/"), headers=JSON).json()
    assert shown["html"] == "<p>Hello Ada</p>"
    assert [change["text"] for change in shown["changes"]] == ["Status → Pending", "Add tags → refund"]
    assert fresh(adas_ticket).status == "new"


def test_taken_with_its_files_and_sent_in_one_gesture(
    client: Client, adas_ticket: Ticket, refund: Macro, grace: User
) -> None:
    macro_upkeep.add_files(refund, [attachments.upload(grace, "terms.txt", b"be good")])
    taken = client.post(at(adas_ticket, f"macros/{refund.pk}/application/"), headers=JSON).json()
    (file,) = taken["attachments"]
    assert Attachment.objects.get(pk=file["id"]).uploaded_by == grace
    assert not adas_ticket.messages.exclude(author_role="").exists()
    answer = client.post(
        at(adas_ticket, "messages/"),
        {
            "mode": "reply", "body": taken["html"], "format": "html", "attachments": [file["id"]],
            "changes": [json.dumps(change["action"]) for change in taken["changes"]],
            "macros": [refund.pk], "submit_key": str(uuid4()), "last_event": adas_ticket.last_event_id,
        },
        headers=JSON,
    )  # fmt: skip
    assert answer.status_code == 201
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.tags) == ("pending", ["refund"])
    reply = ticket.messages.latest("pk")
    assert [each.filename for each in reply.attachments.all()] == ["terms.txt"]
    gestures = {event.kind: event.gesture_id for event in ticket.events.all()}
    assert gestures["reply.added"] == gestures["macro.applied"] == gestures["tags.changed"]
    assert MacroUse.objects.count() == 1


def test_a_change_that_can_not_be_made_sends_nothing(client: Client, adas_ticket: Ticket, refund: Macro) -> None:
    data = {"mode": "reply", "body": "<p>Hello</p>", "format": "html", "macros": [refund.pk]}
    for change in ('{"field": "assignee_id", "value": "999999"}', '{"field": "comment_value", "value": "x"}', "{", "7"):
        answer = client.post(at(adas_ticket, "messages/"), data | {"changes": [change]}, headers=JSON)
        assert answer.status_code == 422
        assert answer.json()["detail"]
    assert not adas_ticket.messages.exclude(author_role="").exists()


def test_made_at_once_and_taken_back(client: Client, adas_ticket: Ticket, refund: Macro) -> None:
    changes = [json.dumps({"field": "status", "value": "pending"}), json.dumps({"field": "current_tags", "value": "x"})]
    answer = client.post(at(adas_ticket, "changes/"), {"changes": changes, "macros": [refund.pk]}, headers=JSON)
    assert answer.status_code == 204
    toast = json.loads(answer["HX-Trigger"])["ot:toast"]
    assert toast["text"] == "2 changes made"
    assert fresh(adas_ticket).tags == ["x"]
    assert client.post(toast["undo"], headers=JSON).status_code == 204
    assert fresh(adas_ticket).tags == []


def test_without_scripts_a_page_offers_them_and_the_composer_holds_what_was_taken(
    client: Client, adas_ticket: Ticket, refund: Macro
) -> None:
    page = client.get(at(adas_ticket, "macros/")).content.decode()
    assert f"macros/{refund.pk}/application/" in page
    page = client.post(at(adas_ticket, f"macros/{refund.pk}/application/")).content.decode()
    assert "Hello Ada" in page
    assert 'name="changes"' in page
    assert f'name="macros" value="{refund.pk}"' in page


def test_light_agents_are_offered_notes_only(
    client: Client, linus: User, radia: User, adas_ticket: Ticket, refund: Macro
) -> None:
    note = macro_upkeep.read_actions([{"field": "comment_value", "value": "Seen."}])
    seen = macro_upkeep.create_macro(radia, "Seen", actions=note)
    client.force_login(linus)
    offers = client.get(at(adas_ticket, "macros/"), headers=JSON).json()["macros"]
    assert [offer["id"] for offer in offers] == [seen.pk]
    assert client.post(at(adas_ticket, f"macros/{refund.pk}/preview/"), headers=JSON).status_code == 403
    change = json.dumps({"field": "status", "value": "solved"})
    assert client.post(at(adas_ticket, "changes/"), {"changes": [change]}, headers=JSON).status_code == 422
    assert fresh(adas_ticket).status == "new"


def form(**more: Any) -> dict[str, Any]:
    plain = {"title": "Thanks", "audience": "me", "words": "<p>Thank you</p>", "actions": "[]", "is_active": "on"}
    return plain | more


def test_a_macro_is_made_changed_and_refused_with_the_place_of_its_mistake(client: Client, grace: User) -> None:
    file = SimpleUploadedFile("a.txt", b"a")
    answer = client.post("/agent/macros/new/", form(where="note", folder="Good › Ones", files=file))
    assert answer.status_code == 302
    macro = Macro.objects.get()
    assert (macro.owner, macro.folder, macro.attachments.count()) == (grace, "Good::Ones", 1)
    assert [action["field"] for action in macro.actions] == ["comment_value_html", "comment_mode_is_public"]
    bad = form(words="<p>Hi</p><p>{{ticket.requster.name}}</p>")
    answer = client.post(f"/agent/macros/{macro.pk}/", bad)
    assert answer.status_code == 422
    assert "Line 2, column 3" in answer.content.decode()
    assert "ticket.requester.name" in answer.content.decode()
    assert client.post(f"/agent/macros/{macro.pk}/", form(title="Merci", seen="1")).status_code == 302
    assert client.post(f"/agent/macros/{macro.pk}/", form(title="Danke", seen="1")).status_code == 422
    macro.refresh_from_db()
    assert (macro.title, macro.attachments.count()) == ("Merci", 0)
    assert client.post("/agent/macros/new/", form(words="")).status_code == 422
    assert client.post("/agent/macros/new/", form(audience="everyone")).status_code == 422


def test_made_from_a_reply_with_its_files(client: Client, adas_ticket: Ticket, grace: User) -> None:
    upload = attachments.upload(grace, "terms.txt", b"be good")
    words = "<p>Hello Ada, it is on its way.</p>"
    reply = add_reply(adas_ticket, words, actor=Actor.agent(grace), attachment_ids=[upload.pk])
    url = f"/agent/macros/new/?message={reply.pk}"
    page = client.get(url).content.decode()
    assert "Hello {{ticket.requester.first_name}}, it is on its way." in page.replace("&lt;p&gt;", "")
    assert client.post(url, form(keep_files=upload.pk)).status_code == 302
    kept = Macro.objects.get().attachments.get()
    assert (kept.filename, kept.pk == upload.pk) == ("terms.txt", False)
    assert reply.attachments.count() == 1
    save_draft(adas_ticket, "reply", "<p>Half</p>", user=grace, version=0)
    assert "Half" in client.get(f"/agent/macros/new/?ticket={adas_ticket.pk}&mode=reply").content.decode()
    customers = adas_ticket.messages.filter(author_role="").latest("pk")
    assert client.get(f"/agent/macros/new/?message={customers.pk}").status_code == 404


def test_the_editor_shows_what_it_would_do(client: Client, adas_ticket: Ticket) -> None:
    page = client.post("/agent/macros/look/", form(words="<p>Hi {{ticket.requester.name}}</p>")).content.decode()
    assert "Hi Ada Lovelace" in page
    assert Macro.objects.count() == 0


def test_deleted_and_brought_back(client: Client, grace: User) -> None:
    client.post("/agent/macros/new/", form())
    macro = Macro.objects.get()
    client.post(f"/agent/macros/{macro.pk}/deletion/")
    assert "Bring back" in client.get("/agent/macros/").content.decode()
    assert client.post(f"/agent/macros/{macro.pk}/restoration/", {"number": "1"}).status_code == 302
    assert Macro.objects.visible_to(grace).count() == 1
