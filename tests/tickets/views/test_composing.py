"""Over HTTP: what is new before it is sent, later sends, recipients, drafts of oneself and of colleagues."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tickets.models import Draft, Message, Ticket
from tickets.services import Incoming, assign_team, change_status, receive_message, save_draft, share_draft

HTMX = {"HX-Request": "true"}


def url(ticket: Ticket, rest: str) -> str:
    return f"/agent/tickets/{ticket.pk}/{rest}"


def send(browser: Client, ticket: Ticket, **fields: Any) -> Any:
    data = {"mode": "reply", "format": "html", "body": "<p>Oil it.</p>", **fields}
    return browser.post(url(ticket, "messages/"), data, headers=HTMX)


@pytest.fixture
def alans_browser(alan: User) -> Client:
    client = Client()
    client.force_login(alan)
    return client


def test_what_is_new_comes_with_the_refusal(
    graces_browser: Client, ada: Customer, alan: User, adas_ticket: Ticket
) -> None:
    seen = adas_ticket.last_event_id
    news = Incoming(text="Stop! <b>It works</b>", from_address="ada@example.org")
    wrote = receive_message(adas_ticket, news, customer=ada, channel="email", actor=Actor.of_customer(ada))
    change_status(adas_ticket, "pending", actor=Actor.agent(alan))
    answer = send(graces_browser, adas_ticket, last_event=seen)
    assert answer.status_code == 409
    told = answer.json()
    assert f'id="n{wrote.pk}"' in told["news"] and "Stop! &lt;b&gt;It works" in told["news"]
    assert "Pending" in told["news"] and "<form" not in told["news"]
    assert send(graces_browser, adas_ticket, last_event=told["last_event"]).status_code == 201


def test_a_closed_ticket_offers_no_way_on(graces_browser: Client, alan: User, adas_ticket: Ticket) -> None:
    for status in ("solved", "closed"):
        change_status(adas_ticket, status, actor=Actor.agent(alan))
    answer = send(graces_browser, adas_ticket)
    assert answer.status_code == 409 and "news" not in answer.json()


@pytest.mark.parametrize("when", ["2h", "tomorrow", "monday"])
def test_sent_later_by_an_offer(when: str, graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, send_later=when, unless_answered="1")
    assert answer.status_code == 201
    assert "It will be sent on" in answer["HX-Trigger"]
    message = Message.objects.get(author_role="agent")
    assert (message.delivery_state, message.unless_answered) == ("scheduled", True)
    page = graces_browser.get(url(adas_ticket, "thread/")).content.decode()
    assert "To be sent on" in page and "Send now" in page and "Cancel and edit" in page


@pytest.mark.parametrize(
    "when", ["yesterday", "2020-01-01T09:00", "2999-01-01T09:00", "9999-12-31T23:59", "0001-01-01T00:00", "\0"]
)
def test_a_time_that_is_none_is_said_at_its_place(when: str, graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, send_later=when)
    assert (answer.status_code, answer.json()["field"]) == (422, "send_later")
    assert not Message.objects.filter(author_role="agent").exists()


def test_a_time_of_ones_own_is_in_ones_own_zone(graces_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    User.objects.filter(pk=grace.pk).update(time_zone="America/New_York")
    year = adas_ticket.created_at.year + 1
    send(graces_browser, adas_ticket, send_later=f"{year}-01-05T09:00")
    message = Message.objects.get(author_role="agent")
    assert message.send_at and f"{message.send_at:%m-%d %H:%M}" == "01-05 14:00"


def test_time_changed_sent_now_and_cancelled(
    graces_browser: Client, alans_browser: Client, adas_ticket: Ticket, grace: User
) -> None:
    send(graces_browser, adas_ticket, send_later="2h")
    message = Message.objects.get(author_role="agent")
    place = f"/agent/messages/{message.pk}/schedule/"
    assert graces_browser.post(place, {"send_later": "nonsense"}, headers=HTMX).status_code == 422
    assert graces_browser.post(place, {"send_later": "tomorrow"}, headers=HTMX).status_code == 204
    assert alans_browser.post(place, {"now": "1"}, headers=HTMX).status_code == 204
    message.refresh_from_db()
    assert (message.send_at - message.created_at).total_seconds() < 60  # type: ignore[operator]
    undone = graces_browser.post(f"/agent/messages/{message.pk}/retraction/", headers=HTMX).json()
    assert undone["draft"]["html"] == "<p>Oil it.</p>"
    assert graces_browser.post(place, {"now": "1"}, headers=HTMX).status_code == 409


def test_a_wrong_recipient_is_named_at_its_field(graces_browser: Client, adas_ticket: Ticket) -> None:
    answer = send(graces_browser, adas_ticket, to="ada@example.org", bcc="nobody")
    assert (answer.status_code, answer.json()["field"]) == (422, "bcc")


def test_without_scripts_recipients_are_plain_fields(graces_browser: Client, adas_ticket: Ticket) -> None:
    page = graces_browser.get(url(adas_ticket, "")).content.decode()
    assert 'name="to" value="ada@example.org"' in " ".join(page.split())
    fields = {"mode": "reply", "body": "Oil", "to": "ada@example.org", "cc": "Ben <ben@example.org>, cleo@example.org"}
    graces_browser.post(url(adas_ticket, "messages/"), fields)
    assert Message.objects.get(author_role="agent").cc == ["ben@example.org", "cleo@example.org"]


def test_suggestions_know_the_ticket_and_the_customers(graces_browser: Client, adas_ticket: Ticket) -> None:
    found = graces_browser.get(url(adas_ticket, "recipients/?q=love")).json()["results"]
    assert found == [{"address": "ada@example.org", "name": "Ada Lovelace", "why": "Requester"}]
    everybody = graces_browser.get(url(adas_ticket, "recipients/?q=")).json()["results"]
    assert "support@onethread.test" not in [one["address"] for one in everybody]
    assert graces_browser.get(url(adas_ticket, "recipients/?q=%25_%5C%00")).json()["results"] == []


def save(browser: Client, ticket: Ticket, html: str, version: int = 0, **more: Any) -> Any:
    words = json.dumps({"mode": "reply", "html": html, "version": version, **more})
    return browser.put(url(ticket, "draft/"), words, content_type="application/json")


def test_another_tab_reads_what_is_stored(graces_browser: Client, adas_ticket: Ticket) -> None:
    people = {"to": ["ada@example.org"], "cc": [], "bcc": ["boss@example.org"], "cc_seen": []}
    save(graces_browser, adas_ticket, "<p>Oil</p>", recipients=people)
    stored = graces_browser.get(url(adas_ticket, "draft/?mode=reply")).json()
    assert (stored["html"], stored["version"], stored["recipients"]["bcc"]) == ("<p>Oil</p>", 1, ["boss@example.org"])
    assert 'value="boss@example.org"' in graces_browser.get(url(adas_ticket, "")).content.decode()
    assert graces_browser.get(url(adas_ticket, "draft/?mode=note")).json()["version"] == 0


def test_earlier_versions_are_ones_own(graces_browser: Client, alans_browser: Client, adas_ticket: Ticket) -> None:
    save(graces_browser, adas_ticket, "<p>First</p>")
    save(graces_browser, adas_ticket, "<p>Second</p>", 1, keep=True)
    found = graces_browser.get(url(adas_ticket, "draft/revisions/?mode=reply")).json()["revisions"]
    assert [one["text"] for one in found] == ["First"]
    assert alans_browser.get(url(adas_ticket, "draft/revisions/?mode=reply")).json()["revisions"] == []


def test_a_shared_draft_is_read_and_copied(
    graces_browser: Client, alans_browser: Client, adas_ticket: Ticket, grace: User
) -> None:
    save(graces_browser, adas_ticket, "<p>Oil</p>")
    assert "Oil" not in alans_browser.get(url(adas_ticket, "drafts/")).content.decode()
    graces_browser.post(url(adas_ticket, "draft/sharing/"), {"mode": "reply", "shared": "1"}, headers=HTMX)
    assert "<p>Oil</p>" in alans_browser.get(url(adas_ticket, "drafts/")).content.decode()
    assert "<p>Oil</p>" in alans_browser.get(url(adas_ticket, "")).content.decode()
    draft = Draft.objects.get(user=grace)
    copied = alans_browser.post(f"/agent/drafts/{draft.pk}/copy/", headers=HTMX).json()
    assert copied["draft"]["html"] == "<p>Oil</p>"
    assert graces_browser.post(f"/agent/drafts/{draft.pk}/copy/", headers=HTMX).status_code == 404
    graces_browser.post(url(adas_ticket, "draft/sharing/"), {"mode": "reply", "shared": "0"}, headers=HTMX)
    assert alans_browser.post(f"/agent/drafts/{draft.pk}/copy/", headers=HTMX).status_code == 404


def test_words_on_a_ticket_that_went_out_of_sight_are_kept_and_found(
    graces_browser: Client, grace: User, radia: User, adas_ticket: Ticket
) -> None:
    save(graces_browser, adas_ticket, "<p>Secret oil</p>")
    assign_team(adas_ticket, Team.objects.create(name="Board", is_private=True), actor=Actor.agent(radia))
    assert save(graces_browser, adas_ticket, "<p>Secret oil it is</p>", 1).json() == {"version": 2, "hidden": True}
    page = graces_browser.get("/agent/drafts/").content.decode()
    assert "Secret oil it is" in page and "The engine rattles" not in page
    draft = Draft.objects.get(user=grace)
    graces_browser.post(f"/agent/drafts/{draft.pk}/discard/")
    assert not Draft.objects.exists()
    assert save(graces_browser, adas_ticket, "<p>New</p>").status_code == 404


def test_nobody_discards_or_sees_anothers_draft(alans_browser: Client, grace: User, adas_ticket: Ticket) -> None:
    draft = save_draft(adas_ticket, "note", "<p>Hm</p>", user=grace, version=0)
    assert alans_browser.post(f"/agent/drafts/{draft.pk}/discard/").status_code == 404
    assert "Hm" not in alans_browser.get("/agent/drafts/").content.decode()


def test_a_light_agent_copies_notes_only(client: Client, linus: User, grace: User, adas_ticket: Ticket) -> None:
    client.force_login(linus)
    for mode, status in (("note", 200), ("reply", 403)):
        save_draft(adas_ticket, mode, "<p>Hm</p>", user=grace, version=0)
        shared = share_draft(adas_ticket, mode, user=grace, shared=True)
        assert shared
        assert client.post(f"/agent/drafts/{shared.pk}/copy/", headers=HTMX).status_code == status


@pytest.mark.parametrize(
    ("name", "seen", "wanted", "theirs", "kept"),
    [("status", "open", "solved", "pending", "pending"), ("priority", "", "low", "urgent", "urgent")],
)
def test_two_people_change_one_property(
    name: str, seen: str, wanted: str, theirs: str, kept: str, graces_browser: Client, alan: User, adas_ticket: Ticket
) -> None:
    change_status(adas_ticket, "open", actor=Actor.agent(alan))
    other = Client()
    other.force_login(alan)
    assert other.post(url(adas_ticket, f"{name}/"), {name: theirs, "seen": seen}, headers=HTMX).status_code == 200
    answer = graces_browser.post(url(adas_ticket, f"{name}/"), {name: wanted, "seen": seen}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Alan Turing changed the" in page and "Keep mine" in page and "Use theirs" in page
    adas_ticket.refresh_from_db()
    assert getattr(adas_ticket, name) == kept
    assert graces_browser.post(url(adas_ticket, f"{name}/"), {name: wanted}, headers=HTMX).status_code == 200
    adas_ticket.refresh_from_db()
    assert getattr(adas_ticket, name) == wanted


def test_wanting_the_same_is_no_conflict_and_tags_are_merged(
    graces_browser: Client, alan: User, adas_ticket: Ticket
) -> None:
    other = Client()
    other.force_login(alan)
    for browser in (other, graces_browser):
        answer = browser.post(url(adas_ticket, "status/"), {"status": "pending", "seen": "new"}, headers=HTMX)
        assert answer.status_code == 200
    other.post(url(adas_ticket, "tags/"), {"tags": "a,b", "seen": ""}, headers=HTMX)
    graces_browser.post(url(adas_ticket, "tags/"), {"tags": "c", "seen": ""}, headers=HTMX)
    graces_browser.post(url(adas_ticket, "tags/"), {"tags": "b,c", "seen": "a,b,c"}, headers=HTMX)
    adas_ticket.refresh_from_db()
    assert adas_ticket.tags == ["b", "c"]
