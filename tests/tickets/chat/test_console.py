"""The console's addresses: what they show to whom, and what they do."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from helpdesk.accounts.models import Availability, Role, Team, User
from tests.cast import staff
from tickets.attachments import upload
from tickets.chat import life, log, offering
from tickets.chat.settling import settle
from tickets.models import (
    Chat,
    ChatEntry,
    ChatState,
    ChatWidget,
    Inbox,
    Message,
    MessageKind,
    OfferState,
    Said,
    Ticket,
)

HTMX = {"HX-Request": "true", "Accept": "application/json"}


@pytest.fixture
def browser(grace: User) -> Client:
    return of(grace)


def of(user: User) -> Client:
    client = Client(headers=HTMX)
    client.force_login(user)
    return client


@pytest.fixture
def talk(waiting: Chat, grace: User) -> Chat:
    """Ada has asked, and Grace has taken the chat."""
    Chat.objects.filter(pk=waiting.pk).update(queued_at=timezone.now())
    log.say(waiting, Said.VISITOR, "The engine rattles.", name="Ada", client_id=uuid4())
    return life.accept(waiting, grace)


def say(browser: Client, chat: Chat, text: str, **more: object) -> tuple[int, dict[str, object]]:
    response = browser.post(f"/agent/chats/{chat.pk}/lines/", {"id": str(uuid4()), "text": text, **more})
    return response.status_code, response.json()


def test_own_chats_and_those_that_wait_are_shown(browser: Client, talk: Chat) -> None:
    page = browser.get("/agent/chats/").content.decode()
    assert f'id="chat-{talk.pk}"' in page
    assert "The engine rattles." in page
    assert 'data-mine="' + f"{talk.pk} " in page
    assert 'data-key="' + str(talk.key) not in page, "what scripts know a chat by is no shortcut"


def test_who_is_not_online_is_told_why_nothing_is_offered(browser: Client, talk: Chat, grace: User) -> None:
    told = "You are not online, so no chat is offered to you."
    assert told in browser.get("/agent/chats/rail/").content.decode()
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    assert told not in browser.get("/agent/chats/rail/").content.decode()


def test_no_page_asks_for_chats_where_there_is_no_door_for_them(browser: Client, support_team: Team) -> None:
    where = 'data-live-src="/agent/chats/badge/'
    page = browser.get("/agent/", headers={"HX-Request": ""}).content.decode()
    assert 'id="nav-chats"' in page and where not in page
    ChatWidget.objects.create(name="Shop", inbox=Inbox.objects.create(name="Shop", team=support_team))
    assert where in browser.get("/agent/", headers={"HX-Request": ""}).content.decode()


def test_more_chats_cost_the_list_no_more_statements(browser: Client, talk: Chat) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/agent/chats/rail/")
        return len(asked)

    statements()  # the first also looks for what is kept by the process
    before = statements()
    for number in range(4):
        visitor = type(talk.visitor).objects.create(widget=talk.widget, claimed_name=f"Visitor {number}")
        chat = Chat.objects.create(widget=talk.widget, visitor=visitor, team=talk.team, queued_at=timezone.now())
        log.say(chat, Said.VISITOR, "Hello?", name="V")
    assert statements() == before


def test_a_line_is_said_once_however_often_it_is_sent(browser: Client, talk: Chat) -> None:
    key = str(uuid4())
    for _again in range(2):
        response = browser.post(f"/agent/chats/{talk.pk}/lines/", {"id": key, "text": "Hello Ada."})
        assert response.status_code == 201
        assert response.json()["line"]["text"] == "Hello Ada."
    assert ChatEntry.objects.filter(chat=talk, said=Said.AGENT).count() == 1


def test_lines_are_read_from_any_number_on(browser: Client, talk: Chat) -> None:
    say(browser, talk, "Hello Ada.")
    lines = browser.get(f"/agent/chats/{talk.pk}/lines/?since=2").json()["lines"]
    assert [line["text"] for line in lines] == ["Hello Ada."]
    earlier = browser.get(f"/agent/chats/{talk.pk}/lines/?before=3").json()
    assert [line["seq"] for line in earlier["lines"]] == [1, 2]
    assert earlier["has_more"] is False


def test_nothing_is_said_in_the_chat_of_another(talk: Chat, alan: User) -> None:
    status, told = say(of(alan), talk, "Me too")
    assert (status, "not the one" in str(told["detail"])) == (422, True)
    assert not ChatEntry.objects.filter(chat=talk, said=Said.AGENT).exists()


def test_a_light_agent_reads_along_and_says_nothing(talk: Chat, linus: User) -> None:
    assert of(linus).get(f"/agent/chats/{talk.pk}/").status_code == 200
    assert of(linus).post(f"/agent/chats/{talk.pk}/lines/", {"id": str(uuid4()), "text": "Hi"}).status_code == 403


def test_chats_of_a_private_team_are_not_there_for_others(talk: Chat, alan: User) -> None:
    Chat.objects.filter(pk=talk.pk).update(team=Team.objects.create(name="Board", is_private=True))
    assert of(alan).get(f"/agent/chats/{talk.pk}/").status_code == 404
    assert of(alan).get(f"/agent/chats/{talk.pk}/lines/").status_code == 404


def test_files_of_the_writer_go_with_a_line(browser: Client, talk: Chat, grace: User) -> None:
    file = upload(grace, "label.txt", b"To: Ada")
    status, told = say(browser, talk, "Here it is", attachments=[file.pk])
    assert (status, told["line"]["files"][0]["filename"]) == (201, "label.txt")  # type: ignore[index]
    settle(talk)
    file.refresh_from_db()
    assert file.message is not None
    assert file.message.text == "Here it is"


def test_a_file_can_be_opened_before_its_line_is_on_the_ticket(talk: Chat, grace: User, alan: User) -> None:
    file = upload(grace, "photo.txt", b"rust")
    log.say(talk, Said.VISITOR, "", attachments=[file])
    type(file).objects.update(uploaded_by=None)
    address = f"/agent/attachments/{file.pk}/photo.txt"
    assert of(alan).get(address).status_code == 200
    Chat.objects.filter(pk=talk.pk).update(team=Team.objects.create(name="Board", is_private=True))
    assert of(alan).get(address).status_code == 404


def test_files_of_others_are_not_theirs_to_send(browser: Client, talk: Chat, alan: User) -> None:
    file = upload(alan, "secret.txt", b"x")
    status, told = say(browser, talk, "Here it is", attachments=[file.pk])
    assert (status, told["field"]) == (422, "attachments")
    assert not ChatEntry.objects.filter(chat=talk, said=Said.AGENT).exists()


def test_a_line_with_files_sent_again_after_it_was_settled_is_still_one(
    browser: Client, talk: Chat, grace: User
) -> None:
    file, key = upload(grace, "label.txt", b"To: Ada"), str(uuid4())
    for _again in range(2):
        words = {"id": key, "text": "", "attachments": [file.pk]}
        assert browser.post(f"/agent/chats/{talk.pk}/lines/", words).status_code == 201
        settle(talk)
    assert Message.objects.filter(attachments=file).count() == 1


def test_changes_of_a_macro_are_made_with_its_words(browser: Client, talk: Chat) -> None:
    change = '{"field": "current_tags", "value": "engine"}'
    status, _told = say(browser, talk, "I look into it.", changes=[change])
    ticket = Ticket.objects.get(chats=talk)
    assert (status, ticket.tags) == (201, ["engine"])
    assert ticket.messages.filter(text="I look into it.").exists()


def test_changes_that_cannot_be_made_leave_nothing_said(browser: Client, talk: Chat) -> None:
    status, told = say(browser, talk, "I look into it.", changes=['{"field": "status", "value": "burnt"}'])
    assert (status, bool(told["detail"])) == (422, True)
    assert not ChatEntry.objects.filter(chat=talk, said=Said.AGENT).exists()


def test_a_note_is_for_colleagues_and_not_in_the_log(browser: Client, talk: Chat) -> None:
    key = str(uuid4())
    for _again in range(2):
        response = browser.post(f"/agent/chats/{talk.pk}/notes/", {"id": key, "text": "Be kind"})
        assert (response.status_code, response.json()["note"]["text"]) == (201, "Be kind")
    assert Message.objects.filter(kind=MessageKind.NOTE, ticket=talk.ticket_id or Ticket.objects.get()).count() == 1
    assert [note["text"] for note in browser.get(f"/agent/chats/{talk.pk}/notes/").json()["notes"]] == ["Be kind"]
    assert "Be kind" not in [line.text for line in log.read(talk.pk)]


def test_what_is_offered_is_taken_or_left(waiting: Chat, grace: User, alan: User) -> None:
    Chat.objects.filter(pk=waiting.pk).update(queued_at=timezone.now())
    log.say(waiting, Said.VISITOR, "Anybody?", name="Ada")
    offer = offering.offer_to(waiting, grace, [], now=timezone.now())
    assert "Anybody?" in of(grace).get("/agent/chats/offers/").content.decode()
    assert "Anybody?" not in of(alan).get("/agent/chats/offers/").content.decode()
    assert of(grace).post(f"/agent/chats/{waiting.pk}/refusal/").status_code == 200
    offer.refresh_from_db()
    assert offer.state == OfferState.DECLINED
    assert of(alan).post(f"/agent/chats/{waiting.pk}/acceptance/").json() == {"chat": waiting.pk}
    late = of(grace).post(f"/agent/chats/{waiting.pk}/acceptance/")
    assert (late.status_code, "Alan" in late.json()["detail"]) == (409, True)


def test_a_moment_is_announced_with_its_length(browser: Client, talk: Chat) -> None:
    assert browser.post(f"/agent/chats/{talk.pk}/hold/", {"minutes": "5"}).status_code == 200
    talk.refresh_from_db()
    assert talk.hold_until is not None
    assert timedelta(minutes=4) < talk.hold_until - timezone.now() <= timedelta(minutes=5)
    assert "be back at" in browser.get(f"/agent/chats/{talk.pk}/head/").content.decode()
    assert browser.post(f"/agent/chats/{talk.pk}/hold/", {"minutes": "soon"}).status_code == 422


def test_a_chat_is_passed_on_with_a_note(browser: Client, talk: Chat, support_team: Team, alan: User) -> None:
    User.objects.filter(pk=alan.pk).update(availability=Availability.ONLINE)
    asked = browser.get(f"/agent/chats/{talk.pk}/transfer/").content.decode()
    assert "Alan Turing" in asked
    answer = browser.post(f"/agent/chats/{talk.pk}/transfer/", {"to": f"user:{alan.pk}", "note": "You know engines"})
    assert answer.status_code == 200
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == (ChatState.WAITING, None)
    assert talk.offers.get(state=OfferState.OPEN).user == alan
    assert talk.ticket is not None
    assert talk.ticket.messages.filter(kind=MessageKind.NOTE, text="You know engines").exists()


@pytest.mark.parametrize("to", ["", "user:", "team:999999", "dog:1"])
def test_nobody_to_pass_it_to_is_said_in_the_dialog(browser: Client, talk: Chat, to: str) -> None:
    answer = browser.post(f"/agent/chats/{talk.pk}/transfer/", {"to": to})
    assert (answer.status_code, b"Choose a person or a team." in answer.content) == (422, True)
    talk.refresh_from_db()
    assert talk.state == ChatState.ACTIVE


def test_a_chat_ends_and_its_ticket_is_solved_with_it(browser: Client, talk: Chat) -> None:
    assert b"Solved" in browser.get(f"/agent/chats/{talk.pk}/ending/").content
    assert browser.post(f"/agent/chats/{talk.pk}/ending/", {"status": "solved"}).status_code == 200
    talk.refresh_from_db()
    assert talk.state == ChatState.ENDED
    assert talk.ticket is not None
    assert talk.ticket.status == "solved"


def test_only_leads_take_a_chat_from_a_colleague(talk: Chat, alan: User, margaret: User) -> None:
    assert of(alan).post(f"/agent/chats/{talk.pk}/takeover/").status_code == 403
    assert of(margaret).post(f"/agent/chats/{talk.pk}/takeover/").status_code == 200
    talk.refresh_from_db()
    assert talk.agent == margaret


def test_what_is_known_and_what_is_only_said_are_told_apart(browser: Client, talk: Chat) -> None:
    page = browser.get(f"/agent/chats/{talk.pk}/about/").content.decode()
    assert "ada@example.org" in page
    assert "claimed" in page
    assert "Not verified" in page


def test_words_of_visitors_are_shown_as_text(browser: Client, talk: Chat) -> None:
    nasty = "</script><img src=x onerror=alert(1)>"
    log.say(talk, Said.VISITOR, nasty, name=nasty)
    type(talk.visitor).objects.update(claimed_name=nasty, page_title=nasty, attributes={nasty: nasty})
    for address in ("", "head/", "about/"):
        page = browser.get(f"/agent/chats/{talk.pk}/{address}").content.decode()
        assert "<img src=x" not in page
    assert "<img src=x" not in browser.get("/agent/chats/rail/").content.decode()


def test_the_badge_counts_who_waits_and_what_is_unread(browser: Client, talk: Chat) -> None:
    badge = browser.get("/agent/chats/badge/?active=chats").content.decode()
    assert 'data-waiting="0"' in badge
    assert 'aria-current="page"' in badge
    other = staff("x@onethread.test", "Other", Role.AGENT)
    assert 'title="Not read yet"' in badge
    assert 'title="Not read yet"' not in of(other).get("/agent/chats/badge/").content.decode()
