"""Sending, and everything that can come between: nothing is lost, nothing is sent twice, the reason is said."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.tickets.views.test_ticket_page import hear_from
from tickets.attachments import upload
from tickets.models import Draft, Message, MessageKind, Status, Ticket
from tickets.services import add_reply, assign, change_status, note_delivery, save_draft

SCRIPTS = {"HX-Request": "true", "Accept": "application/json, text/html;q=0.9"}


def send(client: Client, ticket: Ticket, *, scripts: bool = True, **fields: Any) -> Any:
    data = {"mode": "reply", "body": "<p>We look into it.</p>", "format": "html", "last_event": ticket.last_event_id}
    return client.post(f"/agent/tickets/{ticket.pk}/messages/", {**data, **fields}, headers=SCRIPTS if scripts else {})


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_reply_is_added_and_can_be_undone(graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, status="pending")
    assert answer.status_code == 201
    message = Message.objects.get(pk=answer.json()["message"])
    assert (message.kind, message.text.strip(), message.to) == ("public", "We look into it.", ["ada@example.org"])
    assert now(adas_ticket).status == Status.PENDING
    toast = json.loads(answer["HX-Trigger"])["ot:toast"]
    assert toast["undo"] == f"/agent/messages/{message.pk}/retraction/"

    undone = graces_browser.post(toast["undo"], headers=SCRIPTS)
    assert undone.json()["html"] == "<p>We look into it.</p>"
    message.refresh_from_db()
    assert message.delivery_state == "cancelled"
    assert now(adas_ticket).status == Status.OPEN


def test_a_note_goes_to_nobody(graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, mode="note", body="<p>Third gear again.</p>")
    assert answer.status_code == 201
    note = adas_ticket.messages.get(kind=MessageKind.NOTE)
    assert (note.delivery_state, note.to) == ("", [])
    assert "HX-Trigger" not in answer


def test_without_scripts_plain_text_becomes_paragraphs(graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(
        graces_browser, adas_ticket, scripts=False, body="Hello <Ada>,\n\nsee https://example.com", format="text"
    )
    message = adas_ticket.messages.get(author_role="agent")
    assert answer.status_code == 302
    assert answer["Location"] == f"/agent/tickets/{adas_ticket.pk}/#m{message.pk}"
    assert "&lt;Ada&gt;" in message.html and 'href="https://example.com"' in message.html
    assert message.html.count("<p>") == 2


def test_the_same_submit_twice_is_one_message_and_one_status(graces_browser: Client, adas_ticket: Ticket) -> None:
    key = str(uuid4())
    first = send(graces_browser, adas_ticket, submit_key=key, status="solved")
    change_status(now(adas_ticket), Status.OPEN, actor=Actor.agent(User.objects.get()))
    again = send(graces_browser, adas_ticket, submit_key=key, status="solved")
    assert first.json()["message"] == again.json()["message"]
    assert now(adas_ticket).status == Status.OPEN


def test_other_words_under_a_key_that_was_sent_show_what_was_sent(graces_browser: Client, adas_ticket: Ticket) -> None:
    key = str(uuid4())
    send(graces_browser, adas_ticket, submit_key=key, body="<p>Oil it.</p>")
    again = send(graces_browser, adas_ticket, submit_key=key, body="<p>Grease it.</p>")
    assert again.status_code == 409
    told = again.json()
    assert "Oil it." in told["news"]
    third = send(
        graces_browser,
        adas_ticket,
        submit_key=told["submit_key"],
        body="<p>Grease it.</p>",
        last_event=told["last_event"],
    )
    assert third.status_code == 201
    assert Message.objects.filter(author_role="agent").count() == 2


@pytest.mark.parametrize("body", ["", "   ", "<p></p>", "<p>&nbsp;</p>"])
def test_an_empty_reply_is_refused_in_words(body: str, graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, body=body)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Write something first."


def test_a_reply_waits_when_the_customer_wrote_meanwhile(
    graces_browser: Client, ada: Customer, adas_ticket: Ticket
) -> None:
    hear_from(ada, adas_ticket, text="Never mind, it stopped.")
    answer = send(graces_browser, adas_ticket)
    assert answer.status_code == 409
    assert "Ada Lovelace wrote a new message." in answer.json()["detail"]
    assert not adas_ticket.messages.filter(author_role="agent").exists()

    told = send(graces_browser, adas_ticket, last_event=answer.json()["last_event"])
    assert told.status_code == 201


def test_send_anyway_sends_anyway(graces_browser: Client, ada: Customer, adas_ticket: Ticket) -> None:
    hear_from(ada, adas_ticket)
    assert send(graces_browser, adas_ticket, force="1").status_code == 201


def test_a_ticket_taken_meanwhile_says_by_whom(graces_browser: Client, alan: User, adas_ticket: Ticket) -> None:
    assign(adas_ticket, alan, actor=Actor.agent(alan))
    answer = send(graces_browser, adas_ticket)
    assert answer.status_code == 409
    assert "Alan Turing changed the assignee." in answer.json()["detail"]


def test_a_ticket_closed_meanwhile_keeps_the_words(graces_browser: Client, alan: User, adas_ticket: Ticket) -> None:
    for status in (Status.SOLVED, Status.CLOSED):
        change_status(adas_ticket, status, actor=Actor.agent(alan))
    answer = send(graces_browser, adas_ticket)
    assert answer.status_code == 409
    assert "closed" in answer.json()["detail"]


def test_without_scripts_the_words_come_back_in_their_field(
    graces_browser: Client, ada: Customer, adas_ticket: Ticket
) -> None:
    hear_from(ada, adas_ticket)
    answer = send(graces_browser, adas_ticket, scripts=False, body="My long careful answer", format="text")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "My long careful answer</textarea>" in page
    assert "Ada Lovelace wrote a new message." in page


def test_attachments_go_with_the_message(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    file = upload(grace, "plan.txt", b"cogs")
    answer = send(graces_browser, adas_ticket, attachments=[file.pk])
    file.refresh_from_db()
    assert file.message_id == answer.json()["message"]


def test_without_scripts_files_come_with_the_form(graces_browser: Client, adas_ticket: Ticket) -> None:
    file = SimpleUploadedFile("plan.txt", b"cogs")
    send(graces_browser, adas_ticket, scripts=False, files=file)
    assert adas_ticket.messages.get(author_role="agent").attachments.get().filename == "plan.txt"


def test_somebody_elses_upload_is_refused(graces_browser: Client, alan: User, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, attachments=[upload(alan, "plan.txt", b"cogs").pk])
    assert answer.status_code == 422
    assert not adas_ticket.messages.filter(author_role="agent").exists()


@pytest.mark.parametrize(
    ("name", "size", "status", "reason"),
    [
        ("plan.txt", 11, 413, "larger"),
        ("setup.exe", 5, 415, "program"),
        ("nothing.txt", 0, 422, "empty"),
    ],
)
def test_a_refused_file_says_why(
    name: str, size: int, status: int, reason: str, graces_browser: Client, settings: Settings
) -> None:
    settings.MAX_ATTACHMENT_BYTES = 10
    answer = graces_browser.post("/agent/attachments/", {"file": SimpleUploadedFile(name, b"x" * size)})
    assert answer.status_code == status
    assert reason in answer.json()["detail"] and name in answer.json()["detail"]


def test_an_upload_answers_with_what_the_chip_needs(graces_browser: Client) -> None:
    answer = graces_browser.post("/agent/attachments/", {"file": SimpleUploadedFile("plan.txt", b"cogs")})
    assert answer.status_code == 201
    assert {key: answer.json()[key] for key in ("filename", "size", "content_type")} == {
        "filename": "plan.txt", "size": 4, "content_type": "text/plain",
    }  # fmt: skip


def save(client: Client, ticket: Ticket, **words: Any) -> Any:
    url = f"/agent/tickets/{ticket.pk}/draft/"
    return client.put(url, json.dumps({"mode": "reply", **words}), content_type="application/json", headers=SCRIPTS)


def test_a_draft_is_saved_counted_and_deleted_when_empty(graces_browser: Client, adas_ticket: Ticket) -> None:
    assert save(graces_browser, adas_ticket, html="<p>Half</p>", version=0).json() == {"version": 1}
    assert save(graces_browser, adas_ticket, html="<p>Half a</p>", version=1).json() == {"version": 2}
    assert save(graces_browser, adas_ticket, html="", version=2).json() == {"version": 0}
    assert not Draft.objects.exists()


def test_an_older_device_does_not_overwrite_a_newer_draft(
    graces_browser: Client, grace: User, adas_ticket: Ticket
) -> None:
    save_draft(adas_ticket, "reply", "<p>From the phone</p>", user=grace, version=0)
    answer = save(graces_browser, adas_ticket, html="<p>From the desk</p>", version=0)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["version"], told["html"], told["by"]) == (1, "<p>From the phone</p>", "Grace Hopper")


HUGE_ID = '{"mode": "reply", "html": "<p>x</p>", "attachments": [99999999999999999999]}'


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '{"mode": "reply"}', '{"mode": "shout", "html": "<p>x</p>"}', HUGE_ID]
)
def test_a_malformed_draft_is_a_400(body: str, graces_browser: Client, adas_ticket: Ticket) -> None:
    url = f"/agent/tickets/{adas_ticket.pk}/draft/"
    assert graces_browser.put(url, body, content_type="application/json").status_code == 400


def test_half_an_emoji_does_not_cost_the_draft(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    assert save(graces_browser, adas_ticket, html="<p>Fine \ud83d</p>", version=0).status_code == 200
    assert Draft.objects.get(user=grace).html == "<p>Fine ?</p>"


def test_undo_after_its_window_says_so(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    reply = add_reply(adas_ticket, "<p>We look into it.</p>", actor=Actor.agent(grace))
    note_delivery(reply, "sent")
    answer = graces_browser.post(f"/agent/messages/{reply.pk}/retraction/", headers=SCRIPTS)
    assert answer.status_code in (403, 409)
    assert "already on its way" in answer.json()["detail"]


def test_a_session_that_ended_leads_to_sign_in_and_sends_nothing(client: Client, adas_ticket: Ticket) -> None:
    answer = send(client, adas_ticket)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert adas_ticket.messages.count() == 1


def test_a_new_ticket_writes_to_the_customer_once(graces_browser: Client, adas_ticket: Ticket) -> None:
    form = {
        "address": "charles@example.org", "name": "Charles Babbage", "inbox": adas_ticket.inbox_id,
        "subject": "Your engine", "body": "Dear Charles,\n\nit is ready.", "mode": "reply", "submit_key": str(uuid4()),
    }  # fmt: skip
    first = graces_browser.post("/agent/new/", form)
    again = graces_browser.post("/agent/new/", form)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    ticket = Ticket.objects.get(subject="Your engine")
    assert ticket.requester.name == "Charles Babbage"
    assert ticket.messages.get().to == ["charles@example.org"]


def test_a_new_ticket_without_an_address_keeps_what_was_typed(graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = graces_browser.post("/agent/new/", {"subject": "Your engine", "body": "Dear Charles", "mode": "reply"})
    assert answer.status_code == 422
    assert "Dear Charles" in answer.content.decode()


def test_a_new_ticket_is_not_written_to_ourselves(graces_browser: Client, adas_ticket: Ticket) -> None:
    form = {
        "address": adas_ticket.inbox.address.upper(), "inbox": adas_ticket.inbox_id,
        "subject": "Your engine", "body": "Dear us", "mode": "reply",
    }  # fmt: skip
    assert "one of our inboxes" in graces_browser.post("/agent/new/", form).content.decode()
    assert not Ticket.objects.filter(subject="Your engine").exists()
