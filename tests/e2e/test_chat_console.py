"""The console in a browser: offers, several chats at once, nothing lost on the way, and the ticket beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import cast
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, Route, expect
from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from helpdesk.accounts.models import Availability, Team, User
from tests.e2e.house import House, furnish, sign_in
from tests.e2e.test_accessibility import violations
from tests.stack import LiveStack, wait_until
from tickets.chat import life, log, starting
from tickets.models import Capacity, Chat, ChatEntry, ChatState, ChatVisitor, ChatWidget, Message, MessageKind, Said

PANE = "#chat-{}"
OURS = ".cline.agent[data-seq]"


def open_house(stack: LiveStack) -> tuple[House, ChatWidget]:
    """Grace is there for chats; Alan is not."""
    house = furnish(stack)
    with stack.orm():
        User.objects.filter(pk=house.grace.pk).update(availability=Availability.ONLINE)
        house.grace.teams.set(Team.objects.all())
        Capacity.objects.create(user=house.grace, per_channel={"chat": 6})
        return house, ChatWidget.objects.create(name="Shop", inbox=house.support, team=house.support.team)


class Visitor:
    """A browser on the shop's page, speaking what the widget speaks."""

    def __init__(self, socket: ClientConnection, widget: ChatWidget, name: str) -> None:
        self.name, self.socket = name, socket
        page = {"url": "https://shop.example/checkout", "title": "Checkout"}
        self.tell("hello", v=1, key=widget.key, token=None, since=0, language="en", page=page)
        self.hear("welcome")

    def tell(self, kind: str, **more: object) -> None:
        self.socket.send(json.dumps({"t": kind, **more}))

    def hear(self, kind: str) -> dict[str, object]:
        while True:
            told: dict[str, object] = json.loads(self.socket.recv(timeout=30))
            if told["t"] == kind:
                return told

    def say(self, text: str, kind: str = "say") -> None:
        self.tell(kind, id=str(uuid4()), text=text, name=self.name)
        self.hear("ack")


@pytest.fixture
def door(live_stack: LiveStack) -> Iterator[ClientConnection]:
    """Ada's connection: it closes when the test is over."""
    with connect(f"ws://localhost:{live_stack.port}/ws/chat/", origin=cast(Origin, live_stack.url)) as socket:
        yield socket


def asks(door: ClientConnection, stack: LiveStack, widget: ChatWidget, text: str) -> tuple[Visitor, Chat]:
    """Ada begins a chat over her own connection."""
    ada = Visitor(door, widget, "Ada Lovelace")
    ada.say(text, kind="start")
    with stack.orm():
        return ada, Chat.objects.latest("pk")


def begin(stack: LiveStack, widget: ChatWidget, name: str, text: str, to: User | None = None) -> Chat:
    """A visitor says something; `to` has taken the chat."""
    with stack.orm():
        visitor = ChatVisitor.objects.create(widget=widget, claimed_name=name, language="en")
        chat, _line = starting.start(visitor, text, client_id=uuid4(), page_url="https://shop.example/checkout")
        return life.accept(chat, to) if to else chat


def says(stack: LiveStack, chat: Chat, text: str) -> None:
    with stack.orm():
        log.say(chat, Said.VISITOR, text, name="Ada", client_id=uuid4())


def said(stack: LiveStack, chat: Chat, side: str = Said.AGENT) -> list[str]:
    with stack.orm():
        return [line.text for line in log.read(chat.pk) if line.said == side]


def write(page: Page, chat: Chat, text: str) -> None:
    page.locator(f"{PANE.format(chat.pk)} textarea").fill(text)
    page.keyboard.press("Enter")


def at_the_desk(page: Page, stack: LiveStack, house: House) -> Page:
    sign_in(page, stack, house.grace).goto(f"{stack.url}/agent/chats/")
    expect(page.locator("ot-chats")).to_have_attribute("data-follows", re.compile("."), timeout=30_000)
    return page


def test_a_chat_is_offered_on_any_page_taken_by_key_and_answered(
    live_stack: LiveStack, page: Page, door: ClientConnection
) -> None:
    house, widget = open_house(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=all")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    ada, chat = asks(door, live_stack, widget, "The engine rattles.")
    offer = page.locator(".choffer")
    expect(offer).to_contain_text("Ada Lovelace would like to chat")
    expect(offer).to_contain_text("The engine rattles.")
    page.keyboard.press("Alt+a")

    pane = page.locator(PANE.format(chat.pk))
    expect(pane).to_have_attribute("data-active", "")
    expect(pane.locator("textarea")).to_be_focused()
    page.keyboard.type("Good morning, Ada.")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Where does it rattle?")
    page.keyboard.press("Enter")
    expect(pane.locator(OURS)).to_contain_text("Where does it rattle?")
    assert said(live_stack, chat) == ["Good morning, Ada.\nWhere does it rattle?"]
    ada.tell("seen", seq=3)
    expect(pane.locator(".cseen")).to_have_text("Seen")


def test_what_a_visitor_says_arrives_while_they_are_seen_typing(
    live_stack: LiveStack, page: Page, door: ClientConnection
) -> None:
    house, widget = open_house(live_stack)
    ada, chat = asks(door, live_stack, widget, "Hello")
    with live_stack.orm():
        life.accept(chat, house.grace)
    other = begin(live_stack, widget, "Alan Smithee", "Hello too", house.grace)
    at_the_desk(page, live_stack, house)
    pane = page.locator(PANE.format(chat.pk))
    expect(pane).to_have_attribute("data-active", "")
    ada.tell("typing", on=True)
    expect(pane.locator(".ctyping")).to_have_text("Ada Lovelace is typing")
    ada.say("See https://shop.example/engines.")
    expect(pane.locator(".cline.visitor").last).to_contain_text("See https://shop.example/engines.")
    expect(pane.locator(".cline a")).to_have_attribute("href", "https://shop.example/engines")
    expect(pane.locator(".ctyping")).to_be_hidden()

    tab = page.locator(".ctab", has_text="Alan Smithee")
    expect(tab.locator(".cunread")).to_have_text("1")
    page.keyboard.press("Alt+n")
    expect(page.locator(PANE.format(other.pk))).to_have_attribute("data-active", "")
    expect(tab.locator(".cunread")).to_have_count(0)
    wait_until(lambda: _agent_seen(live_stack, other) == 2, what="seen by the agent")


def _agent_seen(stack: LiveStack, chat: Chat) -> int:
    with stack.orm():
        return Chat.objects.get(pk=chat.pk).agent_seen_seq


def test_lines_written_without_a_network_go_once_it_is_back_each_once_and_in_order(
    live_stack: LiveStack, page: Page, door: ClientConnection
) -> None:
    house, widget = open_house(live_stack)
    ada, chat = asks(door, live_stack, widget, "Hello")
    with live_stack.orm():
        life.accept(chat, house.grace)
    at_the_desk(page, live_stack, house)
    pane = page.locator(PANE.format(chat.pk))
    page.context.set_offline(True)
    for text in ("one", "two", "three"):
        write(page, chat, text)
    expect(pane.locator(".cline.unsent")).to_have_count(3)
    ada.say("Are you there?")
    page.context.set_offline(False)
    expect(pane.locator(OURS)).to_have_count(3, timeout=20_000)
    expect(pane.locator(".cline.unsent")).to_have_count(0)
    expect(pane.locator(".cline.visitor").last).to_contain_text("Are you there?")
    assert said(live_stack, chat) == ["one", "two", "three"]


def test_a_line_whose_answer_was_lost_is_not_said_twice(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    at_the_desk(page, live_stack, house)
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost or route.request.method != "POST":
            return route.continue_()
        route.fetch()
        lost.append(route.request.url)
        return route.abort()

    page.route("**/lines/", lose_the_first_answer)
    write(page, chat, "Only once")
    expect(page.locator(f"{PANE.format(chat.pk)} {OURS}")).to_have_count(1)
    expect(page.locator(".cline.unsent")).to_have_count(0)
    with live_stack.orm():
        assert ChatEntry.objects.filter(chat=chat, said=Said.AGENT).count() == 1
    assert lost


def test_words_and_unsent_lines_outlive_a_reload(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    at_the_desk(page, live_stack, house)
    page.route("**/lines/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    write(page, chat, "Not sent yet")
    page.locator(f"{PANE.format(chat.pk)} textarea").fill("Half a sent")
    expect(page.locator(".cline.unsent")).to_contain_text("Sending")
    page.unroute("**/lines/")
    page.reload()
    expect(page.locator(f"{PANE.format(chat.pk)} {OURS}")).to_contain_text("Not sent yet", timeout=20_000)
    expect(page.locator(f"{PANE.format(chat.pk)} textarea")).to_have_value("Half a sent")
    assert said(live_stack, chat) == ["Not sent yet"]


def test_what_was_said_while_the_server_was_away_is_there_afterwards(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    at_the_desk(page, live_stack, house)
    live_stack.kill("web")
    says(live_stack, chat, "Still there?")
    write(page, chat, "Back in a moment")
    live_stack.start("web")
    pane = page.locator(PANE.format(chat.pk))
    expect(pane.locator(".cline.visitor").last).to_contain_text("Still there?", timeout=45_000)
    expect(pane.locator(OURS)).to_contain_text("Back in a moment", timeout=45_000)
    assert said(live_stack, chat) == ["Back in a moment"]


def test_what_is_refused_stays_with_the_reason_and_can_be_taken_back(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    at_the_desk(page, live_stack, house)
    with live_stack.orm():  # as if its end were not heard yet
        Chat.objects.filter(pk=chat.pk).update(state=ChatState.ENDED)
    write(page, chat, "Too late")
    expect(page.locator(".cline.is-refused")).to_contain_text("This chat is over.")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".cline.unsent")).to_have_count(0)
    expect(page.locator(f"{PANE.format(chat.pk)} textarea")).to_have_value("Too late")


def test_notes_stand_between_the_lines_and_the_visitor_never_has_them(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    at_the_desk(page, live_stack, house)
    page.locator(f"{PANE.format(chat.pk)} textarea").focus()
    page.keyboard.press("Alt+i")
    page.keyboard.type("Her third chat today")
    page.keyboard.press("Enter")
    expect(page.locator(".cline.note[data-note]")).to_contain_text("Her third chat today")
    write(page, chat, "Hello Ada")  # the next words are for the visitor again
    expect(page.locator(OURS)).to_contain_text("Hello Ada")
    assert said(live_stack, chat) == ["Hello Ada"]
    with live_stack.orm():
        assert Message.objects.filter(kind=MessageKind.NOTE, text="Her third chat today").count() == 1


def test_six_chats_stand_side_by_side_and_keys_lead_from_one_to_the_next(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chats = [begin(live_stack, widget, f"Visitor {n}", f"Question {n}", house.grace) for n in range(1, 7)]
    page.set_viewport_size({"width": 1440, "height": 900})
    at_the_desk(page, live_stack, house)
    boxes = [page.locator(PANE.format(chat.pk)).bounding_box() for chat in chats]
    assert all(box and box["width"] >= 300 and box["height"] >= 380 for box in boxes)
    for number in (6, 2):
        page.keyboard.press(f"Alt+{number}")
        expect(page.locator(PANE.format(chats[number - 1].pk)).locator("textarea")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(PANE.format(chats[0].pk))).to_have_attribute("data-active", "")
    for number, chat in enumerate(chats, 1):
        write(page, chat, f"Answer {number}")
    for number, chat in enumerate(chats, 1):
        expect(page.locator(f"{PANE.format(chat.pk)} {OURS}")).to_contain_text(f"Answer {number}")


def test_a_chat_is_passed_on_from_the_dialog_and_ended_with_its_ticket(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    second = begin(live_stack, widget, "Alan Smithee", "Hello too", house.grace)
    with live_stack.orm():
        User.objects.filter(pk=house.alan.pk).update(availability=Availability.ONLINE)
    at_the_desk(page, live_stack, house)
    pane = page.locator(PANE.format(chat.pk))
    pane.get_by_role("button", name="More").click()
    pane.get_by_role("menuitem", name="Transfer…").click()
    page.get_by_label("Alan Turing").check()
    page.get_by_label("Note for colleagues").fill("You know engines")
    page.get_by_role("button", name="Transfer", exact=True).click()
    expect(pane.locator(".strip")).to_contain_text("Nobody has taken this chat yet.")
    expect(pane.locator(".cline.note")).to_contain_text("You know engines")

    page.keyboard.press("Alt+2")
    page.keyboard.press("Alt+e")
    page.get_by_role("button", name="End, ticket Solved").click()
    expect(page.locator(f"{PANE.format(second.pk)} .strip")).to_contain_text("This chat is over.")
    with live_stack.orm():
        second.refresh_from_db()
        assert (second.state, second.ticket and second.ticket.status) == (ChatState.ENDED, "solved")


def test_on_a_phone_one_chat_is_shown_at_a_time(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "Hello", house.grace)
    begin(live_stack, widget, "Alan Smithee", "Hello too", house.grace)
    page.set_viewport_size({"width": 390, "height": 844})
    at_the_desk(page, live_stack, house)
    page.locator(f"#crow-{chat.pk}").click()
    pane = page.locator(PANE.format(chat.pk))
    expect(pane).to_be_visible()
    expect(page.locator("#chat-rail")).to_be_hidden()
    box = pane.bounding_box()
    assert box
    assert box["width"] == 390
    page.get_by_role("tab", name="Alan Smithee").click()
    expect(pane).to_be_hidden()
    page.get_by_role("button", name="All chats").click()
    expect(page.locator("#chat-rail")).to_be_visible()


def test_the_ticket_of_a_live_chat_leads_to_it_and_sends_mail_only_on_purpose(
    live_stack: LiveStack, page: Page
) -> None:
    house, widget = open_house(live_stack)
    chat = begin(live_stack, widget, "Ada Lovelace", "The engine rattles.", house.grace)
    ticket = _in_orm(live_stack, lambda: Chat.objects.get(pk=chat.pk).ticket_id)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{ticket}/")
    expect(page.locator("#live-chat")).to_contain_text("You are in a live chat with Ada Lovelace.")
    expect(page.locator("ot-composer")).to_be_hidden()
    page.get_by_text("Write a note, or an e-mail, here instead").click()
    expect(page.locator("ot-composer")).to_be_visible()
    page.get_by_role("link", name="Open the chat").click()
    expect(page.locator(PANE.format(chat.pk))).to_have_attribute("data-active", "")


def test_a_busy_console_has_no_violations(live_stack: LiveStack, page: Page) -> None:
    house, widget = open_house(live_stack)
    chats = [begin(live_stack, widget, f"Visitor {n}", "See https://shop.example", house.grace) for n in range(1, 3)]
    begin(live_stack, widget, "Waiting Willy", "Anybody?")
    for chat in chats:
        says(live_stack, chat, "Hello?")
    page.emulate_media(reduced_motion="reduce")  # colours on their way to the other scheme are nobody's
    at_the_desk(page, live_stack, house)
    write(page, chats[0], "Good morning")
    expect(page.locator(f"{PANE.format(chats[0].pk)} {OURS}")).to_have_count(1)
    expect(page.locator("#chat-about .facts").first).to_be_visible()
    found = violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert found + violations(page) == []


def _in_orm(stack: LiveStack, read: Callable[[], int | UUID | None]) -> int | UUID | None:
    with stack.orm():
        return read()
