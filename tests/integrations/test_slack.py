"""Slack: threads of tickets, notes out of answers, buttons; against a stand-in that checks what we send."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Role, Team, User
from helpdesk.integrations.models import SlackEvent, SlackPost, SlackThread, SlackWorkspace
from helpdesk.integrations.slack import hearing
from helpdesk.integrations.slack.hearing import apply_event
from helpdesk.integrations.slack.people import person
from helpdesk.integrations.slack.posting import post_waiting
from helpdesk.integrations.slack.text import from_slack, to_slack, words_of
from helpdesk.integrations.slack.threads import start_thread
from helpdesk.integrations.tasks import sweep_slack_events
from tests.cast import open_for, staff
from tests.integrations.slack_stand_in import BOT, CHANNEL, Caller, Slack, message
from tickets.models import Inbox, MessageKind, Notification, Status, Ticket
from tickets.services import add_note, add_reply, assign_team, change_status

pytestmark = pytest.mark.django_db
Commits = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]
GRACE, STRANGER = "U0GRACE", "U0ELSE"


@pytest.fixture
def ticket(ada: Customer, support: Inbox) -> Ticket:
    return open_for(ada, support, "The <engine>")


@pytest.fixture
def thread(workspace: SlackWorkspace, slack: Slack, ticket: Ticket, grace: User) -> SlackThread:
    """Told and posted; Slack knows Grace by her address, and a stranger."""
    slack.people = {
        GRACE: {"name": "grace", "profile": {"display_name": "Grace H.", "email": "Grace@onethread.test"}},
        STRANGER: {"name": "else", "profile": {"real_name": "Somebody Else", "email": "else@example.org"}},
    }
    thread = start_thread(ticket, workspace, "#support", "An urgent ticket")
    post_all()
    thread.refresh_from_db()
    return thread


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Commits) -> Commits:
    """What is done after the commit, which a test never comes to."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def caller(workspace: SlackWorkspace) -> Caller:
    return Caller(workspace.hook_token)


def post_all() -> None:
    SlackPost.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    while post_waiting():
        SlackPost.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def apply_all() -> None:
    for pk in SlackEvent.objects.values_list("pk", flat=True):
        apply_event(pk)


def edit(said: dict[str, Any], text: str, at: str = "1700000010.0") -> dict[str, Any]:
    new = {**said, "text": text, "edited": {"user": said["user"], "ts": at}}
    return {"type": "message", "subtype": "message_changed", "channel": CHANNEL, "hidden": True, "message": new}


def notes(ticket: Ticket) -> list[tuple[str, str]]:
    found = ticket.messages.filter(kind=MessageKind.NOTE).order_by("pk")
    return [(note.author_name, note.text.strip()) for note in found]


def _deadlock(*_args: object, **_named: object) -> None:
    raise OperationalError("deadlock detected")


class TestTelling:
    def test_a_card_with_buttons_opens_the_thread(self, thread: SlackThread, slack: Slack, ticket: Ticket) -> None:
        [card] = slack.of("chat.postMessage")
        assert card["channel"] == "#support"
        assert "&lt;engine&gt;" in json.dumps(card)
        assert [button["action_id"] for button in card["blocks"][2]["elements"]] == ["assign_me", "solve"]
        assert (thread.channel_id, thread.root_ts) == (CHANNEL, "1700000000.000001")

    def test_what_happens_is_said_in_the_thread_in_order(
        self, thread: SlackThread, slack: Slack, ticket: Ticket, grace: User
    ) -> None:
        add_note(ticket, "<p>Look at the cogs</p>", actor=Actor.agent(grace))
        add_reply(ticket, "<p>We do</p>", actor=Actor.agent(grace))
        post_all()
        said = [call["text"] for call in slack.of("chat.postMessage")[1:]]
        assert "noted" in said[0] and "Look at the cogs" in said[0]
        assert "replied to the customer" in said[1]
        assert {call["thread_ts"] for call in slack.of("chat.postMessage")[1:]} == {thread.root_ts}
        assert slack.of("chat.update")[-1]["ts"] == thread.root_ts

    def test_a_thread_from_before_hears_nothing_of_a_private_team(
        self, thread: SlackThread, slack: Slack, ticket: Ticket, grace: User, workspace: SlackWorkspace
    ) -> None:
        assign_team(ticket, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(grace))
        add_note(ticket, "<p>The fraud</p>", actor=Actor.agent(grace))
        start_thread(ticket, workspace, "#legal", "Opened on purpose")
        add_note(ticket, "<p>The lawyer</p>", actor=Actor.agent(grace))
        post_all()
        said = [(call["channel"], call["text"]) for call in slack.of("chat.postMessage")[1:]]
        assert not any("fraud" in text for _channel, text in said)
        assert ["private team" in text for _channel, text in said] == [True, False, False]
        assert "The lawyer" in said[-1][1]
        assert not slack.of("chat.update")

    def test_telling_a_channel_twice_uses_the_thread_that_is_there(
        self, thread: SlackThread, slack: Slack, ticket: Ticket, workspace: SlackWorkspace
    ) -> None:
        start_thread(ticket, workspace, "#support", "Still urgent")
        post_all()
        assert slack.of("chat.postMessage")[-1]["thread_ts"] == thread.root_ts
        assert SlackThread.objects.count() == 1

    def test_too_fast_waits_and_loses_nothing(self, workspace: SlackWorkspace, slack: Slack, ticket: Ticket) -> None:
        slack.refuse("chat.postMessage", "ratelimited", status=429, Retry_After="7")
        start_thread(ticket, workspace, "#support", "Hello")
        post_waiting()
        post = SlackPost.objects.get()
        assert timedelta(seconds=5) < post.due_at - timezone.now() <= timedelta(seconds=7)
        post_all()
        post.refresh_from_db()
        assert post.state == "sent"

    def test_many_threads_that_have_to_wait_hold_up_no_other(
        self, workspace: SlackWorkspace, slack: Slack, ada: Customer, support: Inbox, ticket: Ticket
    ) -> None:
        for number in range(3):
            start_thread(ticket, workspace, f"#slow-{number}", "Hello")
        SlackPost.objects.update(due_at=timezone.now() + timedelta(hours=1))
        later = start_thread(open_for(ada, support, "Another"), workspace, "#support", "Hello")
        assert post_waiting() == 1
        assert later.posts.get().state == "sent"

    def test_a_channel_that_is_not_there_is_said_and_can_be_tried_again(
        self, workspace: SlackWorkspace, slack: Slack, ticket: Ticket, radia: User, grace: User
    ) -> None:
        slack.refuse("chat.postMessage", "channel_not_found")
        start_thread(ticket, workspace, "#nowhere", "Hello")
        post_waiting()
        assert "no such channel" in SlackPost.objects.get().error
        assert "no such channel" in Notification.objects.get(user=radia).detail
        add_note(ticket, "<p>Nobody there hears this</p>", actor=Actor.agent(grace))
        assert SlackPost.objects.count() == 1
        start_thread(ticket, workspace, "#nowhere", "Hello again")
        post_all()
        assert SlackThread.objects.get().root_ts

    def test_a_revoked_token_switches_off_and_installing_again_sends_what_waited(
        self, workspace: SlackWorkspace, slack: Slack, ticket: Ticket, client: Client, radia: User
    ) -> None:
        slack.refuse("chat.postMessage", "token_revoked")
        start_thread(ticket, workspace, "#support", "Hello")
        post_waiting()
        workspace.refresh_from_db()
        assert not workspace.is_active
        assert post_waiting() == 0
        client.force_login(radia)
        client.post("/settings/slack/", {"token": "xoxb-1234567890-abcdef", "signing_secret": "ab" * 16})
        post_all()
        assert SlackPost.objects.get().state == "sent"

    def test_a_worker_that_died_is_followed_by_another(
        self, workspace: SlackWorkspace, slack: Slack, ticket: Ticket
    ) -> None:
        start_thread(ticket, workspace, "#support", "Hello")
        SlackPost.objects.update(state="sending", leased_until=timezone.now() + timedelta(seconds=30))
        assert post_waiting() == 0
        SlackPost.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        assert post_waiting() == 1


class TestHearing:
    def test_an_answer_becomes_a_note_by_the_colleague_with_that_address(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, grace: User
    ) -> None:
        said = message(GRACE, f"It is <@{STRANGER}>'s &amp; <https://example.org|the plan>", thread_ts=thread.root_ts)
        assert caller.event(said).status_code == 200
        apply_all()
        note = ticket.messages.get(kind=MessageKind.NOTE)
        assert (note.author_user, note.channel) == (grace, "slack")
        assert note.text.strip() == "It is @Somebody Else's & the plan (https://example.org)"

    def test_trouble_of_the_database_leaves_it_to_the_sweep(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caller.event(message(GRACE, "Not lost", thread_ts=thread.root_ts))
        with monkeypatch.context() as patch:
            patch.setattr(hearing, "add_note", _deadlock)
            with pytest.raises(OperationalError):
                apply_all()
        assert SlackEvent.objects.get().state == "received"
        sweep_slack_events()
        assert notes(ticket) == [("Grace Hopper", "Not lost")]

    def test_a_stranger_is_named_and_markup_is_only_words(
        self, thread: SlackThread, caller: Caller, ticket: Ticket
    ) -> None:
        caller.event(message(STRANGER, "&lt;script&gt;alert(1)&lt;/script&gt;", thread_ts=thread.root_ts))
        apply_all()
        assert notes(ticket) == [("Somebody Else (Slack)", "<script>alert(1)</script>")]
        assert "<script>" not in ticket.messages.get(kind=MessageKind.NOTE).html

    def test_repeated_deliveries_and_twin_events_are_one_note(
        self, thread: SlackThread, caller: Caller, ticket: Ticket
    ) -> None:
        said = message(GRACE, "Once", thread_ts=thread.root_ts)
        caller.event(said, "Ev1")
        caller.event(said, "Ev1")
        caller.event(said, "Ev2")
        caller.event({**said, "type": "app_mention"}, "Ev3")
        apply_all()
        assert len(notes(ticket)) == 1

    def test_it_is_not_posted_back(self, thread: SlackThread, caller: Caller, slack: Slack) -> None:
        caller.event(message(GRACE, "From here", thread_ts=thread.root_ts))
        apply_all()
        post_all()
        assert not any("From here" in call["text"] for call in slack.of("chat.postMessage"))

    @pytest.mark.parametrize(
        "more",
        [
            {"bot_id": "B0BOT"},
            {"user": BOT},
            {"subtype": "channel_join"},
            {"subtype": "bot_message", "user": None},
            {"thread_ts": "1600000000.000001"},
            {"text": ""},
        ],
    )
    def test_what_no_person_said_in_a_tickets_thread_is_ignored(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, more: dict[str, object]
    ) -> None:
        caller.event({**message(GRACE, "Hm", thread_ts=thread.root_ts), **more})
        apply_all()
        assert notes(ticket) == []
        assert SlackEvent.objects.get().state == "ignored"

    def test_edits_and_deletions_follow(self, thread: SlackThread, caller: Caller, ticket: Ticket) -> None:
        said = message(GRACE, "Thursday", thread_ts=thread.root_ts)
        caller.event(said, "Ev1")
        apply_all()
        changed = {"type": "message", "subtype": "message_changed", "channel": CHANNEL, "hidden": True}
        caller.event(
            {**changed, "message": {**said, "text": "Friday", "edited": {"user": GRACE, "ts": "1700000010.0"}}}, "Ev2"
        )
        apply_all()
        assert notes(ticket) == [("Grace Hopper", "Friday")]
        assert ticket.events.get(kind="note.changed").payload["old"].strip() == "Thursday"

        gone = {"type": "message", "subtype": "message_deleted", "channel": CHANNEL, "deleted_ts": said["ts"]}
        caller.event({**gone, "previous_message": said}, "Ev3")
        apply_all()
        assert notes(ticket)[0][1] == "(Deleted in Slack)"

    def test_an_edit_that_comes_first_stands_and_a_deleted_message_stays_away(
        self, thread: SlackThread, caller: Caller, ticket: Ticket
    ) -> None:
        said = message(GRACE, "Thursday", thread_ts=thread.root_ts)
        caller.event(edit(said, "Friday"), "Ev2")
        caller.event(said, "Ev1")
        other = message(GRACE, "Never mind", thread_ts=thread.root_ts, ts="1700000009.000002")
        gone = {"type": "message", "subtype": "message_deleted", "channel": CHANNEL, "deleted_ts": other["ts"]}
        caller.event({**gone, "previous_message": other}, "Ev4")
        caller.event(other, "Ev3")
        apply_all()
        assert notes(ticket) == [("Grace Hopper", "Friday")]

    def test_the_later_of_two_edits_stands_whichever_comes_first(
        self, thread: SlackThread, caller: Caller, ticket: Ticket
    ) -> None:
        said = message(GRACE, "Thursday", thread_ts=thread.root_ts)
        for number, each in enumerate([said, edit(said, "Saturday", "1700000011.0"), edit(said, "Friday")]):
            caller.event(each, f"Ev{number}")
        apply_all()
        assert notes(ticket) == [("Grace Hopper", "Saturday")]

    def test_the_previews_of_links_and_edits_by_bots_change_nothing(
        self, thread: SlackThread, caller: Caller, ticket: Ticket
    ) -> None:
        said = message(GRACE, "Thursday", thread_ts=thread.root_ts)
        changed = edit(said, "Thursday, with a preview")
        caller.event({**changed, "message": {**changed["message"], "edited": None}}, "Ev1")
        caller.event({**changed, "message": {**changed["message"], "bot_id": "B0BOT"}}, "Ev2")
        apply_all()
        assert notes(ticket) == []

    def test_on_a_closed_ticket_an_edit_is_of_no_concern(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, grace: User
    ) -> None:
        said = message(GRACE, "Thursday", thread_ts=thread.root_ts)
        caller.event(said, "Ev1")
        apply_all()
        change_status(ticket, Status.SOLVED, actor=Actor.agent(grace))
        change_status(ticket, Status.CLOSED, actor=Actor.agent(grace))
        caller.event(edit(said, "Friday"), "Ev2")
        apply_all()
        assert notes(ticket) == [("Grace Hopper", "Thursday")]
        assert SlackEvent.objects.get(delivery_key="Ev2").state == "ignored"

    def test_people_of_other_companies_are_never_colleagues(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack
    ) -> None:
        """In a channel shared with them, their own admins say which address they have."""
        slack.people["U0EVIL"] = {**slack.people[GRACE], "team_id": "T0OTHER"}
        caller.event(message("U0EVIL", "Trust me", thread_ts=thread.root_ts))
        apply_all()
        caller.press("solve", ticket.pk, "U0EVIL")
        ticket.refresh_from_db()
        assert notes(ticket) == [("Grace H. (Slack)", "Trust me")]
        assert ticket.status != Status.SOLVED

    def test_an_answer_faster_than_our_record_waits_for_it(
        self, thread: SlackThread, caller: Caller, ticket: Ticket
    ) -> None:
        root = thread.root_ts
        SlackThread.objects.update(root_ts="", channel_id="")
        thread.posts.update(state="sending")
        caller.event(message(GRACE, "At once", thread_ts=root))
        apply_all()
        assert SlackEvent.objects.get().state == "received"
        SlackThread.objects.update(root_ts=root, channel_id=CHANNEL)
        sweep_slack_events()
        assert notes(ticket) == [("Grace Hopper", "At once")]

    def test_on_a_closed_ticket_the_thread_is_told_why(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack, grace: User
    ) -> None:
        change_status(ticket, Status.SOLVED, actor=Actor.agent(grace))
        change_status(ticket, Status.CLOSED, actor=Actor.agent(grace))
        caller.event(message(GRACE, "Too late", thread_ts=thread.root_ts))
        apply_all()
        post_all()
        assert notes(ticket) == []
        assert any("not noted" in call["text"] for call in slack.of("chat.postMessage"))

    def test_a_colleague_who_may_not_see_the_ticket_is_only_named(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, grace: User
    ) -> None:
        assign_team(ticket, Team.objects.create(name="Legal", is_private=True), actor=Actor.agent(grace))
        caller.event(message(GRACE, "Hm", thread_ts=thread.root_ts))
        apply_all()
        note = ticket.messages.get(kind=MessageKind.NOTE)
        assert (note.author_user, note.author_name) == (None, "Grace H. (Slack)")

    @pytest.mark.parametrize("event", [None, [], {"type": "message"}, {"type": "message", "user": 7, "text": {}}])
    def test_nonsense_under_a_right_signature_does_no_harm(
        self, thread: SlackThread, caller: Caller, event: object
    ) -> None:
        assert caller.event(event).status_code == 200  # type: ignore[arg-type]
        apply_all()
        assert not SlackEvent.objects.filter(state="received").exists()


class TestButtons:
    """Slack has its answer before anybody is asked who pressed; what is done, a worker does."""

    def test_assign_and_solve(self, thread: SlackThread, caller: Caller, ticket: Ticket, grace: User) -> None:
        assert caller.press("assign_me", ticket.pk, GRACE).status_code == 200
        caller.press("solve", ticket.pk, GRACE)
        apply_all()
        ticket.refresh_from_db()
        assert (ticket.assignee, ticket.status) == (grace, Status.SOLVED)
        assert ticket.events.filter(kind="status.changed", payload__new="solved", actor_user=grace).count() == 1

    def test_a_press_is_answered_without_a_call_and_done_once(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack, commits: Commits
    ) -> None:
        payload: dict[str, Any] = {
            "type": "block_actions",
            "trigger_id": "7.7",
            "user": {"id": STRANGER},
            "channel": {"id": CHANNEL},
        }
        payload["actions"] = [{"action_id": "solve", "value": str(ticket.pk)}]
        slack.calls.clear()
        for _twice in range(2):
            assert caller.form("interactivity/", payload=json.dumps(payload)).status_code == 200
        assert slack.calls == []
        with commits(execute=True):
            apply_all()
        assert len(slack.of("users.info")) == len(slack.of("chat.postEphemeral")) == 1

    def test_who_is_no_colleague_is_told_and_nothing_happens(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack, commits: Commits
    ) -> None:
        caller.press("solve", ticket.pk, STRANGER)
        with commits(execute=True):
            apply_all()
        ticket.refresh_from_db()
        assert ticket.status != Status.SOLVED
        assert "no colleague" in slack.of("chat.postEphemeral")[0]["text"]
        assert "no colleague" in SlackEvent.objects.get().detail

    def test_what_was_pressed_long_ago_is_not_done_any_more(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack, commits: Commits
    ) -> None:
        caller.press("solve", ticket.pk, GRACE)
        SlackEvent.objects.update(received_at=timezone.now() - timedelta(minutes=16))
        with commits(execute=True):
            apply_all()
        ticket.refresh_from_db()
        assert ticket.status != Status.SOLVED
        assert "Press the button again" in slack.of("chat.postEphemeral")[0]["text"]

    def test_roles_hold_here_too(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack, commits: Commits
    ) -> None:
        staff("light@onethread.test", "Light", Role.LIGHT)
        slack.people["U0LIGHT"] = {"profile": {"email": "light@onethread.test"}}
        caller.press("solve", ticket.pk, "U0LIGHT")
        caller.press("solve", 10**30, GRACE)
        with commits(execute=True):
            apply_all()
        ticket.refresh_from_db()
        assert ticket.status != Status.SOLVED
        said = [call["text"] for call in slack.of("chat.postEphemeral")]
        assert said == ["You may not do this.", "There is no ticket with this number."]

    def test_the_command_shows_a_ticket_to_who_may_see_it(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, workspace: SlackWorkspace
    ) -> None:
        person(workspace, GRACE)
        shown = json.loads(caller.form("commands/", user_id=GRACE, text=f" #{ticket.pk} ").content)
        assert shown["response_type"] == "ephemeral"
        assert "engine" in shown["text"]
        assert "number" in json.loads(caller.form("commands/", user_id=GRACE, text="hello").content)["text"]

    def test_a_command_of_somebody_new_is_answered_later(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, slack: Slack, commits: Commits
    ) -> None:
        asked = {"user_id": GRACE, "text": str(ticket.pk), "trigger_id": "9.9"}
        for place in (f"{slack.url}answers/1", "https://elsewhere.example/answers/2"):
            asked |= {"response_url": place, "trigger_id": place}
            assert json.loads(caller.form("commands/", **asked).content)["text"] == "One moment …"
        assert slack.of("users.info") == []
        with commits(execute=True):
            apply_all()
        [answer] = slack.of("answers/1")
        assert "engine" in answer["text"]


class TestWhatCouldNotBeRead:
    def test_it_is_shown_with_its_reason_and_tried_again(
        self, thread: SlackThread, caller: Caller, ticket: Ticket, radia: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(*_args: object, **_named: object) -> None:
            raise ValueError("three cogs too many")

        with monkeypatch.context() as broken:
            broken.setattr(hearing, "add_note", breaks)
            caller.event(message(GRACE, "Oil the cogs", thread_ts=thread.root_ts))
            apply_all()
        event = SlackEvent.objects.get()
        assert event.state == "failed"
        browser = Client()
        browser.force_login(radia)
        page = browser.get("/settings/slack/").content.decode()
        assert "Oil the cogs" in page
        assert "ValueError: three cogs too many" in page
        assert browser.post(f"/settings/slack/events/{event.pk}/retrial/").status_code == 302
        apply_all()
        assert notes(ticket) == [("Grace Hopper", "Oil the cogs")]
        assert "Oil the cogs" not in browser.get("/settings/slack/").content.decode()

    def test_what_was_applied_is_not_applied_again(self, thread: SlackThread, caller: Caller, ticket: Ticket) -> None:
        caller.event(message(GRACE, "Oil the cogs", thread_ts=thread.root_ts))
        apply_all()
        hearing.try_again(SlackEvent.objects.get())
        apply_all()
        assert len(notes(ticket)) == 1


class TestTheDoor:
    def test_a_challenge_is_answered(self, caller: Caller) -> None:
        answer = caller.raw("", json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode())
        assert json.loads(answer.content)["challenge"] == "3eZbrw1aB"

    @pytest.mark.parametrize("place", ["", "interactivity/", "commands/"])
    def test_only_slack_gets_in(self, caller: Caller, place: str) -> None:
        wrong = Caller(caller.token, secret="00" * 16)
        assert wrong.raw(place, b"{}").status_code == 403
        assert caller.raw(place, b"{}", age=301).status_code == 403
        assert caller.raw(place, b"{}", changed={"X-Slack-Request-Timestamp": "soon"}).status_code == 403
        assert caller.raw(place, b"{}", changed={"X-Slack-Signature": "v0="}).status_code == 403
        assert caller.raw(place, b"{}", changed={"X-Slack-Signature": "v0=\u00e9"}).status_code == 403
        assert Caller("no-such-token").raw(place, b"{}").status_code == 403
        assert (
            Client().post(f"/hooks/slack/{caller.token}/{place}", b"{}", content_type="text/plain").status_code == 403
        )

    def test_broken_json_is_400_and_bytes_that_are_no_text_403(self, caller: Caller) -> None:
        assert caller.raw("", b"{").status_code == 400
        assert caller.raw("", b"[]").status_code == 400
        assert caller.raw("", b"[" * 100_000).status_code == 400
        assert caller.form("interactivity/", payload="{").status_code == 400
        assert caller.raw("", b"\xff\xfe").status_code == 403

    def test_nul_is_stored_as_something_else(self, caller: Caller, thread: SlackThread, ticket: Ticket) -> None:
        caller.event(message(GRACE, "a\0b \ud800", thread_ts=thread.root_ts))
        apply_all()
        assert len(notes(ticket)) == 1


class TestSettings:
    def test_secrets_are_sealed_and_never_shown(self, workspace: SlackWorkspace, client: Client, radia: User) -> None:
        assert "xoxb" not in workspace.sealed_token
        client.force_login(radia)
        page = client.get("/settings/slack/").content.decode()
        assert "Analytical Engines" in page
        assert workspace.hook_token in page
        assert "xoxb-1234567890" not in page

    def test_a_wrong_token_is_refused_at_its_place(self, slack: Slack, client: Client, radia: User) -> None:
        client.force_login(radia)
        answer = client.post("/settings/slack/", {"token": "xoxb-wrong-token-9", "signing_secret": "ab" * 16})
        assert answer.status_code == 422
        assert "Install the app anew" in answer.content.decode()
        assert client.post("/settings/slack/", {"token": "hello", "signing_secret": "x"}).status_code == 422
        assert not SlackWorkspace.objects.exists()

    def test_disconnecting(self, workspace: SlackWorkspace, client: Client, radia: User) -> None:
        client.force_login(radia)
        client.post(f"/settings/slack/{workspace.pk}/removal/")
        assert not SlackWorkspace.objects.exists()


@given(st.text())
def test_whatever_we_say_is_only_words(text: str) -> None:
    assert from_slack(to_slack(text, 10_000), lambda slack_id: slack_id) == text.replace("\0", "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["text", "elements", "fields", "files", "blocks", "name"]), inner)
        ),
    )
)
def test_any_message_has_words_or_none(node: object) -> None:
    assert isinstance(words_of(node if isinstance(node, dict) else {"blocks": node}), str)
